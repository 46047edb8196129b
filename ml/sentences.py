"""What moved a panel, in a sentence for analysts: values as people write them, in Korean and in English."""

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from ml.messages import CURRENCY_DIGITS, amount_text
from ml.plain_text import clean, clip

Value = float | str | None
LANGUAGES: Final = ("ko", "en")
LONGEST_TEXT: Final = 40
SMALLEST_SHOWN: Final = 0.01
FEWEST_KM: Final = 10
_FILE: Final = Path(__file__).parent / "templates" / "explanations.toml"
# 0 to 9 as Korean reads them: yeong, il, i, sam, sa, o, yuk, chil, pal, gu. ㄹ is a consonant, but not before 로.
_DIGITS_ENDING_IN_A_CONSONANT: Final = "013678"
_DIGITS_ENDING_IN_L: Final = "178"
_SYLLABLES: Final = range(0xAC00, 0xD7A4)
_L: Final = 8


class Word(str):
    """A text that takes a Korean particle: `f"{Word('5%'):이/가}"` is `5%가`."""

    __slots__ = ()

    def __format__(self, particles: str) -> str:
        """Add the particle: the one before the stroke follows a consonant, the other one a vowel."""
        return f"{self!s}{particle(self, particles)}" if particles else str(self)


def particle(word: str, particles: str) -> str:
    """Return the one of two particles that follows a word; both where nobody can say how the word sounds.

    :param particles: `은/는`, `이/가`, `을/를`, `과/와`, `으로/로`.
    """
    after_consonant, after_vowel = particles.split("/")
    last = next((character for character in reversed(word) if character.isalnum() or character == "%"), "")
    is_consonant, is_l = _ending(last)
    if is_consonant is None:
        return f"{after_consonant}({after_vowel})"
    return after_consonant if is_consonant and not (is_l and after_vowel == "로") else after_vowel


def sentence(features: Sequence[str], row: Mapping[str, Value], language: str, currency: str | None = None) -> str:
    """Return one sentence that names features and their values, the strongest first.

    :param features: some of `ml.features.FEATURE_NAMES`.
    :param row: all features of the transaction; None where a value is unknown.
    :param language: `ko` or `en`.
    :param currency: ISO 4217; without it amounts name none.
    """
    joined = "; ".join(_clause(name, row, language, currency) for name in features)
    return f"{joined[:1].upper()}{joined[1:]}." if joined else ""


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Return the texts of all features as the file says."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _clause(name: str, row: Mapping[str, Value], language: str, currency: str | None) -> str:
    entry = texts().get(name)
    if entry is None:
        return f"{name} = {row[name]}"
    chosen = next((other for other in entry.get("instead", ()) if _is_so(other["where"], row)), entry)
    value = row[name]
    written = VALUES[entry["value"]](value, language, currency) if "value" in entry and value is not None else "?"
    return str(chosen[language]).format(value=Word(written), amount=Word(_amount(row["amount"], language, currency)))


def _is_so(where: Mapping[str, Value], row: Mapping[str, Value]) -> bool:
    return all(row.get(name) == (None if value == "unknown" else value) for name, value in where.items())


def _ending(last: str) -> tuple[bool | None, bool]:
    """Tell whether a character is read with a consonant at its end, and whether it is ㄹ."""
    if last and ord(last) in _SYLLABLES:
        final = (ord(last) - _SYLLABLES.start) % 28
        return final != 0, final == _L
    if last in tuple("0123456789"):
        return last in _DIGITS_ENDING_IN_A_CONSONANT, last in _DIGITS_ENDING_IN_L
    return (False, False) if last == "%" else (None, False)


def _amount(value: Any, language: str, currency: str | None) -> str:
    rounded = round(float(value), CURRENCY_DIGITS.get(currency or "", 2))
    return amount_text(rounded, currency, language) if currency else f"{rounded:,.2f}"


def _count(value: Any, *_: Any) -> str:
    return f"{value:,.0f}"


def _percent(value: Any, *_: Any) -> str:
    # Cut, not rounded: 99.9 % are not all.
    percent = round(100 * float(value), 6)
    return f"{math.floor(percent)}%" if percent >= 10 or percent == 0 else f"{_short(percent)}%"


def _times(value: Any, *_: Any) -> str:
    return _short(math.exp(min(float(value), 50.0)))


def _ratio(value: Any, *_: Any) -> str:
    return _short(float(value))


def _hours(value: Any, language: str, *_: Any) -> str:
    minutes = float(value) * 60
    if minutes < 1:
        return {"ko": "1분 미만", "en": "less than 1 minute"}[language]
    if minutes < 60:
        return _counted(math.floor(minutes), language, "분", "minute")
    return _counted(math.floor(float(value)), language, "시간", "hour")


def _days(value: Any, language: str, *_: Any) -> str:
    return _counted(math.floor(float(value)), language, "일", "day")


def _km(value: Any, language: str, *_: Any) -> str:
    """Round to two figures: exact distances to several merchants would tell where the customer lives."""
    if float(value) < FEWEST_KM:
        return {"ko": f"{FEWEST_KM}km 이내로", "en": f"less than {FEWEST_KM} km"}[language]
    rounded = float(f"{float(value):.1e}")
    return f"{rounded:,.0f}{'' if language == 'ko' else ' '}km"


def _hour(value: Any, language: str, *_: Any) -> str:
    hour = int(value)
    return f"{hour}시대" if language == "ko" else f"{hour}:00 and {hour}:59"


def _text(value: Any, *_: Any) -> str:
    return clip(clean(str(value)), LONGEST_TEXT)


def _counted(number: int, language: str, ko: str, en: str) -> str:
    return f"{number}{ko}" if language == "ko" else f"{number} {en}{'' if number == 1 else 's'}"


def _short(number: float) -> str:
    """Write two figures or all whole ones: 0.05, 0.4, 5.2, 52, 1,234."""
    if number >= 9.95:
        return f"{number:,.0f}"
    if number >= 0.95:
        return f"{number:.1f}".removesuffix(".0")
    return f"{max(number, SMALLEST_SHOWN):.2f}".rstrip("0")


VALUES: Final[dict[str, Callable[[Any, str, str | None], str]]] = {
    "amount": _amount,
    "count": _count,
    "percent": _percent,
    "times": _times,
    "ratio": _ratio,
    "hours": _hours,
    "days": _days,
    "km": _km,
    "hour": _hour,
    "text": _text,
}
