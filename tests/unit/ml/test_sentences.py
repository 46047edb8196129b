"""Every feature can be said in both languages, whatever its value, and a particle follows from how the value sounds."""

import math
import re

import pytest

from ml.features import FEATURE_NAMES
from ml.sentences import LANGUAGES, VALUES, Word, particle, sentence, texts

ORDINARY = {
    **dict.fromkeys(FEATURE_NAMES, 2.0),
    "amount": 1_250_000.0,
    "customer_hours_since_last": 5.5,
    "category": "travel",
    "hour": 14.0,
}
VARIANTS = [
    pytest.param({}, id="ordinary"),
    pytest.param(dict.fromkeys(FEATURE_NAMES, 0.0) | {"amount": 0.5, "category": ""}, id="zeros"),
    pytest.param(dict.fromkeys(FEATURE_NAMES, 1.0) | {"category": "여행"}, id="ones"),
    pytest.param(dict.fromkeys(FEATURE_NAMES, 37.0) | {"hour": 23.0, "category": "a" * 500}, id="large"),
    pytest.param({"distance_km": None}, id="unknown"),
]


def said(name, language, currency="KRW", **row):
    return sentence([name], ORDINARY | row, language, currency)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", VARIANTS)
@pytest.mark.parametrize("name", FEATURE_NAMES)
def test_every_feature_has_a_text_for_every_value(name, row, language):
    text = said(name, language, **row)
    assert not re.search(r"[{}]|None|nan|\w_\w", text)
    assert 5 < len(text) < 160
    assert bool(re.search("[가-힣]", text.replace("여행", ""))) == (language == "ko")


@pytest.mark.parametrize("name", FEATURE_NAMES)
def test_every_feature_is_in_the_table(name):
    entry = texts()[name]
    assert entry.get("value") in (None, *VALUES)
    for text in (entry, *entry.get("instead", ())):
        assert set(LANGUAGES) <= set(text)
    # Where a particle depends on the value, the table must leave it to the value.
    assert not re.search(r"\}(이|가|은|는|을|를|과|와|으로|로)( |$)", entry["ko"])


def test_no_row_of_the_table_is_left_over():
    assert set(texts()) - set(FEATURE_NAMES) == set()


@pytest.mark.parametrize(
    ("name", "row", "ko", "en"),
    [
        pytest.param(
            "customer_amount_ratio_30d", {"customer_amount_ratio_30d": math.log(5.2)},
            "1,250,000원 결제로 이 고객이 평소 쓰던 금액의 5.2배.",
            "KRW 1,250,000, 5.2 times the customer's usual amount.", id="ratio",
        ),
        pytest.param(
            "merchant_risk_7d", {"merchant_risk_7d": 0.83},
            "이 가맹점에서 사기 확인 기간이 지난 최근 7일 거래의 83%가 사기로 확인됨.",
            "83% of this merchant's purchases in the last 7 days that are checked were fraud.", id="percent",
        ),
        pytest.param(
            "customer_mean_1d", {"customer_mean_1d": 1234.567},
            "이 고객의 최근 1일 평균 결제 금액 1,235원.", "The customer's mean amount in 1 day: KRW 1,235.",
            id="mean in won",
        ),
        pytest.param(
            "customer_hours_since_last", {"customer_hours_since_last": 0.42},
            "이 고객의 직전 결제로부터 25분 뒤.", "25 minutes after the customer's purchase before.", id="minutes",
        ),
        pytest.param(
            "merchant_days_since_last_fraud", {"merchant_days_since_last_fraud": 1.9},
            "이 가맹점에서 알려진 마지막 사기로부터 1일 지남.", "1 day since the newest known fraud at this merchant.",
            id="one day",
        ),
        pytest.param(
            "distance_km", {"distance_km": 1234.0}, "고객의 위치에서 1,200km 떨어진 가맹점.",
            "A merchant 1,200 km away from the customer.", id="kilometres",
        ),
        pytest.param(
            "category", {"category": "shop\u202e\n"},
            "‘shop’ 업종으로서는 드문 결제.", "A purchase that is unusual for the category ‘shop’.",
            id="a stranger's text",
        ),
    ],
)  # fmt: skip
def test_a_value_is_written_as_people_write_it(name, row, ko, en):
    assert (said(name, "ko", **row), said(name, "en", **row)) == (ko, en)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        pytest.param(0.29, "29%", id="as it is"),
        pytest.param(0.999, "99%", id="almost all are not all"),
        pytest.param(1.0, "100%", id="all"),
        pytest.param(0.0123, "1.2%", id="few"),
        pytest.param(0.00001, "0.01%", id="hardly any"),
    ],
)
def test_percent(share, expected):
    assert VALUES["percent"](share, "en", None) == expected


def test_without_a_currency_an_amount_names_none():
    assert said("amount", "ko", currency=None) == "결제 금액 1,250,000.00."
    assert said("amount", "en", currency="USD", amount=12.5) == "An amount of USD 12.50."


def test_distances_are_too_coarse_to_find_a_home_by():
    assert VALUES["km"](3.217, "en", None) == VALUES["km"](9.9, "en", None) == "less than 10 km"
    assert VALUES["km"](123.217, "en", None) == VALUES["km"](120.2, "en", None) == "120 km"


def test_the_strongest_comes_first_and_nothing_says_nothing():
    assert (
        sentence(["is_weekend", "amount"], ORDINARY | {"is_weekend": 1.0}, "ko") == "주말 결제; 결제 금액 1,250,000.00."
    )
    assert sentence([], ORDINARY, "ko") == ""


@pytest.mark.parametrize(
    ("word", "particles", "expected"),
    [
        pytest.param("83%", "이/가", "가", id="percent"),
        pytest.param("3건", "이/가", "이", id="consonant"),
        pytest.param("5.2배", "은/는", "는", id="vowel"),
        pytest.param("서울", "으로/로", "로", id="rieul before ro"),
        pytest.param("서울", "을/를", "을", id="rieul elsewhere"),
        pytest.param("부산", "으로/로", "으로", id="another consonant before ro"),
        *(pytest.param(f"1{digit}", "이/가", "이", id=f"digit {digit}") for digit in "013678"),
        *(pytest.param(f"1{digit}", "이/가", "가", id=f"digit {digit}") for digit in "2459"),
        *(pytest.param(digit, "으로/로", "로", id=f"ro after {digit}") for digit in "124578"),
        pytest.param("‘여행’", "은/는", "은", id="a quote is not read"),
        pytest.param("travel", "은/는", "은(는)", id="nobody knows how it is read"),
        pytest.param("", "은/는", "은(는)", id="nothing"),
    ],
)
def test_particle(word, particles, expected):
    assert particle(word, particles) == expected
    assert f"{Word(word):{particles}}" == word + expected
