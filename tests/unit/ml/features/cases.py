"""Small histories full of ties, edges, late rows and labels that are late or taken back."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from tests.unit.ml.features.reference import DAY, Case

MONDAY = pd.Timestamp("2025-03-03T12:00:00Z")
COLUMNS = ["transaction_id", "occurred_at", "customer_id", "merchant_id", "amount"]
PLACES = ["customer_latitude", "customer_longitude", "merchant_latitude", "merchant_longitude"]

# Instants on a coarse grid, so that ties and rows exactly on a window's edge are common.
HOURS = st.integers(0, 12).map(lambda step: pd.Timedelta(hours=12 * step)) | st.integers(0, 45 * 24).map(
    lambda hour: pd.Timedelta(hours=hour)
)
AMOUNTS = st.integers(1, 10**12).map(lambda thousandths: thousandths / 1_000) | st.sampled_from([0.1, 0.2, 0.3, 1e9])
COORDINATES = st.floats(-90, 90) | st.just(float("nan"))
CATEGORIES = st.sampled_from(["food", "", None])
ZONES = st.sampled_from(["UTC", "Asia/Seoul", "America/New_York"])
DELAYS = st.sampled_from([7 * DAY, pd.Timedelta(hours=12)])


def make_transactions(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Make a frame of rows with the required columns only, or with category and coordinates too."""
    names = COLUMNS if not rows or len(rows[0]) == len(COLUMNS) else [*COLUMNS, "category", *PLACES]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({"occurred_at": "datetime64[us, UTC]", "amount": "float64"})


def make_labels(rows: list[tuple[str, bool, pd.Timestamp]]) -> pd.DataFrame:
    """Make a frame of labels in the order in which they were stated."""
    frame = pd.DataFrame(rows, columns=["transaction_id", "is_fraud", "known_at"])
    return frame.astype({"transaction_id": "str", "is_fraud": "bool", "known_at": "datetime64[us, UTC]"})


NO_LABELS = make_labels([])


@st.composite
def cases(draw: st.DrawFn, most: int = 14) -> Case:
    """Draw a history of two customers and two merchants over 45 days."""
    ids = draw(st.lists(st.integers(0, 200).map(str), min_size=1, max_size=most, unique=True))
    rows = [
        (
            each,
            MONDAY + draw(HOURS),
            draw(st.sampled_from("AB")),
            draw(st.sampled_from("XY")),
            draw(AMOUNTS),
            draw(CATEGORIES),
            *(draw(COORDINATES) for _ in PLACES),
        )
        for each in ids
    ]
    label = st.tuples(st.sampled_from([*ids, "unknown"]), st.booleans(), HOURS.map(lambda hours: MONDAY + hours))
    labels = draw(st.lists(label, max_size=most))
    return Case(make_transactions(rows), make_labels(labels), draw(DELAYS), draw(ZONES))


def window_of(case: Case, batch: pd.DataFrame) -> Case:
    """Give only what the store reads for a batch: the rows in its windows, the labels of those ever called fraud."""
    rows, labels, month = case.transactions, case.labels, 30 * DAY
    oldest, newest = batch["occurred_at"].min(), batch["occurred_at"].max()
    when = rows["occurred_at"]
    of_customers = rows["customer_id"].isin(batch["customer_id"]) & (when > oldest - month) & (when <= newest)
    is_past = (when > oldest - month - case.delay) & (when <= newest - case.delay)
    of_merchants = rows["merchant_id"].isin(batch["merchant_id"]) & is_past
    called = labels.loc[labels["is_fraud"], "transaction_id"]
    is_needed = labels["transaction_id"].isin(called) & labels["transaction_id"].isin(
        rows["transaction_id"][of_merchants]
    )
    return case._replace(transactions=rows[of_customers | of_merchants], labels=labels[is_needed])


def assert_same_bits(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Compare two frames of features: every float bit for bit, every text."""
    assert list(left.index) == list(right.index)
    assert list(left.columns) == list(right.columns)
    numbers = [name for name in left if name != "category"]
    a, b = (np.ascontiguousarray(frame[numbers].to_numpy(np.float64)).view(np.int64) for frame in (left, right))
    different = {numbers[column] for column in np.nonzero(a != b)[1]}
    assert not different, left[list(different)].compare(right[list(different)])
    assert "category" not in left or list(left["category"]) == list(right["category"])
