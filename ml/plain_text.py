"""Text from strangers made safe for a message and a log line: no control characters, cut between graphemes."""

import re
import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"
_JOINER = "\u200d"
# Invisible: controls, direction marks and other formats (but the joiner of emoji), half pairs, private, unassigned.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean(text: str) -> str:
    """Return `text` on one line, in NFC, with single spaces and without anything that cannot be seen."""
    visible = (_shown(character) for character in unicodedata.normalize("NFC", text))
    return " ".join("".join(visible).split())


def text_length(text: str) -> int:
    """Return the length in UTF-16 units, as a phone counts: most emoji count two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, length: int) -> str:
    """Return at most `length` UTF-16 units of `text`, ended by `…` where something is missing."""
    if text_length(text) <= length:
        return text
    room, kept = length - 1, ""
    for grapheme in graphemes(text):
        if text_length(kept + grapheme) > room:
            break
        kept += grapheme
    return kept.rstrip() + ELLIPSIS


def graphemes(text: str) -> Iterator[str]:
    """Yield what a reader takes for one character: a letter with its marks, a joined emoji, a flag.

    The rules of Unicode's annex 29 that matter after NFC, without its tables.
    """
    cluster = ""
    for character in text:
        if cluster and not _continues(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _continues(cluster: str, character: str) -> bool:
    if character == _JOINER or unicodedata.category(character) in ("Mn", "Me", "Mc"):
        return True
    if cluster[-1] == _JOINER or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    if _is_flag_half(character):
        return _is_flag_half(cluster[0]) and len(cluster) == 1
    # Conjoining jamo that NFC could not compose: vowels and finals belong to what stands before.
    return bool(re.match("[\u1160-\u11ff]", character)) and bool(re.match("[\u1100-\u11ff]", cluster[-1]))


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _shown(character: str) -> str:
    if character.isspace() or unicodedata.category(character) in ("Zl", "Zp", "Zs"):
        return " "
    return "" if character != _JOINER and unicodedata.category(character) in _INVISIBLE else character
