"""The features equal the handbook's definition, bit for bit, however the rows are split into batches."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.features import FEATURE_NAMES, HANDBOOK_NAMES, Timeline, compute_features

MONDAY = pd.Timestamp("2025-03-03T12:00:00Z")
WINDOWS = {"1d": pd.Timedelta(days=1), "7d": pd.Timedelta(days=7), "30d": pd.Timedelta(days=30)}


class Case(NamedTuple):
    transactions: pd.DataFrame
    labels: pd.DataFrame
    delay: pd.Timedelta


def make_transactions(rows: list[tuple[str, pd.Timestamp, str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["transaction_id", "occurred_at", "customer_id", "merchant_id", "amount"])
    return frame.astype({"occurred_at": "datetime64[us, UTC]", "amount": "float64"})


def make_labels(rows: list[tuple[str, bool, pd.Timestamp]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["transaction_id", "is_fraud", "known_at"])
    return frame.astype({"transaction_id": "str", "is_fraud": "bool", "known_at": "datetime64[us, UTC]"})


NO_LABELS = make_labels([])


def handbook_features(case: Case, row: Any) -> list[float]:
    """Say the definition in words as plain as Python allows: one row, every other row looked at, exact fractions."""
    now = row.occurred_at
    values = [row.amount, float(now.day_of_week in (5, 6)), float(now.hour <= 6)]
    everything = list(case.transactions.itertuples())
    for window in WINDOWS.values():
        seen = [
            Decimal(repr(other.amount))
            for other in everything
            if other.customer_id == row.customer_id
            and now - window < other.occurred_at <= now
            and (other.occurred_at < now or other.transaction_id <= row.transaction_id)
        ]
        values += [float(len(seen)), float(Fraction(sum(seen)) / len(seen))]
    for window in WINDOWS.values():
        past = [
            other.transaction_id
            for other in everything
            if other.merchant_id == row.merchant_id
            and now - case.delay - window < other.occurred_at <= now - case.delay
        ]
        frauds = sum(was_fraud(case.labels, each, now) for each in past)
        values += [float(len(past)), float(Fraction(frauds, len(past))) if past else 0.0]
    return values


def was_fraud(labels: pd.DataFrame, transaction_id: str, now: pd.Timestamp) -> bool:
    verdict, latest = False, pd.Timestamp.min.tz_localize("UTC")
    for label in labels.itertuples():
        if label.transaction_id == transaction_id and latest <= label.known_at <= now:
            verdict, latest = label.is_fraud, label.known_at
    return verdict


# Instants on a coarse grid, so that ties and rows exactly on a window's edge are common.
HOURS = st.integers(0, 12).map(lambda step: pd.Timedelta(hours=12 * step)) | st.integers(0, 45 * 24).map(
    lambda hour: pd.Timedelta(hours=hour)
)
AMOUNTS = st.integers(1, 10**12).map(lambda thousandths: thousandths / 1_000) | st.sampled_from([0.1, 0.2, 0.3, 1e9])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    ids = draw(st.lists(st.integers(0, 200).map(str), min_size=1, max_size=14, unique=True))
    rows = [
        (each, MONDAY + draw(HOURS), draw(st.sampled_from("AB")), draw(st.sampled_from("XY")), draw(AMOUNTS))
        for each in ids
    ]
    label = st.tuples(st.sampled_from([*ids, "unknown"]), st.booleans(), HOURS.map(lambda hours: MONDAY + hours))
    delay = draw(st.sampled_from([pd.Timedelta(days=7), pd.Timedelta(hours=12)]))
    return Case(make_transactions(rows), make_labels(draw(st.lists(label, max_size=14))), delay)


def history_of(case: Case, batch: pd.DataFrame) -> pd.DataFrame:
    """Give a batch and only the rows that can lie in one of its windows, as the store reads them."""
    rows = case.transactions
    begin = batch["occurred_at"].min() - case.delay - WINDOWS["30d"]
    is_near = rows["customer_id"].isin(batch["customer_id"]) | rows["merchant_id"].isin(batch["merchant_id"])
    is_past = (rows["occurred_at"] > begin) & (rows["occurred_at"] <= batch["occurred_at"].max())
    return rows[is_near & is_past]


def assert_same_bits(left: pd.DataFrame, right: pd.DataFrame) -> None:
    assert list(left.index) == list(right.index)
    numbers = left.columns.drop("category", errors="ignore")
    np.testing.assert_array_equal(left[numbers].to_numpy().view(np.int64), right[numbers].to_numpy().view(np.int64))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_features_equal_the_definition_bit_for_bit(case: Case) -> None:
    expected = pd.DataFrame(
        [handbook_features(case, row) for row in case.transactions.itertuples()],
        index=case.transactions["transaction_id"],
        columns=list(HANDBOOK_NAMES),
    )
    features = compute_features(case.transactions, case.labels, delay=case.delay)
    assert_same_bits(features[list(HANDBOOK_NAMES)], expected)


@settings(max_examples=100, deadline=None)
@given(cases(), st.data())
def test_any_split_into_batches_gives_the_same_bits(case: Case, data: st.DataObject) -> None:
    bulk = compute_features(case.transactions, case.labels, delay=case.delay)
    batch_numbers = data.draw(st.lists(st.integers(0, 3), min_size=len(bulk), max_size=len(bulk)))
    for _, batch in case.transactions.groupby(np.array(batch_numbers)):
        targets = list(batch["transaction_id"])
        history = history_of(case, batch).sample(frac=1, random_state=1)
        assert_same_bits(compute_features(history, case.labels, targets, case.delay), bulk.loc[targets])


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 45 * 24))
def test_nothing_that_happens_later_changes_a_feature(case: Case, hour: int) -> None:
    now = MONDAY + pd.Timedelta(hours=hour)
    past = case.transactions[case.transactions["occurred_at"] <= now]
    known = case.labels[case.labels["known_at"] <= now]
    late = compute_features(case.transactions, case.labels, list(past["transaction_id"]), case.delay)
    assert_same_bits(compute_features(past, known, delay=case.delay), late)


def test_a_fraud_counts_from_the_instant_it_is_known_until_it_is_corrected() -> None:
    day = pd.Timedelta(days=1)
    rows = [("fraud", MONDAY, "A", "X", 5.0)]
    rows += [(f"day {number}", MONDAY + number * day, "B", "X", 5.0) for number in range(8, 14)]
    labels = [("fraud", True, MONDAY + 10 * day), ("fraud", False, MONDAY + 12 * day)]
    risk = compute_features(make_transactions(rows), make_labels(labels))["merchant_risk_30d"]
    counted = [number for number in range(8, 14) if risk[f"day {number}"] > 0]
    assert counted == [10, 11]


def test_rows_of_one_customer_at_one_instant_are_ordered_by_id_as_text() -> None:
    rows = [(each, MONDAY, "A", "X", 1.0) for each in ("9", "10", "2")]
    counts = compute_features(make_transactions(rows), NO_LABELS)["customer_count_1d"]
    assert counts.to_dict() == {"10": 1, "2": 2, "9": 3}


@pytest.mark.parametrize(
    ("instant", "zone", "is_night", "is_weekend"),
    [
        pytest.param("2025-03-07T06:59:59Z", "UTC", 1, 0, id="the last second of the night"),
        pytest.param("2025-03-07T07:00:00Z", "UTC", 0, 0, id="the first second of the day"),
        pytest.param("2025-03-07T23:59:59Z", "UTC", 0, 0, id="friday's last second"),
        pytest.param("2025-03-08T00:00:00Z", "UTC", 1, 1, id="saturday's first second"),
        pytest.param("2025-03-09T23:59:59Z", "UTC", 0, 1, id="sunday's last second"),
        pytest.param("2025-03-07T15:00:00Z", "Asia/Seoul", 1, 1, id="saturday midnight in Seoul"),
    ],
)
def test_night_and_weekend_follow_the_bank_s_clock(instant: str, zone: str, is_night: int, is_weekend: int) -> None:
    row = make_transactions([("1", pd.Timestamp(instant), "A", "X", 1.0)])
    features = compute_features(row, NO_LABELS, zone=zone).iloc[0]
    assert (features["is_night"], features["is_weekend"]) == (is_night, is_weekend)


def test_targets_come_back_in_the_order_asked_for() -> None:
    rows = [(each, MONDAY, each, "X", 1.0) for each in "abc"]
    assert list(compute_features(make_transactions(rows), NO_LABELS, ["c", "a"]).index) == ["c", "a"]


def test_no_rows_give_no_features() -> None:
    features = compute_features(make_transactions([]), NO_LABELS)
    assert features.shape == (0, len(FEATURE_NAMES))


def test_unit_of_the_instants_does_not_matter() -> None:
    rows = make_transactions([(str(day), MONDAY + pd.Timedelta(days=day), "A", "X", 1.0) for day in range(20)])
    coarse = rows.assign(occurred_at=rows["occurred_at"].dt.as_unit("s"))
    assert_same_bits(compute_features(coarse, NO_LABELS), compute_features(rows, NO_LABELS))


def test_unknown_target_is_named() -> None:
    with pytest.raises(KeyError, match="nobody"):
        compute_features(make_transactions([("1", MONDAY, "A", "X", 1.0)]), NO_LABELS, ["1", "nobody"])


def test_id_used_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice: 1"):
        compute_features(make_transactions([("1", MONDAY, "A", "X", 1.0)] * 2), NO_LABELS)


def test_without_a_delay_a_merchant_s_window_would_hold_the_row_itself() -> None:
    with pytest.raises(ValueError, match="positive"):
        compute_features(make_transactions([]), NO_LABELS, delay=pd.Timedelta(0))


def test_timeline_keeps_groups_apart_when_keys_are_huge() -> None:
    groups = np.array([0, 1, 1_000_000])
    timeline = Timeline(groups, np.array([-(2**62), 5, 2**62]))
    assert timeline.position(groups, np.array([2**62, 4, 2**62])).tolist() == [1, 1, 3]
