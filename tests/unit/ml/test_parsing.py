"""Landed text becomes typed values, and no text whatever makes it fail."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.parsing import parse, thousandths
from ml.schema import COLUMN_NAMES

ANY_TEXT = st.one_of(
    st.none(),
    st.text(st.characters(codec=None), max_size=40),
    st.sampled_from(["NaN", "inf", "-inf", "1e400", "0x10", "now", "today", "NaT", "None", "\x00", "\udc80", "\u2400"]),
)


def parsed(column: str, *values: object) -> list:
    frame = pd.DataFrame({column: pd.Series(values, dtype="object")})
    return parse(frame)[column].tolist()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("2024-03-01T10:11:12", "2024-03-01T10:11:12Z", id="no zone is UTC"),
        pytest.param("2024-03-01 10:11:12", "2024-03-01T10:11:12Z", id="a blank for the T"),
        pytest.param("2024-03-01T10:11", "2024-03-01T10:11:00Z", id="no seconds"),
        pytest.param("2024-03-01T10:11:12+09:00", "2024-03-01T01:11:12Z", id="a zone"),
        pytest.param("2024-03-01 10:11:12+00", "2024-03-01T10:11:12Z", id="as PostgreSQL writes it"),
        pytest.param("2024-03-01T10:11:12.123456789Z", "2024-03-01T10:11:12.123456Z", id="nanoseconds are cut off"),
        pytest.param("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", id="the first year"),
        pytest.param("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", id="the last year"),
    ],
)
def test_instant_is_read(text, instant):
    assert parsed("occurred_at", text) == [pd.Timestamp(instant)]


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30T10:00:00",
        "2024-03-01",
        "now",
        "today",
        "1709287872",
        "2024-03-01T24:00:00",
        "2024-03-01T10:11:12Z\n",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٤-03-01T10:11:12",
    ],
)
def test_text_that_is_no_instant_becomes_null(text):
    assert parsed("occurred_at", text) == [pd.NaT]


def test_nanoseconds_in_one_row_do_not_lose_year_9999_in_another():
    instants = parsed("occurred_at", "2024-03-01T10:11:12.123456789Z", "9999-12-31T23:59:59Z")
    assert instants[1] == pd.Timestamp("9999-12-31T23:59:59Z")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        pytest.param("12.50", 12.5, id="decimal"),
        pytest.param("+1e3", 1000.0, id="exponent"),
        pytest.param("1e400", math.inf, id="too large is infinite, not null"),
        pytest.param("0.0025", 0.003, id="halves of a thousandth go away from zero"),
        pytest.param("-0.0025", -0.003, id="below zero as well"),
        pytest.param("0.0004", 0.0, id="less than half a thousandth is nothing"),
    ],
)
def test_amount_is_read_in_thousandths(text, amount):
    assert parsed("amount", text) == [amount]


@pytest.mark.parametrize("text", ["NaN", "inf", "0x10", "1_000", " 1", "1,5", "", "٣", "1" * 31, "9" * 1_000_000])
def test_text_that_is_no_number_becomes_null(text):
    assert math.isnan(parsed("amount", text)[0])


def test_coordinate_is_read_to_the_last_bit():
    assert parsed("customer_latitude", "37.566535000000001") == [37.566535000000001]


@pytest.mark.parametrize("text", [None, "", " \t", "\n"])
def test_blank_text_is_null(text):
    assert pd.isna(parsed("merchant_name", text)[0])


def test_nul_and_half_a_surrogate_become_characters_that_are_refused_later():
    assert parsed("merchant_name", "a\x00b", "a\udc80b") == ["a\u2400b", "a\ufffdb"]


def test_every_column_is_there_with_its_type_even_when_none_landed():
    typed = parse(pd.DataFrame(index=[7, 8]))
    assert tuple(typed.columns) == COLUMN_NAMES
    assert typed.index.tolist() == [7, 8]
    assert typed.dtypes.map(str).value_counts().to_dict() == {"str": 7, "float64": 5, "datetime64[us, UTC]": 1}


def test_thousandths_do_not_depend_on_how_an_amount_was_stored():
    assert thousandths(pd.Series([0.1 + 0.2, 1e9])).tolist() == [300, 10**12]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMN_NAMES, ANY_TEXT)), max_size=5))
def test_no_text_makes_it_fail(rows):
    landed = pd.DataFrame(rows, columns=list(COLUMN_NAMES), dtype="object")
    assert len(parse(landed)) == len(rows)
