"""Whole columns hold the values that rows would have held, to the last bit."""

import numpy as np
import pandas as pd
import pytest

from jikimi.store import columns
from jikimi.store.columns import read_columns
from jikimi.store.connection import open_store

KINDS = {"texts": ["name"], "numbers": ["amount"], "instants": ["at"]}


@pytest.fixture
def read(database, monkeypatch):
    def read_rows(rows):
        statement = f"select * from (values {rows}) v (name, amount, at)"
        monkeypatch.setattr(columns, "query", lambda name: statement.encode())
        with open_store(database) as store:
            return read_columns(store, "any", **KINDS)

    return read_rows


def test_each_kind_of_column_comes_as_it_is(read):
    frame = read(
        "('a', 0.1::float8, '2026-01-01T00:00:00.000001Z'::timestamptz), ('지킴이', 1e308, '1969-12-31T23:59:59Z')"
    )
    at = pd.to_datetime(["2026-01-01T00:00:00.000001Z", "1969-12-31T23:59:59Z"], format="ISO8601").as_unit("us")
    expected = pd.DataFrame({"name": ["a", "지킴이"], "amount": [0.1, 1e308], "at": at})
    pd.testing.assert_frame_equal(frame, expected, check_exact=True)


def test_what_is_unknown_is_empty_or_not_a_number(read):
    frame = read("(null::text, null::float8, now()), ('', 1, now()), (null, null, now())")
    assert frame["name"].tolist() == ["", "", ""]
    np.testing.assert_array_equal(frame["amount"], [np.nan, 1.0, np.nan])


@pytest.mark.parametrize("text", [pytest.param("a", id="some text"), pytest.param("", id="no text")])
def test_a_single_row_is_no_special_case(read, text):
    assert read(f"('{text}'::text, 1::float8, now())")["name"].tolist() == [text]


def test_whole_numbers_stay_whole(database, monkeypatch):
    monkeypatch.setattr(columns, "query", lambda name: b"select n::bigint from unnest(array[9007199254740993, -1]) n")
    with open_store(database) as store:
        assert read_columns(store, "any", texts=[], integers=["n"])["n"].tolist() == [9007199254740993, -1]


def test_no_row_gives_typed_columns(read):
    frame = read("('a', 1::float8, now()) offset 1")
    assert len(frame) == 0
    assert [str(kind) for kind in frame.dtypes] == ["str", "float64", "datetime64[us, UTC]"]


def test_a_control_character_is_refused_before_it_shifts_the_values_of_others(read):
    with pytest.raises(ValueError, match="control character"):
        read("(E'a\\x1fb', 1::float8, now()), ('c', 2, now())")
