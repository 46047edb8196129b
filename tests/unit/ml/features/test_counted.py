"""Where merchants' rows are counts, every feature has the bits that it has where they are rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.features import compute_features, instants_to_count
from tests.unit.ml.features.cases import (
    MONDAY,
    NO_LABELS,
    assert_same_bits,
    cases,
    make_labels,
    make_transactions,
    window_of,
)
from tests.unit.ml.features.reference import DAY, Case

MICROSECOND = pd.Timedelta(microseconds=1)
GRAINS = st.sampled_from([pd.Timedelta(hours=1), pd.Timedelta(hours=12), DAY])


def compute_counted(case: Case, batch: pd.DataFrame, grain: pd.Timedelta) -> pd.DataFrame:
    """Compute as a batch does: customers' rows, rows that were called fraud, and counts."""
    ids = list(batch["transaction_id"])
    window = window_of(case, batch)
    is_customers = window.transactions["customer_id"].isin(batch["customer_id"])
    is_called = window.transactions["transaction_id"].isin(window.labels["transaction_id"])
    frauds = window.transactions[is_called & ~window.transactions["transaction_id"].isin(ids)]
    asked = instants_to_count(pd.concat([batch, frauds]), window.labels, ids, case.delay)
    counted = counts(case.transactions, asked, grain)
    rows = window.transactions[is_customers | is_called]
    return compute_features(rows, window.labels, ids, case.delay, case.zone, lambda: counted)


def counts(rows: pd.DataFrame, asked: pd.DataFrame, grain: pd.Timedelta) -> pd.DataFrame:
    """Count rows at the end of their bucket, and one by one where an instant cuts it."""
    cut = set(zip(asked["merchant_id"], asked["occurred_at"].dt.floor(grain), strict=True))
    buckets = rows["occurred_at"].dt.floor(grain)
    is_cut = pd.Series([key in cut for key in zip(rows["merchant_id"], buckets, strict=True)], rows.index, dtype=bool)
    at = rows["occurred_at"].where(is_cut, buckets + grain - MICROSECOND)
    grouped = rows.assign(occurred_at=at).groupby(["merchant_id", "occurred_at"])
    return grouped.size().reset_index(name="rows").sample(frac=1, random_state=1)


@settings(max_examples=200, deadline=None)
@given(cases(), GRAINS, st.data())
def test_a_batch_with_counts_has_the_bits_of_the_bulk(case: Case, grain: pd.Timedelta, data: st.DataObject) -> None:
    """Rows and labels that come late, ties, frauds and windows that begin and end on the edge of a bucket."""
    row_batches, label_batches = (
        np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(frame), max_size=len(frame))), dtype=int)
        for frame in (case.transactions, case.labels)
    )
    for number in np.unique(row_batches):
        arrived = case._replace(
            transactions=case.transactions[row_batches <= number], labels=case.labels[label_batches <= number]
        )
        batch = case.transactions[row_batches == number]
        bulk = compute_features(arrived.transactions, arrived.labels, delay=case.delay, zone=case.zone)
        assert_same_bits(compute_counted(arrived, batch, grain), bulk.loc[list(batch["transaction_id"])])


@pytest.mark.parametrize(
    "shift",
    [
        pytest.param(-MICROSECOND, id="a microsecond before"),
        pytest.param(pd.Timedelta(0), id="on it"),
        pytest.param(MICROSECOND, id="a microsecond after"),
    ],
)
@pytest.mark.parametrize("grain", [pytest.param(DAY, id="days"), pytest.param(pd.Timedelta(hours=1), id="hours")])
def test_rows_at_the_border_of_a_bucket_fall_on_their_side_of_a_window(
    shift: pd.Timedelta, grain: pd.Timedelta
) -> None:
    midnight = MONDAY.floor("D")
    rows = [
        (f"{days} days ago {side}", midnight - days * DAY + side * MICROSECOND, "A", "X", 1.0)
        for days in (7, 8, 14, 20, 37)
        for side in (-2, -1, 0, 1, 2)
    ]
    rows += [("target", midnight + shift, "B", "X", 1.0), ("later", midnight + shift + DAY, "B", "X", 1.0)]
    labels = make_labels([(f"20 days ago {side}", True, midnight - 10 * DAY) for side in (-1, 1)])
    case = Case(make_transactions(rows), labels)
    bulk = compute_features(case.transactions, labels, ["target", "later"])
    assert_same_bits(compute_counted(case, case.transactions.tail(2), grain), bulk)


def test_of_a_merchant_s_frauds_only_the_oldest_and_the_newest_are_asked_about() -> None:
    frauds = [(f"fraud {day}", MONDAY + day * DAY, "A", "X", 1.0) for day in range(10)]
    rows = make_transactions([*frauds, ("target", MONDAY + 20 * DAY, "B", "X", 1.0)])
    labels = make_labels([(row[0], True, MONDAY + 12 * DAY) for row in frauds])
    asked = instants_to_count(rows, labels, ["target"])["occurred_at"]
    edges = [MONDAY + (20 - days) * DAY for days in (7, 8, 14, 37)]
    assert set(asked) == {*edges, MONDAY - MICROSECOND, MONDAY + 9 * DAY}
    assert asked.is_monotonic_increasing


def test_counts_of_merchants_that_no_row_names_change_nothing() -> None:
    rows = make_transactions([("1", MONDAY, "A", "X", 1.0)])
    counted = pd.DataFrame({"merchant_id": ["Y", "X"], "occurred_at": [MONDAY - 8 * DAY] * 2, "rows": [5, 3]})
    features = compute_features(rows, NO_LABELS, counted=lambda: counted)
    assert features.loc["1", ["merchant_count_1d", "merchant_count_7d", "merchant_count_30d"]].tolist() == [0, 3, 3]


def test_no_counts_are_no_rows() -> None:
    rows = make_transactions([("1", MONDAY - 8 * DAY, "A", "X", 1.0), ("2", MONDAY, "A", "X", 1.0)])
    counted = pd.DataFrame({"merchant_id": [], "occurred_at": pd.DatetimeIndex([], tz="UTC"), "rows": []})
    features = compute_features(rows, NO_LABELS, ["2"], counted=lambda: counted)
    assert features.loc["2", "merchant_count_30d"] == 0
    assert features.loc["2", "customer_count_30d"] == 2
