"""What the store reads for a batch gives the same bits as the whole table does, in every column."""

import time
from datetime import timedelta

import numpy as np
import pandas as pd
import psycopg
import pytest

from jikimi.store.arrays import instant_array, number_array, text_array
from jikimi.store.columns import read_columns
from jikimi.store.connection import open_store
from jikimi.store.frames import copy_rows
from jikimi.store.meanwhile import begin
from jikimi.store.merchants import keep_merchants
from jikimi.store.months import ensure_months
from jikimi.store.training_history import training_history
from jikimi.store.windows import window_of
from ml.features import FEATURE_NAMES, compute_features

BEGIN = pd.Timestamp("2026-01-01", tz="UTC")
BATCHES, ROWS = 8, 600
COLUMNS = [
    *("transaction_id", "batch_id", "landed_id", "landed_at", "occurred_at", "customer_id", "merchant_id", "category"),
    *("amount", "currency", "customer_latitude", "customer_longitude", "merchant_latitude", "merchant_longitude"),
]


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def fill(store, number_of_labels: int = 300) -> None:
    """Write 90 days of few customers and merchants, in batches of any order, with ties and nulls."""
    rng = np.random.default_rng(5)
    span = [BEGIN, BEGIN + timedelta(days=90)]
    for _ in range(BATCHES):
        store.execute(
            "insert into batches (source, state, landed_count, claimed_at, first_occurred_at, last_occurred_at)"
            " values ('history', 'loaded', 0, now(), %s, %s)",
            span,
        )
    ensure_months(store, pd.Series(pd.date_range(*span, freq="D")))
    copy_rows(store, "transactions", COLUMNS, (row(number, rng) for number in range(ROWS)))
    labels = [label(int(rng.integers(ROWS)), number, rng) for number in range(number_of_labels)]
    copy_rows(store, "labels", ["transaction_id", "is_fraud", "source", "known_at"], labels)
    for batch_id in range(1, BATCHES + 1):
        keep_merchants(store, batch_id)


def row(number: int, rng: np.random.Generator) -> tuple:
    # Often on the edge of an hour or a day, or beside it.
    at = BEGIN + pd.Timedelta(hours=int(rng.integers(1, 90 * 24)), microseconds=int(rng.integers(-1, 2)))
    places = [None if rng.random() < 0.2 else float(rng.uniform(-90, 90)) for _ in range(4)]
    who = (f"c{rng.integers(12)}", f"m{rng.integers(8)}", [None, "food", "fuel"][rng.integers(3)])
    amount = str(rng.integers(1, 10**7) / 1_000)
    return f"t{number}", int(rng.integers(BATCHES)) + 1, number, at, at, *who, amount, "KRW", *places


def label(row_number: int, number: int, rng: np.random.Generator) -> tuple:
    known_at = BEGIN + pd.Timedelta(hours=int(rng.integers(100 * 24)))
    return f"t{row_number}", bool(rng.random() < 0.6), f"source {number}", known_at


@pytest.mark.parametrize(
    ("days", "side_by_side"),
    [
        pytest.param(7, 10**6, id="a week of delay"),
        pytest.param(0.5, 10**6, id="half a day of delay"),
        pytest.param(7, 1, id="by two connections"),
    ],
)
def test_a_batch_and_the_whole_table_give_the_same_bits(store, days, side_by_side, monkeypatch):
    monkeypatch.setattr("jikimi.store.windows.SIDE_BY_SIDE_ROWS", side_by_side)
    seconds = []
    monkeypatch.setattr("jikimi.store.windows.open_store", lambda url: seconds.append(url) or open_store(url))
    fill(store)
    delay = timedelta(days=days)
    bulk = compute_features(*training_history(store, None), delay=pd.Timedelta(delay))
    assert len(bulk) == ROWS
    for batch_id in range(1, BATCHES + 1):
        window = window_of(store, [batch_id], delay)
        ids = window.targets["transaction_id"].tolist()
        features = compute_features(
            window.transactions, window.labels, ids, pd.Timedelta(delay), counted=window.counted
        )
        pd.testing.assert_frame_equal(features, bulk.loc[ids], check_exact=True)
    assert len(seconds) == (BATCHES if side_by_side == 1 else 0)


def test_who_waits_to_change_a_table_stops_no_batch(store, role_url, monkeypatch):
    """They wait for the first connection, the second one would wait for them, and the first one for the second."""
    monkeypatch.setattr("jikimi.store.windows.SIDE_BY_SIDE_ROWS", 1)
    fill(store)
    with psycopg.connect(role_url("postgres")) as other:
        with store.transaction():
            store.execute("select from transactions limit 1")
            waiting = begin(other.execute, "lock table transactions in access exclusive mode")
            while not store.execute("select from pg_locks where not granted").fetchall():
                time.sleep(0.01)
            counted = window_of(store, [1], timedelta(days=7)).counted()
        waiting.result()
    assert counted["rows"].sum() > 0


def test_counts_between_instants_are_those_of_the_rows(store):
    fill(store)
    rng = np.random.default_rng(6)
    rows = training_history(store, None)[0]
    # Half of them on the borders of hours and days, half at rows or shortly after them.
    shortly = pd.to_timedelta(rng.choice([0, 0, 1, 3 * 10**8], 200), "us")
    at = pd.Series(
        [
            *(row(0, rng)[4] for _ in range(200)),
            *(rows["occurred_at"].sample(200, replace=True, random_state=6) + shortly),
        ]
    )
    asked = pd.DataFrame({"number": rng.integers(1, 9, 400), "at": at.astype("datetime64[us, UTC]")})
    asked = asked.drop_duplicates().sort_values(["number", "at"], ignore_index=True)
    parameters = {
        "merchants": text_array([f"m{number}" for number in range(8)]),
        "numbers": number_array(asked["number"].to_numpy()),
        "instants": instant_array(asked["at"]),
        "first": asked["at"].min() - timedelta(days=1),
        "last": asked["at"].max() + timedelta(days=1),
    }
    integers, instants = ["number", "rows"], ["occurred_at"]
    counted = read_columns(store, "count_until", parameters, texts=[], integers=integers, instants=instants)
    for number, ours in asked.groupby("number"):
        found = counted[counted["number"] == number]
        theirs = rows[rows["merchant_id"] == f"m{number - 1}"]
        until = [found.loc[found["occurred_at"] <= at, "rows"].sum() for at in ours["at"]]
        expected = [(theirs["occurred_at"] <= at).sum() for at in ours["at"]]
        assert np.diff(until).tolist() == np.diff(expected).tolist()
    assert counted["rows"].sum() > 400


def test_every_column_has_something_to_compare(store):
    fill(store)
    bulk = compute_features(*training_history(store, None))
    assert [name for name in FEATURE_NAMES if bulk[name].nunique() < 2] == []
    assert bulk["distance_km"].isna().any()
    assert set(bulk["category"]) == {"", "food", "fuel"}


def test_where_no_coordinate_is_known_distance_is_unknown(store):
    fill(store)
    store.execute("update transactions set customer_latitude = null, category = null")
    window = window_of(store, [1], timedelta(days=7))
    ids = window.targets["transaction_id"].tolist()
    features = compute_features(window.transactions, window.labels, ids, counted=window.counted)
    assert features["distance_km"].isna().all()
    assert set(features["category"]) == {""}


def test_a_batch_without_rows_has_no_features(store):
    window = window_of(store, [1], timedelta(days=7))
    assert compute_features(window.transactions, window.labels, [], counted=window.counted).empty


def test_days_of_a_training_are_counted_from_the_newest_labelled_row(store):
    fill(store, number_of_labels=0)
    newest = store.execute("select max(occurred_at) as at from transactions").fetchone()["at"]
    late = newest - timedelta(days=40)
    row = store.execute(
        "select transaction_id, occurred_at from transactions where occurred_at <= %s"
        " order by occurred_at desc limit 1",
        (late,),
    ).fetchone()
    store.execute("insert into labels (transaction_id, is_fraud, source, known_at) values (%s, true, 'bank', %s)",
                  (row["transaction_id"], newest))  # fmt: skip
    transactions, _ = training_history(store, 20)
    oldest = transactions["occurred_at"].min()
    assert row["occurred_at"] - timedelta(days=20) < oldest <= row["occurred_at"] - timedelta(days=18)
    assert transactions["occurred_at"].max() == newest
