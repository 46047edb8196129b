"""Months are made when a row needs them, ids are unique over all of them, old ones go with what hangs on them."""

import threading
from datetime import UTC, datetime, timedelta

import pandas as pd
import psycopg
import pytest

from jikimi.exceptions import StoredMeanwhile
from jikimi.store import months
from jikimi.store.batches import claim_landed, open_batch
from jikimi.store.connection import open_store
from jikimi.store.landing import land
from jikimi.store.validation import keep_validation, stored_rows
from ml.expectations import validate
from ml.schema import COLUMN_NAMES
from tests.integration.alert_rows import add_alert, add_try

NOW = datetime.now(UTC)
OLD = datetime(2024, 3, 15, tzinfo=UTC)
OLD_MONTH = datetime(2024, 3, 1, tzinfo=UTC)
GOOD = {
    "transaction_id": "t1",
    "occurred_at": "2024-03-15T00:00:00Z",
    "customer_id": "c1",
    "merchant_id": "m1",
    "amount": "10",
    "currency": "KRW",
}


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def landed_frame(*rows):
    return pd.DataFrame([dict.fromkeys(COLUMN_NAMES) | GOOD | row for row in rows], columns=list(COLUMN_NAMES))


def store_batch(store, known=None):
    """Validate all that waits as one batch, in the surrounding transaction."""
    landed = claim_landed(store, 100)
    batch_id = open_batch(store, "run", landed, NOW)
    known = stored_rows(store, landed["transaction_id"]) if known is None else known
    validation = validate(landed[list(COLUMN_NAMES)], NOW, 3650, 300, known)
    return keep_validation(store, batch_id, landed, validation)


def month_tables(store):
    rows = store.execute("select relname from pg_class where relkind = 'r' and relname ~ '[0-9]{4}_[0-9]{2}$'")
    return {row["relname"] for row in rows}


def places(store):
    """Return the tables in which the landed rows lie."""
    rows = store.execute("select distinct tableoid::regclass::text as place from landed_transactions order by 1")
    return [row["place"] for row in rows]


def count(store, what):
    return store.execute(f"select count(*) from {what}").fetchone()["count"]


def old_transaction(store, name="old", at=OLD):
    """Write a transaction of long ago with a verdict and a vote."""
    months.make_months(store, [at])
    panel = "insert into panels (panel_id, state, messages_per_10k, mlflow_run_id, trained_from, trained_until,"
    panel += " judged_from, judged_until) overriding system value"
    store.execute(panel + " values (1, 'retired', 50, 'run', now(), now(), now(), now()) on conflict do nothing")
    store.execute(
        "insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id,"
        " merchant_id, amount, currency) values (%s, 1, 1, %s, %s, 'c1', 'm1', 5, 'KRW')",
        [name, at, at],
    )
    store.execute(
        "insert into verdicts (transaction_id, occurred_at, panel_id, batch_id, votes, voters, members, panel_score,"
        " scored_at) values (%s, %s, 1, 1, 0, 1, 1, 0.1, now())",
        [name, at],
    )
    store.execute("insert into predictions values (%s, 1, 'a', 0.1, false, now(), %s)", [name, at])


def old_alert(store, state, **columns):
    """Write an alert whose transaction is the old one."""
    alert_id = add_alert(store, state, **columns)
    number = store.execute("select transaction_id from alerts where alert_id = %s", [alert_id]).fetchone()
    old_transaction(store, f"old-{alert_id}")
    store.execute(
        "update alerts set transaction_id = %s, occurred_at = %s where alert_id = %s",
        [f"old-{alert_id}", OLD, alert_id],
    )
    return alert_id, number["transaction_id"]


def test_a_batch_makes_the_months_that_its_rows_need(store):
    land(store, landed_frame({}, {"transaction_id": "t2", "occurred_at": "2024-07-31T23:59:59Z"}))
    with store.transaction():
        assert store_batch(store).valid == 2
    assert {"transactions_2024_03", "verdicts_2024_03", "predictions_2024_07"} <= month_tables(store)
    assert count(store, "transactions where occurred_at >= '2024-07-01'") == 1
    assert store.execute("select first_occurred_at, last_occurred_at from batches").fetchone() == {
        "first_occurred_at": OLD,
        "last_occurred_at": datetime(2024, 7, 31, 23, 59, 59, tzinfo=UTC),
    }


def test_a_month_begins_and_ends_in_utc_whatever_the_session_says(store):
    store.execute("set timezone = 'Asia/Seoul'")
    assert months.make_months(store, [datetime(2024, 1, 31, 23, 30, tzinfo=UTC)]) == 1
    assert "transactions_2024_01" in month_tables(store)
    assert months.make_months(store, [datetime(2024, 1, 1, tzinfo=UTC)]) == 0


def test_two_batches_at_once_make_the_same_month_once(store, database):
    with open_store(database) as other:
        with store.transaction():
            assert months.make_months(store, [OLD]) == 1
            made = []
            thread = threading.Thread(target=lambda: made.append(months.make_months(other, [OLD])))
            thread.start()
        thread.join(10)
        assert made == [0]


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        pytest.param({}, {"repeated": 1}, id="the same row"),
        pytest.param({"occurred_at": "2024-07-15T00:00:00Z"}, {"quarantined": 1}, id="another month"),
        pytest.param({"occurred_at": "2024-03-16T00:00:00Z"}, {"quarantined": 1}, id="another day"),
        pytest.param({"amount": "11"}, {"quarantined": 1}, id="another amount"),
    ],
)
def test_an_id_that_is_stored_is_a_repetition_or_a_conflict(store, change, outcome):
    for row in ({}, change):
        land(store, landed_frame(row))
        with store.transaction():
            result = store_batch(store)
    assert {name: getattr(result, name) for name in outcome} == outcome
    assert result.valid == 0
    assert count(store, "transactions") == count(store, "transaction_keys") == 1


@pytest.mark.parametrize(
    "occurred_at", [pytest.param("2024-03-15T00:00:00Z", id="same"), pytest.param("2024-07-15T00:00:00Z", id="another")]
)
def test_of_two_batches_at_once_with_one_id_the_second_waits_and_is_told(store, database, occurred_at):
    nothing = stored_rows(store, [])
    land(store, landed_frame({}, {"transaction_id": "t0"}))
    result = []

    def store_second(connection):
        try:
            with connection.transaction():
                store_batch(connection, nothing)
        except StoredMeanwhile as error:
            result.append(error)

    with open_store(database) as other:
        with store.transaction():
            store_batch(store)
            land(other, landed_frame({"occurred_at": occurred_at}, {"transaction_id": "t2"}))
            thread = threading.Thread(target=store_second, args=[other])
            thread.start()
            thread.join(0.3)
            assert thread.is_alive()
        thread.join(10)
        assert len(result) == 1
        with other.transaction():
            again = store_batch(other)
    assert (again.valid, again.repeated + again.quarantined) == (1, 1)
    assert sorted(row["transaction_id"] for row in store.execute("select transaction_id from transactions")) == [
        *("t0", "t1", "t2")
    ]


def test_no_way_of_writing_stores_an_id_twice(store):
    old_transaction(store)
    with pytest.raises(psycopg.errors.UniqueViolation):
        old_transaction(store, at=OLD + timedelta(days=100))


def test_a_row_that_finds_no_month_lands_and_is_moved_later(store, role_url):
    store.execute("insert into landed_transactions (transaction_id, landed_at) values ('early', '2024-02-10')")
    assert places(store) == ["landed_transactions_default"]
    assert months.make_landed_months(store, 1) >= 1
    assert places(store) == ["landed_transactions_2024_02"]
    with psycopg.connect(role_url("postgres"), autocommit=True) as owner:
        owner.execute("drop table landed_transactions_2024_02")


def test_an_old_month_goes_with_all_that_hangs_on_it(store):
    for number in range(5):
        old_transaction(store, f"row-{number}")
    add_try(store, old_alert(store, "delivered")[0])
    (old,) = months.old_months(store, "transactions", NOW)
    assert (old.month, old.kept_for) == (OLD_MONTH, None)
    assert months.drop_month(store, OLD_MONTH, most=2) == 6
    assert not {table for table in month_tables(store) if table.endswith("2024_03")}
    assert count(store, "transaction_keys") == count(store, "transactions") == 1
    assert count(store, "alerts") == count(store, "alert_attempts") == 0
    old_transaction(store, "row-1")
    assert count(store, "transaction_keys") == 2


@pytest.mark.parametrize("state", ["pending", "sending", "deferred", "accepted", "unknown"])
def test_an_alert_that_is_not_final_keeps_its_month(store, state):
    old_alert(store, state)
    assert [old.kept_for for old in months.old_months(store, "transactions", NOW)] == ["an alert that is not final"]
    with pytest.raises(psycopg.errors.ObjectInUse):
        months.drop_month(store, OLD_MONTH)
    with pytest.raises(psycopg.errors.ObjectInUse):
        store.execute("select drop_month(%s)", [OLD_MONTH])
    assert count(store, "alerts where transaction_id like 'old%'") == 1
    assert count(store, "transactions where transaction_id like 'old%'") == 1


@pytest.mark.parametrize(
    ("state", "kept_for"),
    [pytest.param("deferred", "an alert that is not final", id="waits"), pytest.param("delivered", None, id="told")],
)
def test_a_folded_alert_is_as_final_as_the_one_that_tells_of_it(store, state, kept_for):
    teller = add_alert(store, state)
    old_alert(store, "suppressed", folded_into=teller)
    assert [old.kept_for for old in months.old_months(store, "transactions", NOW)] == [kept_for]


def test_an_alert_that_was_told_of_by_a_dropped_one_stays_as_it_is(store):
    teller, _ = old_alert(store, "delivered")
    folded = add_alert(store, "suppressed", folded_into=teller)
    months.drop_month(store, OLD_MONTH)
    assert store.execute("select alert_id, folded_into from alerts").fetchone() == {
        "alert_id": folded,
        "folded_into": teller,
    }


def test_a_batch_without_verdicts_keeps_its_month(store):
    land(store, landed_frame({}))
    with store.transaction():
        store_batch(store)
    assert [old.kept_for for old in months.old_months(store, "transactions", NOW)] == [
        "a batch that waits for its verdicts"
    ]


def test_a_month_that_is_half_forgotten_is_not_dropped_before_all_of_it_is(store):
    for number in range(3):
        old_transaction(store, f"old-{number}")
    store.execute("select forget_transactions(%s, '', 2)", [OLD_MONTH])
    with pytest.raises(psycopg.errors.ObjectInUse, match="not forgotten yet"):
        store.execute("select drop_month(%s)", [OLD_MONTH])
    assert months.drop_month(store, OLD_MONTH) == 1


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("select drop_month(month_of(now()))", id="transactions"),
        pytest.param("select drop_landed_month(month_of(now()))", id="landed rows"),
        pytest.param("select forget_transactions(month_of(now()), '', 1)", id="ids"),
        pytest.param("select delete_before('labels', now(), 1)", id="labels"),
        pytest.param("select delete_before('labels', null, 1)", id="no instant"),
        pytest.param("select delete_before('customers', now() - interval '1 year', 1)", id="a table that is kept"),
    ],
)
def test_what_is_young_or_kept_cannot_be_deleted(store, role_url, statement):
    with psycopg.connect(role_url("postgres")) as owner, pytest.raises(psycopg.errors.InvalidParameterValue):
        owner.execute(statement)


@pytest.mark.parametrize("role", ["producer", "grafana"])
def test_other_roles_drop_and_make_nothing(store, role_url, role):
    with psycopg.connect(role_url(role), autocommit=True) as connection:
        for statement in (
            "select ensure_months(array[now()])",
            "select drop_month('2024-03-01')",
            "select delete_before('labels', '2024-01-01', 1)",
            "select ensure_landed_months(1)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def landed_month(store, **columns):
    """Land a row of long ago and give it a month; returns nothing."""
    names = ["transaction_id", "landed_at", *columns]
    statement = f"insert into landed_transactions ({', '.join(names)}) values ({', '.join(['%s'] * len(names))})"
    store.execute(statement, ["early", OLD, *columns.values()])
    months.make_landed_months(store, 0)


def test_a_landed_month_of_finished_batches_goes(store):
    landed_month(store, batch_id=1)
    assert [old.kept_for for old in months.old_months(store, "landed_transactions", NOW)] == [None]
    months.drop_landed_month(store, OLD_MONTH)
    assert "landed_transactions_2024_03" not in month_tables(store)


@pytest.mark.parametrize(
    ("batch_id", "state", "kept_for"),
    [
        pytest.param(None, "scored", "a row that waits for validation", id="unclaimed"),
        pytest.param(1, "held", "a batch that is held or waits for its verdicts", id="held"),
        pytest.param(1, "validated", "a batch that is held or waits for its verdicts", id="not scored"),
    ],
)
def test_a_landed_month_that_is_needed_stays(store, role_url, batch_id, state, kept_for):
    store.execute(
        "insert into batches (source, state, landed_count, quarantined_count, claimed_at, first_landed_at, held_reason)"
        " values ('live', %s, 1, 1, %s, %s, 'why')",
        [state, OLD, OLD],
    )
    landed_month(store, batch_id=batch_id)
    assert [old.kept_for for old in months.old_months(store, "landed_transactions", NOW)] == [kept_for]
    with pytest.raises(psycopg.errors.ObjectInUse):
        months.drop_landed_month(store, OLD_MONTH)
    with psycopg.connect(role_url("postgres"), autocommit=True) as owner:
        owner.execute("drop table landed_transactions_2024_03")


def test_rows_of_other_tables_go_some_at_a_time(store):
    store.execute(
        "insert into labels (transaction_id, is_fraud, source, known_at)"
        " select 't' || n, true, 'bank', case when n < 6 then timestamptz '2024-03-01' else now() end"
        " from generate_series(1, 7) n"
    )
    store.execute(
        "insert into channel_quotas values ('a', '2024-03-01', 'app', 1, 9), ('a', current_date, 'app', 1, 9)"
    )
    store.execute("insert into validation_results (subject, is_success, evaluated, unsuccessful, result, ran_at)"
                  " values ('training', true, 1, 0, '{}', '2024-03-01')")  # fmt: skip
    store.execute("insert into data_measures (measure, value, measured_from, measured_until)"
                  " select 'm', 1, at, at from unnest(%s::timestamptz[]) at", [[OLD, OLD_MONTH, NOW]])  # fmt: skip
    before = NOW - timedelta(days=60)
    assert months.count_before(store, before, NOW) == {
        "labels": 5, "validation_results": 1, "quarantined_transactions": 0, "delivery_reports": 0, "staff_notices": 0,
        "batches": 0, "channel_quotas": 1, "panel_votes": 0, "member_votes": 0, "member_agreements": 0,
        "drift_measures": 0, "performance_measures": 0, "data_measures": 2, "backfill_parts": 0,
    }  # fmt: skip
    assert months.delete_before(store, "labels", before, most=2) == 5
    gone = {kind: months.delete_before(store, kind, before, most=1) for kind in months.BY_ROW}
    assert {kind: rows for kind, rows in gone.items() if rows} == {
        "validation_results": 1, "channel_quotas": 1, "data_measures": 2,
    }  # fmt: skip
    assert (count(store, "labels"), count(store, "data_measures")) == (2, 1)


def test_a_part_of_a_backfill_goes_only_after_its_scores(store):
    old_transaction(store)
    span = {"since": OLD_MONTH, "until": OLD_MONTH + timedelta(days=31)}
    for _ in range(2):
        store.execute(
            "insert into backfill_parts (panel_id, run_id, rows_from, rows_until, row_count, reading_seconds,"
            " features_seconds, scoring_seconds, writing_seconds, scored_at)"
            " values (1, 'run', %(since)s, %(until)s, 1, 1, 1, 1, 1, %(since)s)",
            span,
        )
    store.execute("insert into backfill_scores values (1, %s, 'old', 2, 0, 1, 1, 0.5, '{0.5}')", [OLD])
    before = NOW - timedelta(days=60)
    assert months.count_before(store, before, NOW)["backfill_parts"] == 2
    assert months.delete_before(store, "backfill_parts", before) == 1
    assert [row["part_id"] for row in store.execute("select part_id from backfill_parts")] == [2]
    months.drop_month(store, OLD_MONTH)
    assert months.delete_before(store, "backfill_parts", NOW - timedelta(days=60)) == 1


def test_a_batch_goes_only_after_its_rows(store):
    for state, landed in (("scored", 0), ("held", 3), ("held", 0), ("validated", 0)):
        store.execute(
            "insert into batches (source, state, landed_count, claimed_at, held_reason)"
            " values ('live', %s, %s, %s, 'why')",
            [state, landed, OLD],
        )
    old_transaction(store)
    assert months.delete_before(store, "batches", NOW - timedelta(days=60)) == 1
    months.drop_month(store, OLD_MONTH)
    assert months.delete_before(store, "batches", NOW - timedelta(days=60)) == 1
    assert [row["batch_id"] for row in store.execute("select batch_id from batches order by 1")] == [2, 4]
