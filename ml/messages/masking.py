"""Names, cards and customer numbers, hidden so far that only their owner knows them again."""

import re

from ml.plain_text import clean, graphemes

_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_NO_DIGITS = re.compile("[^0-9]+")
_MASKED_CARD = re.compile(r"(?=.*\*{2})[\d*]{1,4}(-[\d*]{1,4}){1,4}")


def mask_name(name: str) -> str:
    """Hide a name as Korean banks do: 홍*동, 홍*, 남**수; every word of another script keeps its first letter."""
    name = clean(name)
    if _EAST_ASIAN.search(name):
        return _mask_syllables(graphemes(name.replace(" ", "")))
    return " ".join(_mask_word(graphemes(word)) for word in name.split())


def mask_card(number: str) -> str:
    """Hide the middle of a card number, in groups of four: `1234-56**-****-7890`; masked numbers stay as they are.

    The last four digits are shown, and in front as many (at most six) as leave six hidden; a number that is too short
    for that shows less, and fewer than eight digits show nothing.
    """
    if _MASKED_CARD.fullmatch(number):
        return number
    digits = _NO_DIGITS.sub("", number)
    length = len(digits)
    front, back = max(0, min(6, length - 10)), 4 if length >= 8 else 0
    hidden = digits[:front] + "*" * (length - front - back) + digits[length - back :]
    return "-".join(hidden[start : start + 4] for start in range(0, length, 4))


def mask_id(identifier: str) -> str:
    """Hide a customer's number as the views for Grafana do: `C***42`, and `***2` where it is short."""
    identifier = clean(identifier)
    if len(identifier) > 5:
        return f"{identifier[0]}***{identifier[-2:]}"
    return f"***{identifier[-1:]}" if identifier else ""


def _mask_syllables(syllables: list[str]) -> str:
    if len(syllables) <= 2:
        return "".join(syllables[:-1]) + "*" * bool(syllables)
    return syllables[0] + "*" * (len(syllables) - 2) + syllables[-1]


def _mask_word(letters: list[str]) -> str:
    return "*" if len(letters) == 1 else letters[0] + "*" * min(len(letters) - 1, 4)
