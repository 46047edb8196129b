"""Votes and messages of a few rows, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from ml.evaluation import JudgedRows
from ml.tracking.agreement import message_rates, vote_counts
from ml.voting import votes

ROWS = JudgedRows(
    is_fraud=np.array([True, True, False, False]),
    customer=np.array(["a", "b", "b", "c"], dtype=object),
    day=np.array([0, 0, 1, 1]),
    is_known_card=np.zeros(4, dtype=bool),
    days=2,
    amount=np.ones(4),
)
SCORES = pd.DataFrame({"x": [0.9, 0.2, 0.8, 0.1], "y": [0.9, 0.1, 0.3, 0.1]})
THRESHOLDS = {"x": 0.5, "y": 0.5}


def test_rows_are_counted_by_the_number_of_votes() -> None:
    table = vote_counts(ROWS, votes(SCORES, THRESHOLDS))
    assert table["fraud"].tolist() == [1, 0, 1]
    assert table["honest"].tolist() == [1, 1, 0]
    assert table["precision"].tolist() == [0.5, 0.0, 1.0]


def test_a_number_of_votes_that_no_row_has_has_no_precision() -> None:
    table = vote_counts(ROWS, votes(SCORES, {"x": 2.0, "y": 0.5}))
    assert table.loc[2, ["honest", "fraud"]].tolist() == [0, 0]
    assert np.isnan(table.loc[2, "precision"])


def test_votes_and_messages_are_per_customer_and_day() -> None:
    one = 10_000 / (3 * 2)
    assert message_rates(ROWS, SCORES, THRESHOLDS, "unanimous") == pytest.approx({"x": 2 * one, "y": one, "panel": one})
