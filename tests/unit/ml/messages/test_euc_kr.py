"""What the phones of text messages can show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.messages.euc_kr import euc_kr_length, to_euc_kr


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        pytest.param("스타벅스 3호점 (명동)", "스타벅스 3호점 (명동)", id="what is there stays"),
        pytest.param("똠얌꿍", "또ㅁ얌꿍", id="a final that no syllable has"),
        pytest.param("뷁", "붸ㄺ", id="two consonants at the end"),
        pytest.param("쀍", "ㅃㅞㄺ", id="not even without its final"),
        pytest.param("쨔 먄", "쨔 먀ㄴ", id="rare, but there"),
        pytest.param("ᄒᆞᆫ", "ㅎㆍㄴ", id="old syllable"),
        pytest.param("Café Crème", "Cafe Creme", id="accents"),
        pytest.param("Łódź Straße", "Łodz Straße", id="letters of its own"),
        pytest.param("A—B – ₩100 «C» ©D", "A-B - ￦100 《C》 (c)D", id="look-alikes"),
        pytest.param("ﬁsh 𝓗𝓲 ⅐", "fish Hi 1/7", id="forms of letters"),
        pytest.param("카페 👍🏽👨‍👩‍👧 최고", "카페 최고", id="emoji"),
        pytest.param("ไทย 식당", "? 식당", id="one sign for a foreign word"),
        pytest.param("漢字 かな Ж", "漢字 かな Ж", id="other scripts of KS X 1001"),
        pytest.param("👍", "", id="nothing left"),
    ],
)
def test_text_is_spelt_in_what_there_is(text: str, spelt: str) -> None:
    assert to_euc_kr(text) == spelt


@given(st.text())
def test_no_character_takes_more_than_two_bytes(text: str) -> None:
    spelt = to_euc_kr(text)
    assert euc_kr_length(spelt) == sum(1 if character.isascii() else 2 for character in spelt)
    assert to_euc_kr(spelt) == spelt


@given(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))
def test_every_syllable_is_readable(syllable: str) -> None:
    assert "?" not in to_euc_kr(syllable)
    assert euc_kr_length(to_euc_kr(syllable)) in (2, 4, 6)
