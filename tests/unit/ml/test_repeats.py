"""The same id with the same content is a repeat; with other content it is another matter."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ml.parsing import parse
from ml.repeats import compare_content

ROW = {
    "transaction_id": "T1",
    "occurred_at": "2024-03-01T10:11:12.123456Z",
    "customer_id": "C1",
    "merchant_id": "M1",
    "merchant_name": None,
    "amount": "12.30",
    "currency": "KRW",
    "card_number": "1234567890123456",
    "customer_latitude": "37.5",
}
STORED = {
    "transaction_id": "T1",
    "occurred_at": pd.Timestamp("2024-03-01T19:11:12.123456+09:00"),
    "customer_id": "C1",
    "merchant_id": "M1",
    "merchant_name": None,
    "category": None,
    "amount": Decimal("12.300"),
    "currency": "KRW",
    "card_masked": "1234-56**-****-3456",
    "customer_latitude": 37.5,
    "customer_longitude": None,
    "merchant_latitude": None,
    "merchant_longitude": None,
}


def typed(*changes: dict) -> pd.DataFrame:
    return parse(pd.DataFrame([ROW | change for change in changes], dtype="object"))


def stored(**changes) -> pd.DataFrame:
    return pd.DataFrame([STORED | changes], dtype="object")


def verdicts(comparison: pd.DataFrame) -> list[str]:
    is_same = comparison["content_of"] == comparison["first_with_id"]
    return np.select([comparison["is_repeat"], is_same], ["repeat", "first"], "other").tolist()


def test_second_row_with_the_same_content_is_a_repeat():
    assert verdicts(compare_content(typed({}, {"amount": "12.3"}))) == ["first", "repeat"]


def test_first_row_wins_against_other_content():
    rows = typed({}, {"amount": "12.31"}, {}, {"transaction_id": "T2"})
    assert verdicts(compare_content(rows)) == ["first", "other", "repeat", "first"]


def test_stored_row_comes_before_the_batch():
    assert verdicts(compare_content(typed({}, {}), stored())) == ["repeat", "repeat"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"amount": Decimal("12.301")}, id="amount"),
        pytest.param({"occurred_at": pd.Timestamp("2024-03-01T10:11:12.123457Z")}, id="a microsecond later"),
        pytest.param({"customer_id": "C2"}, id="customer"),
        pytest.param({"category": "coffee"}, id="a value for a null"),
        pytest.param({"card_masked": "1234-56**-****-3457"}, id="card"),
        pytest.param({"merchant_longitude": 0.0}, id="coordinate"),
    ],
)
def test_each_stored_column_counts(change):
    assert verdicts(compare_content(typed({}), stored(**change))) == ["other"]


def test_stored_rows_with_other_ids_do_not_matter():
    assert verdicts(compare_content(typed({}), stored(transaction_id="T9"))) == ["first"]


def test_no_rows_have_no_verdicts():
    assert verdicts(compare_content(typed({}).iloc[:0], stored())) == []
