"""What dashboards count is the same whether it is summed up, read row by row, or both, wherever a time range begins."""

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from jikimi.store import counts, months
from jikimi.store.connection import open_store, query
from jikimi.store.counts import count_scored
from tests.conftest import empty

START = datetime(2026, 6, 29, tzinfo=UTC)
DAYS = 3
# Borders of every grain are as likely as what lies between them; days end a month among them.
INSTANTS = st.one_of(
    st.integers(0, DAYS * 24).map(lambda hours: timedelta(hours=hours)),
    st.integers(0, DAYS * 1440).map(lambda minutes: timedelta(minutes=minutes)),
    st.timedeltas(timedelta(0), timedelta(days=DAYS)),
).map(lambda since: START + since)
ROWS = st.lists(
    st.fixed_dictionaries({
        "batch": st.integers(1, 4),
        "at": INSTANTS,
        "age": st.sampled_from([timedelta(seconds=1), timedelta(days=1), timedelta(days=40)]),
        "votes": st.integers(0, 4),
        "silent": st.integers(0, 1),
        "is_shadow": st.booleans(),
        "category": st.sampled_from(["food", "", None]),
        "merchant": st.sampled_from(["m1", "m2"]),
        "merchant_name": st.sampled_from([None, "", "m1", "Shop"]),
        "amount": st.sampled_from([0.001, 0.999, 1, 2, 4.999, 5, 10, 1e6, 999999999999.999]),
        "currency": st.sampled_from(["KRW", "USD"]),
    }),
    max_size=25,
)  # fmt: skip
OURS = {
    "by currency, category and step": """
        select date_bin(make_interval(secs => %(step)s / 1000.0), at, 'epoch') as time, category, currency,
            sum(rows) as rows, sum(majority_rows) as majority, sum(unanimous_rows) as unanimous,
            sum(unanimous_amount) as amount
        from reporting.scored_by_currency(%(since)s, %(until)s, %(step)s) group by 1, 2, 3""",
    "by currency": """
        select currency, sum(rows) as rows, sum(majority_rows) as majority, sum(unanimous_rows) as unanimous
        from reporting.scored_by_currency(%(since)s, %(until)s) group by 1""",
    "by merchant": """
        select category, merchant, sum(rows) as rows, sum(unanimous_rows) as unanimous
        from reporting.scored_by_merchant(%(since)s, %(until)s) group by 1, 2""",
    "by amount": """
        select category, amount_from::numeric, sum(rows) as rows, sum(unanimous_rows) as unanimous
        from reporting.scored_by_amount(%(since)s, %(until)s) group by 1, 2""",
}
# Row by row, by the two views that say what fraud is.
THEIRS = """
    with rows as (
        select t.transaction_id, v.scored_at, coalesce(nullif(t.category, ''), 'unknown') as category, t.amount,
            t.currency::text, coalesce(nullif(t.merchant_name, ''), t.merchant_id) as merchant,
            (select max(bound) from unnest(amount_bands()) bound where bound <= t.amount) as amount_from,
            exists (select from majority_fraud m where m.transaction_id = v.transaction_id)::integer as majority,
            exists (select from unanimous_fraud u where u.transaction_id = v.transaction_id)::integer as unanimous
        from verdicts v join transactions t using (transaction_id, occurred_at)
        where not v.is_shadow and v.scored_at between %(since)s and %(until)s
    )
    """
ROW_BY_ROW = {
    "by currency, category and step": """
        select date_bin(make_interval(secs => %(step)s / 1000.0), scored_at, 'epoch') as time, category, currency,
            count(*) as rows, sum(majority) as majority, sum(unanimous) as unanimous, sum(unanimous * amount) as amount
        from rows group by 1, 2, 3""",
    "by currency": """
        select currency, count(*) as rows, sum(majority) as majority, sum(unanimous) as unanimous
        from rows group by 1""",
    "by merchant": """
        select category, merchant, count(*) as rows, sum(unanimous) as unanimous
        from rows group by 1, 2""",
    "by amount": "select category, amount_from, count(*) as rows, sum(unanimous) as unanimous from rows group by 1, 2",
}


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


@pytest.fixture
def reader(database, role_url):
    """Give a connection that sees rows and sums: the owner's."""
    with psycopg.connect(role_url("postgres"), row_factory=dict_row, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def owner(role_url):
    """Give a connection as the owner, which may do all; each example is rolled back."""
    with psycopg.connect(role_url("postgres"), row_factory=dict_row, autocommit=True) as connection:
        with psycopg.connect(role_url("postgres"), autocommit=True) as plainly:
            empty(plainly)
        connection.execute("select ensure_months(array[%s, %s]::timestamptz[])", [START - timedelta(days=40), START])
        connection.execute("select ensure_months(array[%s]::timestamptz[])", [START + timedelta(days=DAYS)])
        yield connection


def add_panel(store):
    store.execute(
        """insert into panels (panel_id, state, messages_per_10k, mlflow_run_id, trained_from, trained_until,
            judged_from, judged_until, promoted_at)
        overriding system value values (1, 'champion', 50, 'run', now(), now(), now(), now(), now())"""
    )


def add_batch(store, batch_id, rows):
    """Write a batch of scored rows."""
    occurred = [row["at"] - row["age"] for row in rows] or [START]
    store.execute(
        """insert into batches (batch_id, source, state, landed_count, valid_count, claimed_at, first_occurred_at,
            last_occurred_at) overriding system value values (%s, 'live', 'scored', %s, %s, %s, %s, %s)""",
        [batch_id, len(rows), len(rows), START, min(occurred), max(occurred)],
    )
    for number, row in enumerate(rows):
        values = row | {"id": f"t{batch_id}-{number}", "batch": batch_id, "occurred_at": row["at"] - row["age"]}
        store.execute(
            """insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id,
                merchant_id, merchant_name, category, amount, currency)
            values (%(id)s, %(batch)s, 1, %(at)s, %(occurred_at)s, 'c', %(merchant)s, %(merchant_name)s, %(category)s,
                %(amount)s, %(currency)s)""",
            values,
        )
        store.execute(
            """insert into verdicts (transaction_id, occurred_at, panel_id, batch_id, votes, voters, members,
                panel_score, scored_at, is_shadow)
            values (%(id)s, %(occurred_at)s, 1, %(batch)s, least(%(votes)s, 4 - %(silent)s), 4 - %(silent)s, 4, 0.5,
                %(at)s, %(is_shadow)s)""",
            values,
        )


def plain(**changed):
    row = {"at": START, "age": timedelta(0), "votes": 4, "silent": 0, "is_shadow": False, "category": "food"}
    return row | {"merchant": "m1", "merchant_name": None, "amount": 10, "currency": "KRW"} | changed


def different(store, since=START, until=START + timedelta(days=DAYS), step=60_000):
    """Return the names of the counts that are not those of the rows."""
    asked = {"since": since, "until": until, "step": step}

    def rows(statement):
        return sorted((list(row.values()) for row in store.execute(statement, asked)), key=repr)

    return [name for name in OURS if rows(OURS[name]) != rows(THEIRS + ROW_BY_ROW[name])]


def counted_rows(store):
    return store.execute("select coalesce(sum(rows), 0)::int as n from scored_counts where grain = 600").fetchone()["n"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    rows=ROWS,
    counted_until=st.lists(st.integers(0, 4), max_size=2),
    ends=st.tuples(INSTANTS, INSTANTS).map(sorted),
    step=st.sampled_from([5_000, 60_000, 90_000, 120_000, 600_000, 900_000, 3_600_000, 604_800_000]),
)
def test_counts_are_those_of_the_rows(owner, rows, counted_until, ends, step):
    with owner.transaction(force_rollback=True):
        add_panel(owner)
        written = 0
        # Batches come, some are counted, more come, some of those are counted, the rest is not.
        for until in [*sorted(counted_until), 4]:
            for batch_id in range(written + 1, until + 1):
                add_batch(owner, batch_id, [row for row in rows if row["batch"] == batch_id])
            written = until
            if until < 4:
                count_scored(owner)
        assert different(owner, *ends, step) == []


def test_a_batch_is_counted_once_however_often_it_is_counted(store, reader):
    add_panel(store)
    store.execute("select ensure_months(array[%s]::timestamptz[])", [START])
    add_batch(store, 1, [plain(), plain(votes=0)])
    assert [count_scored(store), count_scored(store)] == [2, 0]
    add_batch(store, 2, [plain()])
    assert count_scored(store) == 1
    assert counted_rows(store) == 3
    assert different(reader) == []


def test_history_is_looked_at_once_and_counts_nothing(store):
    store.execute(
        """insert into batches (source, state, landed_count, valid_count, claimed_at, first_occurred_at,
            last_occurred_at)
        values ('history', 'loaded', 7, 7, now(), now(), now())"""
    )
    assert count_scored(store) == 0
    assert store.execute("select count(*) as n from batches where counted_at is null").fetchone()["n"] == 0


def test_a_batch_that_commits_late_is_counted_all_the_same(store, reader, database):
    add_panel(store)
    store.execute("select ensure_months(array[%s]::timestamptz[])", [START])
    with open_store(database) as late, late.transaction():
        add_batch(late, 1, [plain(at=START + timedelta(minutes=1))])
        add_batch(store, 2, [plain(at=START + timedelta(hours=2))])
        assert count_scored(store) == 1
    assert different(reader) == []
    assert count_scored(store) == 1
    assert different(reader) == []


def test_two_who_count_at_once_count_each_batch_once(store, reader, database):
    add_panel(store)
    store.execute("select ensure_months(array[%s]::timestamptz[])", [START])
    add_batch(store, 1, [plain()])
    with open_store(database) as other, other.transaction():
        other.execute(query("lock_uncounted"), {"limit": 10})
        other.execute(query("count_scored"), {"batch_ids": [1]})
        other.execute(query("mark_counted"), {"batch_ids": [1]})
        add_batch(store, 2, [plain(at=START + timedelta(seconds=1))])
        # It waits for the sums that the other has written, and then adds to them.
        done = threading.Thread(target=lambda: _count(database))
        done.start()
    done.join(30)
    assert counted_rows(store) == 2
    assert different(reader) == []


def _count(database):
    with open_store(database) as connection:
        count_scored(connection)


def test_what_breaks_between_sums_and_batches_leaves_neither(store, reader, monkeypatch):
    add_panel(store)
    store.execute("select ensure_months(array[%s]::timestamptz[])", [START])
    add_batch(store, 1, [plain()])
    monkeypatch.setattr(counts, "query", lambda name: b"select 1 / 0" if name == "mark_counted" else query(name))
    with pytest.raises(psycopg.errors.DivisionByZero):
        count_scored(store)
    assert counted_rows(store) == 0
    assert different(reader) == []


def test_many_batches_are_counted_some_at_a_time(store, reader, monkeypatch):
    add_panel(store)
    store.execute("select ensure_months(array[%s]::timestamptz[])", [START])
    for batch_id in range(1, 6):
        add_batch(store, batch_id, [plain(), plain()])
    monkeypatch.setattr(counts, "MOST_ROWS", 5)
    assert count_scored(store) == 10
    times = store.execute("select count(distinct xmin::text) as n from batches").fetchone()["n"]
    assert times == 3
    assert different(reader) == []


def test_counts_go_with_the_month_of_their_transactions(store, reader):
    old = datetime.now(UTC) - timedelta(days=90)
    add_panel(store)
    store.execute("select ensure_months(array[%s]::timestamptz[])", [old])
    add_batch(store, 1, [plain(at=START + timedelta(hours=1), age=START + timedelta(hours=1) - old)])
    count_scored(store)
    assert counted_rows(store) == 1
    months.drop_month(store, old.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    assert counted_rows(store) == 0
    assert different(reader) == []


def test_a_month_goes_while_others_count_and_read(store, reader, database, role_url):
    old = (datetime.now(UTC) - timedelta(days=90)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    add_panel(store)
    store.execute("select ensure_months(array[%s, %s]::timestamptz[])", [old, START])
    add_batch(store, 1, [plain()])
    failed = []

    def doing(act):
        def guarded():
            try:
                with open_store(database) as connection:
                    act(connection)
            except psycopg.Error as error:
                failed.append(error)

        return threading.Thread(target=guarded)

    others = [doing(lambda connection: months.drop_month(connection, old)), doing(count_scored)]
    with psycopg.connect(role_url("postgres")) as scorer:
        scorer.execute("lock table only verdicts in row exclusive mode")
        others[0].start()
        _wait_for_locks(reader, 1)
        others[1].start()
        _wait_for_locks(reader, 2)
    for other in others:
        other.join(30)
    assert failed == []
    assert counted_rows(store) == 1


def _wait_for_locks(reader, count):
    for _ in range(400):
        row = reader.execute("select count(*) as n from pg_locks where not granted").fetchone()
        if row["n"] >= count:
            return
        threading.Event().wait(0.01)
    pytest.fail("nobody waits")


def test_views_of_dashboards_call_unanimous_what_the_one_view_calls_so(store, reader):
    add_panel(store)
    store.execute("select ensure_months(array[%s]::timestamptz[])", [START])
    kinds = [(votes, silent, is_shadow) for votes in range(5) for silent in (0, 1) for is_shadow in (False, True)]
    rows = [plain(votes=votes, silent=silent, is_shadow=is_shadow) for votes, silent, is_shadow in kinds]
    add_batch(store, 1, rows)
    for view, is_shadow, names in (
        ("scored_rows", False, ("unanimous", "majority")),
        ("reporting.verdicts", False, ("unanimous", "majority")),
        ("reporting.shadow_verdicts", True, ("unanimous",)),
    ):
        for name in names:
            called = _ids(reader, f"select transaction_id from {view} where is_{name}")
            of_all = _ids(reader, f"select transaction_id from {name}_fraud")
            assert called == of_all & _ids(reader, f"select transaction_id from verdicts where is_shadow = {is_shadow}")
            assert called


def _ids(reader, statement):
    return {row["transaction_id"] for row in reader.execute(statement).fetchall()}


def test_a_long_history_is_counted_at_several_looks(store, reader, monkeypatch):
    add_panel(store)
    store.execute("select ensure_months(array[%s]::timestamptz[])", [START])
    for batch_id in range(1, 4):
        add_batch(store, batch_id, [plain()])
    monkeypatch.setattr(counts, "MOST_ROWS", 1)
    monkeypatch.setattr(counts, "MOST_ROWS_A_LOOK", 2)
    assert [count_scored(store), count_scored(store)] == [2, 1]
    assert different(reader) == []


def test_an_alert_carries_what_dashboards_ask_of_its_transaction(store):
    add_panel(store)
    store.execute("select ensure_months(array[%s]::timestamptz[])", [START])
    add_batch(store, 1, [plain(category="", merchant_name="Shop", amount=12.5, currency="USD")])
    store.execute("insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference)"
                  " values ('t1-0', %s, 1, 'c', 'A')", [START])  # fmt: skip
    row = store.execute("select landed_at, merchant, category, amount, currency from alerts").fetchone()
    assert tuple(row.values()) == (START, "Shop", "unknown", 12.5, "USD")
