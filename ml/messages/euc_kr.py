"""The characters of Korean text messages: EUC-KR with the 2,350 syllables of KS X 1001 and nothing else."""

import re
import unicodedata
from functools import lru_cache

_LOST = "\ufffd"
_LOOKALIKES = str.maketrans("—–−•〜⁄₩£¥¢«»Đ", "---·~/￦￡￥￠《》Ð") | {ord("©"): "(c)"}
_JAMO = re.compile("HANGUL (CHOSEONG|JUNGSEONG|JONGSEONG) ")
_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS = 0xAC00, 0xD7A3, 28


def to_euc_kr(text: str) -> str:
    """Return `text` in characters that EUC-KR has, on one line.

    Accents go (é: e), a syllable outside KS X 1001 is spelt (똠: 또ㅁ), emoji and other signs are dropped, and letters
    that nothing stands for become one `?`: the reader sees that something is missing.
    """
    spelt = "".join(_spelt(character) for character in text)
    return " ".join(re.sub(f"{_LOST}+", "?", spelt).split())


def euc_kr_length(text: str) -> int:
    """Return the bytes of a text that EUC-KR has, as a carrier counts them."""
    return len(text.encode("euc_kr"))


@lru_cache(maxsize=10_000)
def _spelt(character: str) -> str:
    if _fits(character):
        return character
    if _FIRST_SYLLABLE <= ord(character) <= _LAST_SYLLABLE:
        return _spelt_syllable(character)
    pieces = [_letter(piece) for piece in unicodedata.normalize("NFKD", character).translate(_LOOKALIKES)]
    kept = [piece for piece in pieces if not unicodedata.category(piece).startswith("M")]
    if kept and all(_fits(piece) for piece in kept):
        return "".join(kept)
    return _LOST if unicodedata.category(character)[0] in "LN" else ""


def _spelt_syllable(syllable: str) -> str:
    """Write the final consonant by itself, and where that is not enough, the others too."""
    without_final = chr(ord(syllable) - (ord(syllable) - _FIRST_SYLLABLE) % _FINALS)
    letters = [_letter(jamo) for jamo in unicodedata.normalize("NFD", syllable)]
    return without_final + letters[-1] if _fits(without_final) else "".join(letters)


def _letter(jamo: str) -> str:
    """Return the letter that stands by itself for a part of a syllable; any other character as it is."""
    name = _JAMO.sub("HANGUL LETTER ", unicodedata.name(jamo, ""))
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return jamo


def _fits(character: str) -> bool:
    # Python writes other syllables as eight bytes of filling signs, which no phone shows as a syllable.
    try:
        return len(character.encode("euc_kr")) <= 2
    except UnicodeEncodeError:
        return False
