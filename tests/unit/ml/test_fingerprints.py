"""Rows that differ in anything have another digest."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml.fingerprints import rows_sha256

FEATURES = pd.DataFrame(
    {"amount": [1.0, 2.0, np.nan], "category": ["food", "", "fuel"]}, index=pd.Index(["a", "b", "c"], dtype="str")
)
IS_FRAUD = np.array([False, True, False])


def test_the_same_rows_have_the_same_digest() -> None:
    assert rows_sha256(FEATURES.copy(), IS_FRAUD.copy()) == rows_sha256(FEATURES, IS_FRAUD)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda x: x.assign(amount=[1.0, 2.0, 3.0]), id="a value"),
        pytest.param(lambda x: x.assign(category=["food", "", "food"]), id="a text"),
        pytest.param(lambda x: x.rename(index={"c": "d"}), id="an id"),
        pytest.param(lambda x: x.rename(columns={"amount": "price"}), id="a column's name"),
        pytest.param(lambda x: x.iloc[::-1], id="the order"),
    ],
)
def test_a_changed_row_changes_the_digest(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    assert rows_sha256(change(FEATURES), IS_FRAUD) != rows_sha256(FEATURES, IS_FRAUD)


def test_a_changed_label_changes_the_digest() -> None:
    assert rows_sha256(FEATURES, ~IS_FRAUD) != rows_sha256(FEATURES, IS_FRAUD)
