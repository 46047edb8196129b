"""A database that is full of rows gets tables of months, and loses nothing."""

import psycopg
import pytest

from infra.postgres.databases import database_url, migrate
from tests.integration.counted_rows import assert_counts_agree

OLD_ROWS = """
insert into panels (state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from, judged_until)
    values ('retired', 50, 'run', now(), now(), now(), now());
insert into panel_members select 1, member, member, 1, 0.5 from unnest(array['one', 'two']) member;
insert into batches (source, state, landed_count, valid_count, claimed_at, first_landed_at)
    values ('live', 'scored', 40, 40, now(), now()), ('live', 'scored', 0, 0, now(), now());
insert into landed_transactions (transaction_id, landed_at, batch_id)
    select 't' || n, '2026-01-31 23:30Z'::timestamptz + n * interval '1 hour', 1 from generate_series(1, 40) n;
insert into landed_transactions (transaction_id, landed_at) values ('waits', '2019-05-05 00:00Z');
insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id,
        amount, currency, category)
    select 't' || n, 1, n, now(), '2025-01-01 00:00Z'::timestamptz + n * interval '10 days 37 minutes', 'c1', 'm1', n,
        'KRW', 'food'
    from generate_series(1, 40) n;
insert into verdicts (transaction_id, panel_id, batch_id, votes, voters, members, panel_score, scored_at,
        explanation_en)
    select 't' || n, 1, 1, n % 3, 2, 2, 0.5, now(), 'Why.' from generate_series(1, 40) n;
insert into predictions select 't' || n, 1, member, 0.5, true, now()
    from generate_series(1, 40) n, unnest(array['one', 'two']) member;
insert into alerts (transaction_id, panel_id, customer_id, reference) values ('t2', 1, 'c1', 'A');
insert into alerts (transaction_id, panel_id, customer_id, reference, state, folded_into)
    values ('t5', 1, 'c1', 'B', 'suppressed', 1);
insert into quarantined_transactions (landed_id, batch_id, reasons, landed_row) values (40, 1, '{amount}', '{}')
"""
KEPT = {
    "transactions": "select transaction_id, batch_id, landed_id, occurred_at, amount from transactions order by 1",
    "verdicts": "select transaction_id, panel_id, batch_id, votes, explanation_en, is_shadow from verdicts order by 1",
    "predictions": "select transaction_id, panel_id, member, score, is_fraud_vote from predictions order by 1, 3",
    "landed rows": "select landed_id, landed_at, batch_id, transaction_id from landed_transactions order by 1",
    "alerts": "select alert_id, transaction_id, reference, state, folded_into from alerts order by 1",
    "the view": "select transaction_id, votes from unanimous_fraud order by 1",
    "dashboards": "select transaction_id, customer, amount, is_unanimous from reporting.scored_transactions order by 1",
    "alerts on dashboards": "select alert_id, transaction_id, merchant, state from reporting.alerts order by 1",
}


@pytest.fixture
def older(postgres, role_url):
    """Address of a database as the migration before left it, with rows."""
    role_url("jikimi")
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        owner.execute("drop database if exists older with (force)")
        owner.execute("create database older")
    url = database_url(postgres.url, "older")
    migrate(url, "0005")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(OLD_ROWS)
    yield url
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        owner.execute("drop database older with (force)")


def test_all_that_was_there_is_there_afterwards(older):
    with psycopg.connect(older) as owner:
        before = {name: owner.execute(statement).fetchall() for name, statement in KEPT.items()}
    migrate(older)
    with psycopg.connect(older) as owner:
        assert {name: owner.execute(statement).fetchall() for name, statement in KEPT.items()} == before
        assert owner.execute("select count(*) from transaction_keys").fetchone() == (40,)
        assert owner.execute("select count(*) from landed_transactions_default").fetchone() == (0,)
        spans = owner.execute(
            "select first_occurred_at::date::text, last_occurred_at::date::text from batches order by batch_id"
        ).fetchall()
        assert spans == [("2025-01-11", "2026-02-06"), (None, None)]
        assert owner.execute("insert into landed_transactions default values returning landed_id").fetchone() == (42,)
        assert_counts_agree(owner)


def test_roles_may_do_afterwards_what_they_could_before(older):
    query = "select has_table_privilege(%s, %s, %s)"
    rights = [
        *(("jikimi", table, right) for table in ("transactions", "verdicts", "predictions", "landed_transactions")
          for right in ("select", "insert", "update", "delete")),
        *(("grafana", f"reporting.{view}", "select") for view in ("transactions", "alerts", "unanimous_fraud")),
        ("grafana", "transactions", "select"),
        ("producer", "landed_transactions", "select"),
    ]  # fmt: skip
    with psycopg.connect(older) as owner:
        before = [owner.execute(query, right).fetchone() for right in rights]
    migrate(older)
    with psycopg.connect(older) as owner:
        assert [owner.execute(query, right).fetchone() for right in rights] == before
        right = "select has_column_privilege('producer', 'landed_transactions', 'amount', 'insert')"
        assert owner.execute(right).fetchone() == (True,)
