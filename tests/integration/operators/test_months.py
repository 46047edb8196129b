"""The nightly maintenance makes months, drops old ones, and can only look."""

from datetime import UTC, datetime

import pytest

from jikimi.operators.months import KeepMonthsOperator
from jikimi.store.months import make_months

OLD = datetime(2024, 3, 15, tzinfo=UTC)


@pytest.fixture
def old(store, monkeypatch):
    """Keep 400 days, and have a transaction and a label that are older."""
    monkeypatch.setenv("JIKIMI_RETENTION_DAYS", "400")
    make_months(store, [OLD])
    store.execute(
        "insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id,"
        " merchant_id, amount, currency) values ('old', 1, 1, %s, %s, 'c1', 'm1', 5, 'KRW')",
        [OLD, OLD],
    )
    store.execute(
        "insert into labels (transaction_id, is_fraud, source, known_at) values ('old', true, 'bank', %s)", [OLD]
    )


def keep(*, dry_run=False):
    return KeepMonthsOperator(task_id="keep_months").execute({"params": {"dry_run": dry_run}})


def count(store, table):
    return store.execute(f"select count(*) from {table}").fetchone()["count"]


def test_what_is_older_than_what_is_kept_goes(store, old):
    gone = keep()
    assert (gone["months of transactions"], gone["labels"]) == (1, 1)
    assert count(store, "transactions") == count(store, "labels") == count(store, "transaction_keys") == 0
    assert set(keep().values()) == {0}


def test_a_dry_run_says_the_same_and_changes_nothing(store, old):
    gone = keep(dry_run=True)
    assert (gone["months of transactions"], gone["labels"]) == (1, 1)
    assert count(store, "transactions") == count(store, "labels") == 1
    assert keep() == gone


def test_with_the_defaults_two_years_are_kept(store, old, monkeypatch):
    monkeypatch.delenv("JIKIMI_RETENTION_DAYS")
    assert set(keep().values()) == {0}
    assert count(store, "transactions") == 1


def test_the_months_to_come_are_there(store):
    keep()
    for table in ("transactions", "verdicts", "predictions", "landed_transactions"):
        names = store.execute(
            "select to_regclass(%s || to_char(date_trunc('month', now() at time zone 'UTC') + n * '1 month'::interval,"
            " '_YYYY_MM')) is not null as is_there from generate_series(0, 3) n",
            [table],
        )
        assert [row["is_there"] for row in names] == [True] * 4


def test_a_month_that_must_stay_is_passed_over(store, old):
    store.execute(
        "insert into batches (source, state, landed_count, valid_count, claimed_at, first_occurred_at,"
        " last_occurred_at) values ('live', 'validated', 1, 1, %(old)s, %(old)s, %(old)s)",
        {"old": OLD},
    )
    assert keep()["months of transactions"] == 0
    assert count(store, "transactions") == 1
