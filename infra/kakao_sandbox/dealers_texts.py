"""What both dealers of Alimtalk check in the same way: numbers, filled templates, and the bytes of text messages."""

import re
from collections.abc import Mapping
from functools import lru_cache

SMS, LMS = "SMS", "LMS"
# Bytes of EUC-KR that a text message may have.
MOST_BYTES = {SMS: 90, LMS: 2000}
MOST_CHARACTERS = 1000
MOST_VARIABLES = 40
_BLANK = re.compile(r"#\{([^{}]+)\}")
_NUMBER = re.compile(r"0\d{8,10}")


def domestic(number: object) -> str | None:
    """Return a telephone number as it is dialled in Korea, digits only; None where it is none."""
    if not isinstance(number, str):
        return None
    digits = number.replace("-", "")
    if digits.startswith(("82", "+82")):
        digits = "0" + digits.removeprefix("+")[2:]
    return digits if _NUMBER.fullmatch(digits) else None


def written(number: str) -> str:
    """Return a number as people read it: 010-1234-5678."""
    return f"{number[:3]}-{number[3:-4]}-{number[-4:]}"


@lru_cache(maxsize=256)
def blanks(template: str) -> tuple[str, ...]:
    """Return the names of a template's variables, each once."""
    return tuple(dict.fromkeys(_BLANK.findall(template)))


def fill(template: str, values: Mapping[str, object]) -> str | None:
    """Put the values in at once; None where one is missing or no text."""
    if not all(isinstance(values.get(name), str) for name in blanks(template)):
        return None
    return _BLANK.sub(lambda blank: str(values[blank[1]]), template)


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    # Every other part is the name of a variable.
    return re.compile(".*".join(re.escape(part) for part in _BLANK.split(template)[::2]), re.DOTALL)


def is_filled(template: str, text: str) -> bool:
    """Say whether a text is this template with something in its variables."""
    return _pattern(template).fullmatch(text) is not None


def text_bytes(text: str) -> int | None:
    """Return the bytes of a text message; None where EUC-KR lacks a character."""
    try:
        encoded = len(text.encode("euc_kr"))
    except UnicodeEncodeError:
        return None
    # Python spells syllables outside KS X 1001 in eight bytes, which no phone shows as a syllable.
    two_each = 2 * len(text) - len(text.encode("ascii", "ignore"))
    return encoded if encoded == two_each else None


def kind_of(text: str) -> str:
    """Return whether a text goes as SMS or as LMS."""
    size = text_bytes(text)
    return SMS if size is not None and size <= MOST_BYTES[SMS] else LMS


def fits(text: str, kind: str) -> bool:
    """Say whether a text can go as a message of this kind."""
    size = text_bytes(text)
    return size is not None and 0 < size <= MOST_BYTES[kind]
