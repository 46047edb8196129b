"""What staff read, on Discord and in mail."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.messages import LANGUAGES, FailureLine, Letter, StaffRow, digest_letter, failure_letter
from ml.plain_text import text_length
from tests.unit.ml.messages.cases import SEOUL, shown_by, texts

SINCE, UNTIL = datetime(2026, 8, 20, 15, tzinfo=UTC), datetime(2026, 8, 21, 15, tzinfo=UTC)
URL = "http://127.0.0.1:8080/alerts?state=unknown&order_by=age"


def row(**changes: object) -> StaffRow:
    known = {
        "reference": "9E3779B1",
        "occurred_at": datetime(2026, 8, 21, 14, 41, tzinfo=UTC),
        "amount": Decimal("1234567"),
        "currency": "KRW",
        "merchant": "ABC마트",
        "state": "delivered",
    }
    return StaffRow(**(known | changes))


def digest(rows: list[StaffRow], total: int | None = None, language: str = "ko", bank: str = "○○은행") -> Letter:
    return digest_letter(rows, len(rows) if total is None else total, SINCE, UNTIL, SEOUL, bank, language)


def failures(lines: list[FailureLine], total: int, language: str = "ko", url: str = URL) -> Letter:
    return failure_letter(lines, total, SEOUL, UNTIL, "○○은행", url, language)


def test_digest_says_what_the_panel_agreed_on() -> None:
    letter = digest([row(customer_id="C10042"), row(merchant=None, state="unknown")], 1002)
    assert letter.title == "[○○은행] 패널 만장일치 사기 의심 1,002건"
    assert letter.text.split("\n") == [
        letter.title,
        "08/21 00:00 ~ 08/22 00:00",
        r"08/21 23:41 · 9E3779B1 · 전송됨 · C\*\*\*42 · 1,234,567원 · ABC마트",
        "08/21 23:41 · 9E3779B1 · 확인 필요 · 1,234,567원 · 가맹점 정보 없음",
        "외 1,000건",
    ]
    assert "C***42 · 1,234,567원 · ABC마트<br>" in letter.html


def test_digest_in_english() -> None:
    assert digest([row()], 3, "en").text.split("\n") == [
        "[○○은행] Unanimous fraud: 3",
        "21 Aug 00:00 to 22 Aug 00:00",
        "21 Aug 23:41 · 9E3779B1 · delivered · KRW 1,234,567 · ABC마트",
        "and 2 more",
    ]


def test_digest_of_nothing_has_no_rows() -> None:
    assert len(digest([]).text.split("\n")) == 2


def test_digest_shows_at_most_twenty_rows_and_counts_the_others() -> None:
    lines = digest([row()] * 50).text.split("\n")
    assert len(lines) == 23
    assert lines[-1] == "외 30건"


def test_discord_gets_as_many_rows_as_it_takes_and_mail_all_of_them() -> None:
    letter = digest([row(merchant="*" * 200)] * 20)
    lines = letter.text.split("\n")
    shown = sum("9E3779B1" in line for line in lines)
    assert 10 < shown < 20
    assert lines[-1] == f"외 {20 - shown}건"
    assert letter.html.count("9E3779B1") == 20


def test_failures_are_counted_by_channel_and_reason() -> None:
    lines = [
        FailureLine("alimtalk", "not a KakaoTalk user", 7, [f"9E3779B{number}" for number in range(7)]),
        FailureLine("kakao_friends", "the answer was lost", 2, ["DAA66D2C", "78DDE6DD"]),
        FailureLine("email", "refused", 3, []),
    ]
    letter = failures(lines, 14)
    assert letter.title == "[○○은행] 전송되지 않았거나 전송 여부를 모르는 알림 14건"
    assert letter.text.split("\n") == [
        letter.title,
        "08/22 00:00 기준",
        "alimtalk · not a KakaoTalk user · 7건 (9E3779B0, 9E3779B1, 9E3779B2, 9E3779B3, 9E3779B4 외 2건)",
        r"kakao\_friends · the answer was lost · 2건 (DAA66D2C, 78DDE6DD)",
        "email · refused · 3건 (외 3건)",
        "외 2건",
        f"처리 화면: <{URL}>",
    ]
    assert f'<a href="{URL.replace("&", "&amp;")}">' in letter.html


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="none"),
        pytest.param("javascript:alert(1)", id="no page"),
        pytest.param("http://a/>\n@everyone", id="more than an address"),
        pytest.param("http://a/" + "x" * 2000, id="too long"),
    ],
)
def test_what_is_no_address_is_not_shown(url: str) -> None:
    letter = failures([], 1, url=url)
    assert "처리 화면" not in letter.text + letter.html
    assert "<a " not in letter.html


rows = st.builds(row, merchant=st.none() | texts, state=texts, reference=texts, customer_id=texts, currency=st.text())
failure_lines = st.builds(FailureLine, texts, texts, st.integers(0, 10**9), st.lists(texts, max_size=8))


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, max_size=30), st.lists(failure_lines, max_size=30), texts, st.sampled_from(LANGUAGES))
def test_any_notice_fits_and_calls_nobody(
    rows: list[StaffRow], lines: list[FailureLine], bank: str, language: str
) -> None:
    for letter in (
        digest(rows, 10**9, language, bank),
        failure_letter(lines, 10**9, SEOUL, UNTIL, bank, URL, language),
    ):
        assert text_length(letter.text) <= 2000
        assert len(letter.text.split("\n")) <= 24
        assert "@" not in letter.text
        assert "\n" not in letter.title
        assert shown_by(letter.html).startswith(f"{letter.title}\n")
