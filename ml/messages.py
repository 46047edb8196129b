"""What a customer reads: masked, within KakaoTalk's 200 characters, and nothing that a merchant could plant in it."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Template

from ml.plain_text import clean, clip, graphemes, text_length

MAX_LENGTH = 200
LANGUAGES = ("ko", "en")

_TEMPLATES = Path(__file__).parent / "templates"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOBODY = {"ko": "", "en": "you"}
# ISO 4217: digits after the point; every other currency has two.
CURRENCY_DIGITS = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "VND"), 0) | dict.fromkeys(
    ("BHD", "JOD", "KWD", "OMR", "TND"), 3
)
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_MASKED_CARD = re.compile(r"(?=.*\*{2})[\d*]{1,4}(-[\d*]{1,4}){1,4}")
# KakaoTalk turns these into something to tap: a dot inside a host name, the start of an address.
_TAPPABLE = re.compile(r"(?<=\w)\.(?=[^\W\d])|://")


@dataclass(frozen=True)
class AlertFacts:
    """What is known about one transaction that is to be announced; None where the bank did not say.

    :param occurred_at: aware instant of the purchase.
    :param card: the number, masked already or not.
    :param amount: in the currency's main unit.
    :param currency: ISO 4217.
    :param reference: what the customer names on the telephone.
    """

    occurred_at: datetime
    amount: Decimal | float
    currency: str
    reference: str
    customer_name: str | None = None
    card: str | None = None
    merchant: str | None = None


def render_alert(facts: AlertFacts, bank: str, zone: tzinfo, language: str = "ko") -> str:
    """Return the message in `language` (`ko` or `en`), of at most 200 characters.

    A line about something unknown is left out. Where the text is too long, the merchant gives way first, then the
    names. The characters are UTF-16 units, the narrowest reading of KakaoTalk's limit.

    :raises ValueError: `occurred_at` has no zone, or there is no template in this language.
    """
    if facts.occurred_at.tzinfo is None:
        raise ValueError("occurred_at needs a zone, or nobody knows which time the customer should read")
    values = {
        "bank": clean(bank),
        "name": mask_name(facts.customer_name or "") or _NOBODY.get(language, ""),
        "time": local_time(facts.occurred_at.astimezone(zone), language),
        "card": mask_card(facts.card or "") or None,
        "amount": amount_text(facts.amount, facts.currency, language),
        "merchant": _untappable(clean(facts.merchant or "")) or None,
        "reference": clean(facts.reference),
    }
    return _within_limit(_template(language), values)


def mask_name(name: str) -> str:
    """Hide a name as Korean banks do: 홍*동, 홍*, 남**수; every word of another script keeps its first letter."""
    name = clean(name)
    if _EAST_ASIAN.search(name):
        return _mask_syllables(list(graphemes(name.replace(" ", ""))))
    return " ".join(_mask_word(list(graphemes(word))) for word in name.split())


def mask_card(number: str) -> str:
    """Hide the middle of a card number, in groups of four: `1234-56**-****-7890`; masked numbers stay as they are.

    The last four digits are shown, and in front as many (at most six) as leave six hidden; a number that is too short
    for that shows less, and fewer than eight digits show nothing.
    """
    if _MASKED_CARD.fullmatch(number):
        return number
    digits = "".join(character for character in number if character in "0123456789")
    length = len(digits)
    front, back = max(0, min(6, length - 10)), 4 if length >= 8 else 0
    hidden = digits[:front] + "*" * (length - front - back) + digits[length - back :]
    return "-".join(hidden[start : start + 4] for start in range(0, length, 4))


def amount_text(amount: Decimal | float, currency: str, language: str = "ko") -> str:
    """Return `1,234,567원` for won in Korean, else `USD 1,234.50`; never rounded, so that it matches the receipt."""
    exact = Decimal(str(amount)).normalize()
    exponent = exact.as_tuple().exponent
    decimals = max(CURRENCY_DIGITS.get(currency, 2), -exponent if isinstance(exponent, int) else 0)
    figure = f"{exact:,.{decimals}f}"
    return f"{figure}원" if (currency, language) == ("KRW", "ko") else f"{clean(currency)} {figure}"


def local_time(instant: datetime, language: str = "ko") -> str:
    """Return `08/21 23:41`, or `21 Aug 23:41` where the order of month and day would be a guess."""
    if language == "ko":
        return f"{instant:%m/%d %H:%M}"
    return f"{instant.day} {_MONTHS[instant.month - 1]} {instant:%H:%M}"


@cache
def _template(language: str) -> tuple[Template, ...]:
    if language not in LANGUAGES:
        raise ValueError(f"there is no message in the language {language!r}, only in {', '.join(LANGUAGES)}")
    text = (_TEMPLATES / f"alert.{language}.txt").read_text(encoding="utf-8")
    return tuple(Template(line) for line in text.splitlines())


def _within_limit(lines: tuple[Template, ...], values: dict[str, str | None]) -> str:
    text = _fill(lines, values)
    for name in ("merchant", "name", "bank", "reference"):
        excess = text_length(text) - MAX_LENGTH
        value = values[name]
        if excess > 0 and value:
            values[name] = clip(value, max(1, text_length(value) - excess))
            text = _fill(lines, values)
    return text


def _fill(lines: tuple[Template, ...], values: dict[str, str | None]) -> str:
    unknown = {key for key, value in values.items() if value is None}
    return "\n".join(line.substitute(values).strip() for line in lines if unknown.isdisjoint(line.get_identifiers()))


def _mask_syllables(syllables: list[str]) -> str:
    if len(syllables) <= 2:
        return "".join(syllables[:-1]) + "*" * bool(syllables)
    return syllables[0] + "*" * (len(syllables) - 2) + syllables[-1]


def _mask_word(letters: list[str]) -> str:
    return "*" if len(letters) == 1 else letters[0] + "*" * min(len(letters) - 1, 4)


def _untappable(text: str) -> str:
    return _TAPPABLE.sub(lambda found: "·" if found[0] == "." else " ", text)
