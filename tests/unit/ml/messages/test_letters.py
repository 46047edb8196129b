"""The customer's message: masked, within every limit, and not to be steered by a merchant's name."""

import json
import re
from datetime import datetime
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.messages import LANGUAGES, MAX_LENGTH, AlertFacts, Letter, template, write_letter
from ml.messages.templates import fill
from ml.plain_text import text_length
from tests.unit.ml.messages.cases import CHANNELS, LONGEST, SEOUL, any_facts, facts, shown_by, texts

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
ALIMTALK = """[○○은행] 이상거래 의심 알림

홍*동 고객님, 평소와 다른 카드 거래가 감지되어 알려 드립니다.

- 일시: 08/21 23:41
- 카드: 1234-56**-****-7890
- 금액: 1,234,567원
- 가맹점: ABC마트
- 접수번호: A1B2C3

본인이 한 거래가 아니면 바로 카드 뒷면의 고객센터로 전화해 접수번호를 말씀해 주세요.
본인이 한 거래라면 따로 하실 일은 없습니다.

은행은 비밀번호나 인증번호를 묻지 않으며, 앱 설치를 요구하지 않습니다."""
SMS = """[○○은행] 의심거래
1,234,567원
ABC마트
접수 A1B2C3
카드 뒷면 번호로 전화"""


def write(channel: str = "kakao_friends", language: str = "ko", bank: str = "○○은행", **changes: object) -> Letter:
    return write_letter(channel, facts(**changes), bank, SEOUL, language)


@pytest.mark.parametrize("channel", ["kakao_friends", "kakao_memo"])
def test_korean_message_is_the_one_of_the_contract(channel: str) -> None:
    assert write(channel).text == KOREAN


def test_english_message_says_the_same() -> None:
    assert (
        write("kakao_friends", "en", "Jikimi Bank", customer_name="Gildong Hong", merchant="ABC Mart").text == ENGLISH
    )


def test_alimtalk_brings_its_fall_backs_along() -> None:
    letter = write("alimtalk")
    assert (letter.text, letter.lms, letter.sms) == (ALIMTALK, ALIMTALK, SMS)
    assert (letter.title, letter.template) == ("이상거래 의심 알림", "alert.ko")


def test_email_has_a_subject_and_the_same_text_twice() -> None:
    letter = write("email")
    assert letter.text == ALIMTALK
    assert letter.title == "[○○은행] 이상거래 의심 알림 (접수번호 A1B2C3)"
    assert shown_by(letter.html) == ALIMTALK


def test_discord_shows_the_stars_of_masked_values() -> None:
    assert re.sub(r"\\(.)", r"\1", write("discord").text) == ALIMTALK


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("language", "said", "asks"),
    [
        pytest.param("ko", "1,234,567원 외 1,002건", "고객센터", id="korean"),
        pytest.param("en", "KRW 1,234,567 and 1,002 more", "the number on", id="english"),
    ],
)
def test_folded_transactions_are_counted_and_can_be_asked_for(
    channel: str, language: str, said: str, asks: str
) -> None:
    letter = write(channel, language, more=1002)
    assert said in letter.text
    assert asks in letter.text
    assert letter.template == f"alert_more.{language}"
    assert "1,002" in letter.sms or channel != "alimtalk"


@pytest.mark.parametrize(
    ("language", "greeting"),
    [
        pytest.param("ko", "\n고객님, 평소와", id="korean"),
        pytest.param("en", "Fraud alert for you\n", id="english"),
    ],
)
@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_unknown_is_left_out_or_said(channel: str, language: str, greeting: str) -> None:
    letter = write(channel, language, customer_name=None, card=None, merchant=None)
    unknown = {"ko": "정보 없음", "en": "not known"}[language]
    assert greeting in letter.text
    assert letter.text.count(unknown) == (0 if channel.startswith("kakao") else 2)
    assert "None" not in letter.text + letter.sms + letter.lms
    assert len(letter.sms.split("\n")) == (4 if channel == "alimtalk" else 1)


def test_alimtalk_has_no_empty_value() -> None:
    letter = write("alimtalk", customer_name="", card="", merchant="\u200b", currency="")
    assert all(letter.variables.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"channel": "pigeon"}, "'pigeon'", id="channel"),
        pytest.param({"language": "fr"}, "'fr'", id="language"),
        pytest.param({"occurred_at": datetime(2026, 8, 21)}, "zone", id="no zone"),  # noqa: DTZ001
    ],
)
def test_what_cannot_be_written_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write(**change)


@pytest.mark.parametrize(
    ("merchant", "shown"),
    [
        pytest.param("A\nB\r\nC\x00D\x1b[31m\u2028E", "A B CD[31m E", id="control characters and line ends"),
        pytest.param("\u202eevil\u200b\ufeff", "evil", id="direction marks and zero widths"),
        pytest.param("$a ${bank} {name} %s", "$a ${bank} {name} %s", id="variables of Python"),
        pytest.param("{{ name }}{% if %}", "{{ name }}{% if %}", id="variables of Jinja"),
        pytest.param("#{name} #{amount}", "# {name} # {amount}", id="variables of a dealer"),
        pytest.param("half\ud800pair", "halfpair", id="half of a pair"),
        pytest.param("http://evil.example/x", "http evil·example/x", id="addresses cannot be tapped"),
        pytest.param("마트 3.5호점", "마트 3.5호점", id="decimal points stay"),
        pytest.param("e\u0301cole", "école", id="composed"),
    ],
)
def test_merchant_cannot_break_the_message(merchant: str, shown: str) -> None:
    lines = write(merchant=merchant).text.split("\n")
    assert len(lines) == len(KOREAN.split("\n"))
    assert lines[5] == f"가맹점 {shown}"


@pytest.mark.parametrize(
    ("merchant", "sms"),
    [
        pytest.param("똠얌 뷁", "또ㅁ얌 붸ㄺ", id="syllables outside KS X 1001"),
        pytest.param("Café 👍 ไทย", "Cafe ?", id="accents, emoji, other letters"),
        pytest.param("evil﹒example", "evil·example", id="a sign that stands for a dot"),
    ],
)
def test_fall_backs_are_written_in_what_every_phone_shows(merchant: str, sms: str) -> None:
    letter = write("alimtalk", merchant=merchant)
    assert letter.sms.split("\n")[2] == sms
    assert f"- 가맹점: {sms}\n" in letter.lms


def test_amount_in_a_text_message_is_short() -> None:
    letter = write("alimtalk", currency="USD", amount=Decimal("12.5"))
    assert "금액: 12.50달러(USD)\n" in letter.lms
    assert "\nUSD 12.50\n" in letter.sms


def test_long_merchant_is_clipped_to_exactly_the_limit() -> None:
    text = write(merchant="가" * LONGEST).text
    assert text_length(text) == MAX_LENGTH
    assert "가…\n접수번호 A1B2C3\n" in text


@pytest.mark.parametrize(
    ("bank", "name", "shown"),
    [
        pytest.param(2, 1, ("은행" * 2, "A**", "x" * 27 + "…"), id="the merchant first"),
        pytest.param(11, 3, ("은행" * 11, "A** A** A**", "x…"), id="the merchant wholly"),
        pytest.param(11, 9, ("은행" * 11, "A** A** A**…", "…"), id="then the name"),
        pytest.param(45, 9, ("은행" * 16 + "…", "…", "…"), id="then the bank"),
    ],
)
def test_one_gives_way_after_the_other(bank: int, name: int, shown: tuple[str, str, str]) -> None:
    text = write(bank="은행" * bank, customer_name="Ann " * name, merchant="x" * LONGEST).text
    assert text_length(text) == MAX_LENGTH
    found = re.search(r"^\[(.*)\] .*\n(.*) 고객님.*가맹점 (.*)\n접수번호 A1B2C3\n", text, re.DOTALL)
    assert found
    assert found.groups() == shown


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
        text = write(merchant="x" * filler + grapheme * 60).text
        clipped = next(line for line in text.split("\n") if line.startswith("가맹점"))[4 + filler : -1]
        assert clipped == grapheme * (len(clipped) // len(grapheme))
        assert clipped


@settings(max_examples=400, deadline=None)
@given(any_facts, texts.filter(str.strip), st.sampled_from(LANGUAGES), st.sampled_from(CHANNELS))
def test_any_transaction_gives_a_letter_within_the_limits(
    known: AlertFacts, bank: str, language: str, channel: str
) -> None:
    letter = write_letter(channel, known, bank, SEOUL, language)
    most = {"alimtalk": 1000, "kakao_friends": 200, "kakao_memo": 200, "email": 5000, "discord": 2000}[channel]
    assert 0 < text_length(letter.text) <= most
    assert known.reference in letter.text
    assert all(is_plain(part) for part in (letter.text, letter.sms, letter.lms))
    assert is_plain(letter.title.replace("\n", "\0"))
    assert json.loads(json.dumps([letter.text, dict(letter.variables)])) == [letter.text, dict(letter.variables)]
    assert len(letter.text.split("\n")) <= len(template(*form(channel, letter)).split("\n"))
    CHECKS.get(channel, lambda *_: None)(letter, known.reference)


def alimtalk(letter: Letter, reference: str) -> None:
    assert len(bytes_of(letter.sms)) <= 90
    assert len(bytes_of(letter.lms)) <= 2000
    assert reference in letter.sms
    assert reference in letter.lms
    registered = template("alimtalk", letter.template)
    assert fill(registered, letter.variables) == letter.text
    assert all(letter.variables.values())
    # Whatever a dealer fills in first, no value is taken for a variable.
    for names in list(permutations(letter.variables))[:: 5040 // 4]:
        filled = registered
        for name in names:
            filled = filled.replace(f"#{{{name}}}", letter.variables[name])
        assert filled == letter.text


def email(letter: Letter, reference: str) -> None:
    assert shown_by(letter.html) == letter.text
    assert reference in letter.title
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = letter.title
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    assert b"\r\nContent-Type: multipart/alternative" in b"\r\n" + mail.as_bytes()
    assert mail["Subject"] == letter.title


def discord(letter: Letter, reference: str) -> None:
    assert "@" not in letter.text
    assert not set(re.sub(r"\\.", "", letter.text)) & set("\\*_~`|<>")


CHECKS = {"alimtalk": alimtalk, "email": email, "discord": discord}


def bytes_of(text: str) -> bytes:
    """Encode as phones read it: what Python writes as eight bytes comes back as no syllable."""
    encoded = text.encode("euc_kr")
    assert encoded.decode("cp949") == text
    return encoded


def is_plain(text: str) -> bool:
    text.encode()
    return not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u3164]", text)


def form(channel: str, letter: Letter) -> tuple[str, str]:
    return "kakao" if channel.startswith("kakao") else "alimtalk", letter.template


def test_a_letter_says_nothing_of_the_customer_in_a_log() -> None:
    said = repr(write("alimtalk")) + repr(facts())
    assert not any(word in said for word in ("홍", "1234-56", "ABC마트", "7890"))
