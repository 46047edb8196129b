"""Names, cards and numbers of customers, hidden."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.messages import mask_card, mask_id, mask_name
from ml.messages.masked_columns import mask_cards


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        pytest.param("홍길동", "홍*동", id="three syllables"),
        pytest.param("홍길", "홍*", id="two syllables"),
        pytest.param("남궁민수", "남**수", id="four syllables"),
        pytest.param("홍", "*", id="one syllable"),
        pytest.param("홍 길 동", "홍*동", id="spaced"),
        pytest.param("\u1112\u1169\u11bc\u1100\u1175\u11af\u1103\u1169\u11bc", "홍*동", id="decomposed"),
        pytest.param("山田太郎", "山**郎", id="ideographs"),
        pytest.param("Gildong Hong", "G**** H***", id="latin"),
        pytest.param("Li J", "L* *", id="short latin"),
        pytest.param("Ангелина", "А****", id="cyrillic, its length hidden"),
        pytest.param(" \n", "", id="blank"),
        pytest.param("", "", id="empty"),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        pytest.param("1234567890127890", "1234-56**-****-7890", id="16 digits"),
        pytest.param("1234-5678-9012-7890", "1234-56**-****-7890", id="grouped"),
        pytest.param("1234-56**-****-7890", "1234-56**-****-7890", id="masked already"),
        pytest.param("378282246310005", "3782-8***-***0-005", id="15 digits"),
        pytest.param("1234567890123456789", "1234-56**-****-***6-789", id="19 digits"),
        pytest.param("1234567890123", "123*-****-*012-3", id="13 digits"),
        pytest.param("12345678", "****-5678", id="8 digits"),
        pytest.param("1234567", "****-***", id="too short to show any"),
        pytest.param("*1234567890127890", "1234-56**-****-7890", id="a star does not unmask"),
        pytest.param("no digits", "", id="no digits"),
    ],
)
def test_cards_are_masked(number: str, masked: str) -> None:
    assert mask_card(number) == masked


@given(st.from_regex(r"[0-9]{8,19}", fullmatch=True))
def test_masking_hides_at_least_four_digits_and_is_stable(number: str) -> None:
    masked = mask_card(number)
    assert masked.count("*") >= 4
    assert mask_card(masked) == masked


def test_a_column_is_masked_as_each_number_is() -> None:
    numbers = ["1234567890123456", "1234-5678-9012-3456", "123456789012345", "1234-56**-****-3456", "", "no digits"]
    numbers += ["1234567890123456\n", " 1234567890123456", "12345678901234567", "１２３４５６７８９０１２３４５６"]
    column = pd.Series([*numbers, None], index=range(5, 16), dtype="str")
    masked = mask_cards(column)
    assert masked.tolist()[:-1] == [mask_card(number) for number in numbers]
    assert masked.index.equals(column.index)
    assert masked.isna().tolist() == [False] * len(numbers) + [True]
    assert mask_cards(column[:0]).empty
    assert mask_cards(pd.concat([column, column])).equals(pd.concat([masked, masked]))


@pytest.mark.parametrize(
    ("identifier", "masked"),
    [
        pytest.param("C10042", "C***42", id="six signs"),
        pytest.param("C1004", "***4", id="five signs"),
        pytest.param("7", "***7", id="one sign"),
        pytest.param("", "", id="none"),
    ],
)
def test_ids_are_masked_as_in_the_views(identifier: str, masked: str) -> None:
    assert mask_id(identifier) == masked
