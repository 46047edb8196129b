"""The customer's message: masked, short enough, and not to be steered by a merchant's name."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.messages import LANGUAGES, MAX_LENGTH, AlertFacts, amount_text, mask_card, mask_name, render_alert
from ml.plain_text import text_length

SEOUL = ZoneInfo("Asia/Seoul")
KOREAN = """[○○은행] 이상거래 의심 알림
홍*동 고객님, 평소와 다른 거래가 감지됐습니다.
일시 08/21 23:41
카드 1234-56**-****-7890
금액 1,234,567원
가맹점 ABC마트
접수번호 A1B2C3
본인 거래가 아니면 카드 뒷면 고객센터로 전화해 주세요.
은행은 비밀번호·앱 설치를 요구하지 않습니다."""
ENGLISH = """[Jikimi Bank] Fraud alert for G**** H***
21 Aug 23:41, KRW 1,234,567
at ABC Mart
Card 1234-56**-****-7890
Ref. A1B2C3
Not you? Call the number on your card.
We never ask for passwords or apps."""


def facts(**changes: object) -> AlertFacts:
    known = {
        "occurred_at": datetime(2026, 8, 21, 14, 41, 59, tzinfo=UTC),
        "amount": Decimal("1234567.000"),
        "currency": "KRW",
        "reference": "A1B2C3",
        "customer_name": "홍길동",
        "card": "1234567890127890",
        "merchant": "ABC마트",
    }
    return AlertFacts(**(known | changes))


def test_korean_message_is_the_one_of_the_contract() -> None:
    assert render_alert(facts(), "○○은행", SEOUL) == KOREAN


def test_english_message_says_the_same() -> None:
    known = facts(customer_name="Gildong Hong", merchant="ABC Mart")
    assert render_alert(known, "Jikimi Bank", SEOUL, "en") == ENGLISH


@pytest.mark.parametrize(
    ("language", "greeting"),
    [
        pytest.param("ko", "\n고객님, 평소와", id="korean"),
        pytest.param("en", "Fraud alert for you\n", id="english"),
    ],
)
def test_lines_about_unknown_things_are_left_out(language: str, greeting: str) -> None:
    text = render_alert(facts(customer_name=None, card=None, merchant=None), "은행", SEOUL, language)
    assert greeting in text
    assert not any(word in text for word in ("카드 1", "가맹점", "Card", "\nat", "None", "$"))


def test_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        render_alert(facts(occurred_at=datetime(2026, 8, 21, 23, 41)), "은행", SEOUL)  # noqa: DTZ001


def test_language_without_template_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        render_alert(facts(), "은행", SEOUL, "fr")


@pytest.mark.parametrize(
    ("merchant", "shown"),
    [
        pytest.param("A\nB\r\nC\x00D\x1b[31m\u2028E", "A B CD[31m E", id="control characters and line ends"),
        pytest.param("\u202eevil\u200b\ufeff", "evil", id="direction marks and zero widths"),
        pytest.param("$amount ${bank} {name} %s", "$amount ${bank} {name} %s", id="template syntax"),
        pytest.param("http://evil.example/x", "http evil·example/x", id="addresses cannot be tapped"),
        pytest.param("마트 3.5호점", "마트 3.5호점", id="decimal points stay"),
        pytest.param("e\u0301cole", "école", id="composed"),
    ],
)
def test_merchant_cannot_break_the_message(merchant: str, shown: str) -> None:
    lines = render_alert(facts(merchant=merchant), "은행", SEOUL).split("\n")
    assert len(lines) == len(KOREAN.split("\n"))
    assert lines[5] == f"가맹점 {shown}"


def test_long_merchant_is_clipped_to_exactly_the_limit() -> None:
    text = render_alert(facts(merchant="가" * 300), "○○은행", SEOUL)
    assert text_length(text) == MAX_LENGTH
    assert "가…\n접수번호 A1B2C3\n" in text


@pytest.mark.parametrize(
    "grapheme",
    [
        pytest.param("👨‍👩‍👧‍👦", id="family"),
        pytest.param("🇰🇷", id="flag"),
        pytest.param("👍🏽", id="skin tone"),
        pytest.param("\u1e47\u0330\u0303", id="several marks"),
        pytest.param("\u1100\u119e\u11af", id="old hangul"),
    ],
)
def test_merchant_is_never_cut_inside_a_grapheme(grapheme: str) -> None:
    for filler in range(4):
        merchant = "x" * filler + grapheme * 60
        text = render_alert(facts(merchant=merchant), "○○은행", SEOUL)
        clipped = next(line for line in text.split("\n") if line.startswith("가맹점"))[4 + filler : -1]
        assert clipped == grapheme * (len(clipped) // len(grapheme))
        assert clipped


@settings(max_examples=200, deadline=None)
@given(
    st.builds(
        facts,
        amount=st.decimals(Decimal("0.001"), Decimal("1e9"), places=3),
        currency=st.sampled_from(["KRW", "USD", "KWD"]),
        customer_name=st.none() | st.text(max_size=300),
        merchant=st.none() | st.text(max_size=300),
        card=st.none() | st.text(max_size=25) | st.from_regex(r"\d{8,19}", fullmatch=True),
    ),
    st.text(min_size=1, max_size=100),
    st.sampled_from(LANGUAGES),
)
def test_any_text_gives_one_message_within_the_limit(known: AlertFacts, bank: str, language: str) -> None:
    text = render_alert(known, bank, SEOUL, language)
    assert text_length(text) <= MAX_LENGTH
    assert all(character.isprintable() or character in "\n\u200d" for character in text)
    assert len(text.split("\n")) in ((7, 8, 9) if language == "ko" else (5, 6, 7))
    assert "A1B2C3" in text
    text.encode()


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        pytest.param("홍길동", "홍*동", id="three syllables"),
        pytest.param("홍길", "홍*", id="two syllables"),
        pytest.param("남궁민수", "남**수", id="four syllables"),
        pytest.param("홍", "*", id="one syllable"),
        pytest.param("홍 길 동", "홍*동", id="spaced"),
        pytest.param("\u1112\u1169\u11bc\u1100\u1175\u11af\u1103\u1169\u11bc", "홍*동", id="decomposed"),
        pytest.param("山田太郎", "山**郎", id="ideographs"),
        pytest.param("Gildong Hong", "G**** H***", id="latin"),
        pytest.param("Li J", "L* *", id="short latin"),
        pytest.param("Ангелина", "А****", id="cyrillic, its length hidden"),
        pytest.param(" \n", "", id="blank"),
        pytest.param("", "", id="empty"),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        pytest.param("1234567890127890", "1234-56**-****-7890", id="16 digits"),
        pytest.param("1234-5678-9012-7890", "1234-56**-****-7890", id="grouped"),
        pytest.param("1234-56**-****-7890", "1234-56**-****-7890", id="masked already"),
        pytest.param("378282246310005", "3782-8***-***0-005", id="15 digits"),
        pytest.param("1234567890123456789", "1234-56**-****-***6-789", id="19 digits"),
        pytest.param("1234567890123", "123*-****-*012-3", id="13 digits"),
        pytest.param("12345678", "****-5678", id="8 digits"),
        pytest.param("1234567", "****-***", id="too short to show any"),
        pytest.param("*1234567890127890", "1234-56**-****-7890", id="a star does not unmask"),
        pytest.param("no digits", "", id="no digits"),
    ],
)
def test_cards_are_masked(number: str, masked: str) -> None:
    assert mask_card(number) == masked


@given(st.from_regex(r"[0-9]{8,19}", fullmatch=True))
def test_masking_hides_at_least_four_digits_and_is_stable(number: str) -> None:
    masked = mask_card(number)
    assert masked.count("*") >= 4
    assert mask_card(masked) == masked


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        pytest.param(Decimal("1234567.000"), "KRW", "ko", "1,234,567원", id="won"),
        pytest.param(1_000_000_000.0, "KRW", "ko", "1,000,000,000원", id="float"),
        pytest.param(Decimal("1234567"), "KRW", "en", "KRW 1,234,567", id="won in English"),
        pytest.param(Decimal("1234.5"), "USD", "ko", "USD 1,234.50", id="cents"),
        pytest.param(Decimal("1234.5"), "KWD", "ko", "KWD 1,234.500", id="three decimals"),
        pytest.param(Decimal("1234"), "JPY", "ko", "JPY 1,234", id="no decimals"),
        pytest.param(Decimal("0.5"), "KRW", "ko", "0.5원", id="never rounded"),
    ],
)
def test_amounts_read_the_way_of_the_country(amount: Decimal | float, currency: str, language: str, shown: str) -> None:
    assert amount_text(amount, currency, language) == shown
