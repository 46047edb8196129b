"""Text from strangers made safe for a message and a log line: no control characters, cut between graphemes."""

import unicodedata
from collections.abc import Callable

import regex  # type: ignore[import-untyped]

ELLIPSIS = "…"
_SPACE = regex.compile(r"[\s\p{Z}]+")
# Controls, direction marks, half pairs, fillers, unassigned; but the joiner and the styles of emoji are of use.
_INVISIBLE = regex.compile(r"[[\p{C}\p{Default_Ignorable_Code_Point}]--[\u200d\ufe0e\ufe0f]]", regex.V1)
_LONELY_MARK = regex.compile(r"(?<!\S)[\p{M}\u200d]+")
# More marks than any script sets on a letter would cover the lines above and below.
_MARK_PILE = regex.compile(r"(\p{M}{4})\p{M}+")


def clean(text: str) -> str:
    """Return `text` on one line, in NFC, with single spaces and without anything that cannot be seen."""
    visible = _INVISIBLE.sub("", _SPACE.sub(" ", text))
    composed = _MARK_PILE.sub(r"\1", unicodedata.normalize("NFC", _LONELY_MARK.sub("", visible)))
    return " ".join(composed.split())


def text_length(text: str) -> int:
    """Return the length in UTF-16 units, as a phone counts: most emoji count two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, length: int, measure: Callable[[str], int] = text_length) -> str:
    """Return at most `length` of `text`, ended by `…` where something is missing.

    :param measure: in what the length is given; UTF-16 units by default.
    """
    if measure(text) <= length:
        return text
    room, kept = length - measure(ELLIPSIS), ""
    for grapheme in graphemes(text):
        room -= measure(grapheme)
        if room < 0:
            break
        kept += grapheme
    return kept.rstrip() + ELLIPSIS


def graphemes(text: str) -> list[str]:
    """Return what a reader takes for single characters: a letter with its marks, a joined emoji, a flag.

    Unicode's annex 29, as `regex` keeps it up to date.
    """
    found: list[str] = regex.findall(r"\X", text)
    return found
