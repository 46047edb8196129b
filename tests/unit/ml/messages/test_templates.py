"""The files of texts: each one fits, whatever has to stand in it."""

import pytest

from ml.messages import ALERTS, CALL_BUTTON, LANGUAGES, template
from ml.messages.fitting import Medium
from ml.messages.letters import KAKAO, LMS, MEDIA, SMS
from ml.messages.templates import fill, variables_of, words
from ml.plain_text import ELLIPSIS, text_length

NAMES = [f"{alert}.{language}" for alert in ALERTS for language in LANGUAGES]
FOLDERS = ("alimtalk", "kakao", "sms")
# The widest of what is never clipped, and the least that is left of what is.
WIDEST = {
    "bank": ELLIPSIS,
    "merchant": ELLIPSIS,
    "time": "31 Aug 23:41",
    "card": "1234-56**-****-***6-789",
    "card_end": "*6789",
    "reference": "9E3779B1",
    "more": "9,999",
}
WIDEST_OF = {
    "ko": {
        "customer": f"{ELLIPSIS} 고객",
        "amount": "999,999,999.999파운드(GBP)",
        "short_amount": "USD 999,999,999.999",
    },
    "en": {"customer": ELLIPSIS, "amount": "USD 999,999,999.999", "short_amount": "USD 999,999,999.999"},
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_template_has_the_known_variables_and_no_link(folder: str, name: str) -> None:
    text = template(folder, name)
    language = name[-2:]
    assert set(variables_of(text)) <= {*WIDEST, *WIDEST_OF[language]}
    assert ("more" in variables_of(text)) == name.startswith("alert_more")
    assert {"bank", "merchant", "reference"} <= set(variables_of(text))
    assert not any(sign in text for sign in ("://", "www", "@", ".com", ".kr"))
    assert text == "\n".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "medium",
    [pytest.param(medium, id=name) for name, medium in {**MEDIA, "sms": SMS, "lms": LMS}.items()],
)
def test_a_template_fits_with_the_widest_values(medium: Medium, name: str) -> None:
    values = {key: medium.quote(value) for key, value in {**WIDEST, **WIDEST_OF[name[-2:]]}.items()}
    assert medium.length(fill(template(medium.folder, name), values)) <= medium.limit


@pytest.mark.parametrize("name", NAMES)
def test_a_registered_template_is_what_dealers_take(name: str) -> None:
    text = template("alimtalk", name)
    assert 0 < len(variables_of(text)) <= 40
    assert text_length(text) <= 1000
    assert all(variable.isascii() and variable.isidentifier() for variable in variables_of(text))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", ["alimtalk", "sms"])
def test_what_stands_in_a_text_message_is_euc_kr(folder: str, name: str) -> None:
    said = words("words", name[-2:])
    fixed = [template(folder, name), *(said[key] for key in ("customer", "nobody", "unknown", "title"))]
    assert all(text.encode("euc_kr").decode("cp949") == text for text in fixed)
    assert len(said["title"].encode("euc_kr")) <= 40
    assert len(said["title"]) <= 20


def test_the_only_button_calls_the_bank_by_a_name_that_kakao_allows() -> None:
    assert CALL_BUTTON in ("전화 연결", "고객센터 연결", "상담원 연결")


def test_kakao_has_one_template_for_friends_and_memo() -> None:
    assert MEDIA["kakao_friends"] is MEDIA["kakao_memo"] is KAKAO


def test_a_value_is_not_filled_in_turn() -> None:
    assert fill("#{a} #{b}", {"a": "#{b}", "b": r"\1"}) == r"#{b} \1"


def test_texts_of_a_language_that_is_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="'fr', only in ko, en"):
        words("words", "fr")


@pytest.mark.parametrize("file", ["words", "staff"])
def test_both_languages_say_the_same_things(file: str) -> None:
    def keys(table: dict) -> set[str]:
        return {
            f"{key}.{inner}"
            for key, value in table.items()
            for inner in (keys(value) if isinstance(value, dict) else [""])
        }

    assert keys(words(file, "ko")) == keys(words(file, "en"))
