"""The features equal their definition, bit for bit, however the rows are split into batches."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.features import FEATURE_NAMES, HANDBOOK_NAMES, NUMERIC_NAMES, compute_features
from tests.unit.ml.features.cases import (
    HOURS,
    MONDAY,
    NO_LABELS,
    assert_same_bits,
    cases,
    make_labels,
    make_transactions,
    window_of,
)
from tests.unit.ml.features.reference import DAY, Case, features_of

ROUNDED = {"distance_km": 0.000_501, "customer_amount_spread_30d": 0.002, "customer_surge_7d": 1e-6}
"""Features that the definition gives with more digits, and how far apart they may be."""


def compute(case: Case, targets: list[str] | None = None) -> pd.DataFrame:
    return compute_features(case.transactions, case.labels, targets, case.delay, case.zone)


def ids_of(rows: pd.DataFrame) -> list[str]:
    return list(rows["transaction_id"])


@settings(max_examples=150, deadline=None)
@given(cases())
def test_features_equal_the_definition_bit_for_bit(case: Case) -> None:
    expected = pd.DataFrame(
        [features_of(case, row) for row in case.transactions.itertuples()],
        index=case.transactions["transaction_id"],
        columns=list(FEATURE_NAMES),
    )
    features = compute(case)
    assert_same_bits(features.drop(columns=ROUNDED), expected.drop(columns=ROUNDED))
    for name, most in ROUNDED.items():
        np.testing.assert_allclose(features[name], expected[name], rtol=0, atol=most)


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_any_split_into_batches_gives_what_the_bulk_gives_at_that_moment(case: Case, data: st.DataObject) -> None:
    """Rows arrive in any order, so that some come after later ones; labels become known to us in any order too."""
    row_batches, label_batches = (
        np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(frame), max_size=len(frame))), dtype=int)
        for frame in (case.transactions, case.labels)
    )
    for number in np.unique(row_batches):
        arrived = case._replace(
            transactions=case.transactions[row_batches <= number], labels=case.labels[label_batches <= number]
        )
        batch = case.transactions[row_batches == number]
        window = window_of(arrived, batch)
        window = window._replace(transactions=window.transactions.sample(frac=1, random_state=1))
        assert_same_bits(compute(window, ids_of(batch)), compute(arrived).loc[ids_of(batch)])


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 45 * 24))
def test_nothing_that_happens_later_changes_a_feature(case: Case, hour: int) -> None:
    now = MONDAY + pd.Timedelta(hours=hour)
    past = case.transactions[case.transactions["occurred_at"] <= now]
    known = case.labels[case.labels["known_at"] <= now]
    assert_same_bits(compute(case._replace(transactions=past, labels=known)), compute(case, ids_of(past)))


@settings(max_examples=100, deadline=None)
@given(cases(), st.booleans(), HOURS, st.data())
def test_a_late_or_corrected_label_changes_later_features_only(
    case: Case, is_fraud: bool, hours: pd.Timedelta, data: st.DataObject
) -> None:
    known_at = MONDAY + hours
    label = make_labels([(data.draw(st.sampled_from(ids_of(case.transactions))), is_fraud, known_at)])
    with_it = case._replace(labels=pd.concat([case.labels, label], ignore_index=True))
    earlier = ids_of(case.transactions[case.transactions["occurred_at"] < known_at])
    assert_same_bits(compute(with_it, earlier), compute(case, earlier))


def test_a_fraud_counts_from_the_instant_it_is_known_until_it_is_corrected() -> None:
    rows = [("fraud", MONDAY, "A", "X", 5.0)]
    rows += [(f"day {number}", MONDAY + number * DAY, "B", "X", 5.0) for number in range(8, 14)]
    labels = [("fraud", True, MONDAY + 10 * DAY), ("fraud", False, MONDAY + 12 * DAY)]
    features = compute_features(make_transactions(rows), make_labels(labels))
    for name, without in {"merchant_risk_30d": 0, "merchant_days_since_last_fraud": 37}.items():
        changed = [number for number in range(8, 14) if features.loc[f"day {number}", name] != without]
        assert changed == [10, 11], name


def test_rows_of_one_customer_at_one_instant_are_ordered_by_id_as_text() -> None:
    rows = [(each, MONDAY, "A", "X", 1.0) for each in ("9", "10", "2")]
    features = compute_features(make_transactions(rows), NO_LABELS)
    for name in ("customer_count_1d", "customer_merchant_count_30d"):
        assert features[name].to_dict() == {"10": 1, "2": 2, "9": 3}


def test_ids_that_are_numbers_are_ordered_as_text_too() -> None:
    rows = [(each, MONDAY, "A", "X", 1.0) for each in (9, 10, 2)]
    counts = compute_features(make_transactions(rows), NO_LABELS)["customer_count_1d"]
    assert counts.to_dict() == {10: 1, 2: 2, 9: 3}


@pytest.mark.parametrize(
    ("instant", "zone", "is_night", "is_weekend", "hour"),
    [
        pytest.param("2025-03-07T06:59:59Z", "UTC", 1, 0, 6, id="the last second of the night"),
        pytest.param("2025-03-07T07:00:00Z", "UTC", 0, 0, 7, id="the first second of the day"),
        pytest.param("2025-03-07T23:59:59Z", "UTC", 0, 0, 23, id="friday's last second"),
        pytest.param("2025-03-08T00:00:00Z", "UTC", 1, 1, 0, id="saturday's first second"),
        pytest.param("2025-03-09T23:59:59Z", "UTC", 0, 1, 23, id="sunday's last second"),
        pytest.param("2025-03-07T15:00:00Z", "Asia/Seoul", 1, 1, 0, id="saturday midnight in Seoul"),
        pytest.param("1969-12-28T23:00:00Z", "UTC", 0, 1, 23, id="a sunday before 1970"),
    ],
)
def test_the_hour_follows_the_bank_s_clock(instant: str, zone: str, is_night: int, is_weekend: int, hour: int) -> None:
    row = make_transactions([("1", pd.Timestamp(instant), "A", "X", 1.0)])
    features = compute_features(row, NO_LABELS, zone=zone).iloc[0]
    assert (features["is_night"], features["is_weekend"], features["hour"]) == (is_night, is_weekend, hour)


def test_what_the_source_does_not_offer_is_unknown() -> None:
    features = compute_features(make_transactions([("1", MONDAY, "A", "X", 1.0)]), NO_LABELS).iloc[0]
    assert np.isnan(features["distance_km"])
    assert features["category"] == ""


def test_a_database_s_nulls_are_unknown_too() -> None:
    nulls = dict.fromkeys(["category", "customer_latitude", "customer_longitude"], None)
    row = make_transactions([("1", MONDAY, "A", "X", 1.0)]).assign(
        **nulls, merchant_latitude=1.0, merchant_longitude=2.0
    )
    features = compute_features(row, NO_LABELS).iloc[0]
    assert np.isnan(features["distance_km"])
    assert features["category"] == ""


def test_columns_are_the_handbook_s_then_further_ones_then_the_category() -> None:
    features = compute_features(make_transactions([("1", MONDAY, "A", "X", 1.0)]), NO_LABELS)
    assert tuple(features.columns) == FEATURE_NAMES == (*NUMERIC_NAMES, "category")
    assert NUMERIC_NAMES[:15] == HANDBOOK_NAMES
    assert features.dtypes.astype(str).to_dict() == dict.fromkeys(NUMERIC_NAMES, "float64") | {"category": "str"}


def test_targets_come_back_in_the_order_asked_for() -> None:
    rows = [(each, MONDAY, each, "X", float(ord(each)), each, 1, 2, 3, 4) for each in "abc"]
    features = compute_features(make_transactions(rows), NO_LABELS, ["c", "a"])
    assert list(features.index) == list(features["category"]) == ["c", "a"]
    assert list(features["amount"]) == [ord("c"), ord("a")]


def test_a_thousand_large_amounts_in_a_week_leave_no_64_bits() -> None:
    rows = [(str(minute), MONDAY + pd.Timedelta(minutes=minute), "A", "X", 1e7) for minute in range(1_000)]
    assert compute_features(make_transactions(rows), NO_LABELS)["customer_surge_7d"].eq(1.0).all()


def test_no_rows_give_no_features() -> None:
    features = compute_features(make_transactions([]), NO_LABELS)
    assert features.shape == (0, len(FEATURE_NAMES))
    assert list(features.columns) == list(FEATURE_NAMES)


def test_no_targets_give_no_features() -> None:
    assert compute_features(make_transactions([("1", MONDAY, "A", "X", 1.0)]), NO_LABELS, []).empty


def test_unit_of_the_instants_does_not_matter() -> None:
    rows = make_transactions([(str(day), MONDAY + day * DAY, "A", "X", 1.0) for day in range(20)])
    coarse = rows.assign(occurred_at=rows["occurred_at"].dt.as_unit("s"))
    assert_same_bits(compute_features(coarse, NO_LABELS), compute_features(rows, NO_LABELS))


def test_unknown_target_is_named() -> None:
    with pytest.raises(KeyError, match="nobody"):
        compute_features(make_transactions([("1", MONDAY, "A", "X", 1.0)]), NO_LABELS, ["1", "nobody"])


@pytest.mark.parametrize("name", [pytest.param("1", id="a number"), pytest.param("a", id="a word")])
def test_id_used_twice_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"transaction id twice: {name}"):
        compute_features(make_transactions([(name, MONDAY, "A", "X", 1.0)] * 2), NO_LABELS)


def test_target_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="target twice: 1"):
        compute_features(make_transactions([("1", MONDAY, "A", "X", 1.0)]), NO_LABELS, ["1", "1"])


def test_without_a_delay_a_merchant_s_window_would_hold_the_row_itself() -> None:
    with pytest.raises(ValueError, match="positive"):
        compute_features(make_transactions([]), NO_LABELS, delay=pd.Timedelta(0))
