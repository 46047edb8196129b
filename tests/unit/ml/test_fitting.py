"""Calibration and thresholds come from rows that the fitted members had not seen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from ml.features import compute_features
from ml.fitting import FittedPanel, LabelledRows, TooLittleDataError, fit_panel
from ml.models import MEMBERS
from ml.simulation import simulate
from ml.voting import Policy, says_fraud, votes
from tests.small_members import small_members

END = datetime(2025, 6, 1, tzinfo=UTC)
NAMES = tuple(MEMBERS)


def first_rows(rows: LabelledRows, chosen: slice) -> LabelledRows:
    return LabelledRows(
        rows.features.iloc[chosen],
        rows.is_fraud[chosen],
        rows.occurred_at[chosen],
        rows.customer[chosen],
        rows.amount[chosen],
    )


@pytest.fixture(scope="module", autouse=True)
def members() -> Iterator[None]:
    """Small ones: what is asked is which rows they get."""
    with small_members():
        yield


@pytest.fixture(scope="module")
def rows() -> LabelledRows:
    transactions, labels = simulate(500, 120, 60, seed=5, end=END)
    features = compute_features(transactions, labels)
    return LabelledRows(
        features,
        labels["is_fraud"].to_numpy(bool),
        pd.DatetimeIndex(transactions["occurred_at"]),
        transactions["customer_id"].to_numpy(object),
        transactions["amount"].to_numpy(np.float64),
    )


@pytest.fixture(scope="module")
def panel(rows: LabelledRows) -> FittedPanel:
    return fit_panel(rows, NAMES, seed=7)


def test_held_out_rows_are_the_last_quarter_of_the_time(rows: LabelledRows, panel: FittedPanel) -> None:
    first = panel.held_out_scores.index[0]
    begin = rows.occurred_at[rows.features.index.get_loc(first)]
    assert (END - begin) / pd.Timedelta(days=60) == pytest.approx(0.25, abs=0.01)
    assert panel.held_out.days == 15
    assert len(panel.held_out.is_fraud) == len(panel.held_out_scores) == (rows.occurred_at >= begin).sum()
    assert panel.held_out.amount.sum() == rows.amount[rows.occurred_at >= begin].sum()


@pytest.mark.parametrize("name", NAMES)
def test_scores_of_held_out_rows_add_up_to_their_frauds(panel: FittedPanel, name: str) -> None:
    assert panel.held_out_scores[name].sum() / panel.held_out.is_fraud.sum() == pytest.approx(1, abs=0.05)


def test_members_that_scored_held_out_rows_had_not_seen_them(rows: LabelledRows, panel: FittedPanel) -> None:
    cut = len(rows) - len(panel.held_out_scores)
    last = np.arange(len(rows)) >= cut
    turned = replace(rows, is_fraud=np.where(last, ~rows.is_fraud, rows.is_fraud))
    again = fit_panel(turned, ("logistic_regression",), seed=7).held_out_scores["logistic_regression"]
    assert again.rank().corr(panel.held_out_scores["logistic_regression"].rank()) == pytest.approx(1.0)


@pytest.mark.parametrize("policy", ["unanimous", "majority"])
def test_thresholds_keep_held_out_rows_within_the_budget(panel: FittedPanel, policy: Policy) -> None:
    expected = {}
    for budget in (20, 60):
        thresholds = panel.thresholds(budget, policy)
        messages = says_fraud(votes(panel.held_out_scores, thresholds), policy).sum()
        expected[budget] = panel.expected_messages_per_10k(thresholds, policy)
        assert 0 < messages <= panel.held_out.max_messages(budget)
        assert 0 < expected[budget] <= budget
    assert expected[60] > expected[20]


@pytest.mark.parametrize(
    ("chosen", "frauds", "words"),
    [
        pytest.param(slice(0, 0), None, "too few", id="no rows"),
        pytest.param(slice(0, 1), None, "too few", id="one row"),
        pytest.param(slice(0, 300), None, "too few", id="less than two days"),
        pytest.param(slice(None), False, "0 frauds", id="no fraud"),
        pytest.param(slice(None), True, "honest rows", id="nothing but fraud"),
    ],
)
def test_too_little_to_learn_from_is_said(rows: LabelledRows, chosen: slice, frauds: bool | None, words: str) -> None:
    few = first_rows(rows, chosen)
    if frauds is not None:
        few = replace(few, is_fraud=np.full(len(few), frauds))
    with pytest.raises(TooLittleDataError, match=words):
        fit_panel(few, ("logistic_regression",), seed=7)
