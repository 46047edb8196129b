"""Text of strangers on one line, and cut where a reader would cut it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.plain_text import clean, clip, graphemes, text_length


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param(" a \t\r\n b\u3000c\u2028d ", "a b c d", id="all kinds of space"),
        pytest.param("a\x00\x1b\x7f\x85b", "a b", id="controls"),
        pytest.param("\u202ea\u2066b\u200f\ufeff", "ab", id="direction marks"),
        pytest.param("\u3164\u115f\u1160\uffa0\u2800a", "\u2800a", id="fillers of Hangul"),
        pytest.param("\ud800a\ue000b\U000f0000", "ab", id="half pairs and private signs"),
        pytest.param("e\u200b\u0301", "é", id="composed after what was between is gone"),
        pytest.param("\u200d\u0301 \u0301a", "a", id="marks without a letter"),
        pytest.param("👨\u200d👩❤\ufe0f", "👨\u200d👩❤\ufe0f", id="emoji keep their joiner and their style"),
        pytest.param("a" + "\u0334" * 50, "a" + "\u0334" * 4, id="a pile of marks"),
    ],
)
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(["a", "é", "e\u0301", "가"], id="letters"),
        pytest.param(["👨‍👩‍👧‍👦", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3"], id="emoji"),
        pytest.param(["🇰🇷", "🇰🇷", "🇺"], id="flags in pairs"),
        pytest.param(["\u1100\u119e\u11af", "\u1100\u1161"], id="jamo"),
        pytest.param(["नि", "ம்"], id="scripts of India"),
    ],
)
def test_graphemes_are_what_a_reader_counts(text: list[str]) -> None:
    assert graphemes("".join(text)) == text


def test_clipping_counts_as_it_is_told() -> None:
    assert clip("가나다라", 3) == "가나…"
    assert clip("가나다라", 7, lambda text: len(text.encode("euc_kr"))) == "가나…"
    assert clip("가나다라", 8, lambda text: len(text.encode("euc_kr"))) == "가나다라"
    assert clip("a b c", 3) == "a…"


@given(st.text(), st.integers(1, 50))
def test_what_is_clipped_is_no_longer_than_asked(text: str, length: int) -> None:
    clipped = clip(text, length)
    assert text_length(clipped) <= length
    assert clipped == text or text.startswith(clipped[:-1])
