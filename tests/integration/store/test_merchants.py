"""What is kept by merchant agrees with the rows and labels, whoever wrote them and in whatever order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pandas as pd
import pytest

from jikimi.store.connection import open_store
from jikimi.store.labels import insert_labels
from jikimi.store.merchants import keep_merchants
from jikimi.store.months import ensure_months
from tests.integration.counted_rows import assert_counts_agree

NOON = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
MERCHANTS = ("busy", "m1", "m2", "m3")


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def write(store, name, merchants=MERCHANTS, at=NOON, rows=3):
    """Write rows of a batch, two minutes apart, over the end of a month; returns the batch."""
    span = [at, at + timedelta(days=1)]
    batch_id = store.execute(
        "insert into batches (source, state, landed_count, claimed_at, first_occurred_at, last_occurred_at)"
        " values ('history', 'loaded', 0, now(), %s, %s) returning batch_id",
        span,
    ).fetchone()["batch_id"]
    ensure_months(store, pd.Series(span).astype("datetime64[us, UTC]"))
    for number, merchant in enumerate(merchants * rows):
        store.execute(
            "insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id,"
            " merchant_id, amount, currency) values (%s, %s, 0, now(), %s, 'c', %s, 1, 'KRW')",
            (f"{name} {number}", batch_id, at + timedelta(minutes=2 * number), merchant),
        )
    return batch_id


def label(store, *ids, is_fraud=True, known_at=NOON):
    frame = pd.DataFrame({"transaction_id": ids, "is_fraud": is_fraud, "known_at": pd.Timestamp(known_at)})
    insert_labels(store, frame, "bank")


def called(store):
    return [row["transaction_id"] for row in store.execute("select transaction_id from called_frauds order by 1")]


def test_rows_are_counted_by_the_hours_of_days_over_the_end_of_a_month(store):
    for name in ("first", "second"):
        with store.transaction():
            keep_merchants(store, write(store, name))
    assert_counts_agree(store)
    assert store.execute("select count(*) from merchant_counts").fetchone()["count"] == len(MERCHANTS) + 1


def test_what_is_rolled_back_is_not_counted(store):
    with store.transaction(force_rollback=True):
        keep_merchants(store, write(store, "lost"))
    assert store.execute("select count(*) from merchant_counts").fetchone()["count"] == 0


def test_batches_that_share_merchants_are_counted_at_once_without_a_deadlock(database, store):
    orders = (MERCHANTS, tuple(reversed(MERCHANTS)))
    ready = Barrier(len(orders))

    def keep(number):
        with open_store(database) as connection:
            for turn in range(5):
                with connection.transaction():
                    batch_id = write(connection, f"writer {number}, turn {turn}", orders[number])
                    ready.wait(30)
                    keep_merchants(connection, batch_id)

    write(store, "the months are there", ())
    with ThreadPoolExecutor(len(orders)) as pool:
        list(pool.map(keep, range(len(orders))))
    assert_counts_agree(store)
    busy = store.execute("select sum(rows_until[24]) as rows from merchant_counts where merchant_id = 'busy'")
    assert busy.fetchone()["rows"] == 2 * 5 * 3


def test_a_row_is_found_as_fraud_whether_it_or_its_label_came_first(store):
    label(store, "early 0", "early 1")
    keep_merchants(store, write(store, "early"))
    keep_merchants(store, write(store, "late"))
    label(store, "late 0", "late 0", known_at=NOON + timedelta(days=1))
    label(store, "late 2", is_fraud=False)
    assert called(store) == ["early 0", "early 1", "late 0"]


def test_a_label_taken_back_leaves_its_row_to_be_found(store):
    keep_merchants(store, write(store, "row"))
    label(store, "row 0")
    label(store, "row 0", is_fraud=False, known_at=NOON + timedelta(days=1))
    assert called(store) == ["row 0"]


@pytest.mark.parametrize("is_label_first", [pytest.param(True, id="label"), pytest.param(False, id="row")])
def test_a_row_and_its_label_that_are_written_at_once_find_each_other(database, store, is_label_first):
    """Each is written before the other is committed; whoever commits later waits for the first, and sees it."""
    write(store, "the months are there", ())
    with open_store(database) as other, ThreadPoolExecutor(1) as pool:
        with store.transaction():
            batch_id = write(store, "row")
            if is_label_first:
                with other.transaction():
                    label(other, "row 0")
                keep_merchants(store, batch_id)
            else:
                keep_merchants(store, batch_id)
                waiting = pool.submit(label, other, "row 0")
        if not is_label_first:
            waiting.result(30)
    assert called(store) == ["row 0"]
