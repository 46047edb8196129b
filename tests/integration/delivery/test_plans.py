"""What a claim reads depends on what it claims, not on how long a customer's history is or how many alerts wait."""

from datetime import timedelta

import psycopg
import pytest

from jikimi.store.connection import query
from tests.integration.delivery.conftest import StoredWorld

MANY = 20_000
# Pages for one alert: a few levels of a few indexes.
FEW = 80
_TRANSACTIONS = """
    insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id,
        amount, currency)
    select %(state)s || n, (select min(batch_id) from batches), 10000 + n, now(), now(),
        coalesce(%(customer)s, 'c' || n), 'm1', 500, 'KRW'
    from generate_series(1, %(many)s) n
"""
_ALERTS = """
    insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference, state, due_at, accepted_at)
    select transaction_id, occurred_at, (select min(panel_id) from panels), customer_id, to_hex(landed_id), %(state)s,
        now() + %(due_in)s, case when %(state)s in ('accepted', 'delivered') then now() - interval '1 day' end
    from transactions where landed_id > 10000
"""


@pytest.fixture
def world(store):
    made = StoredWorld(store)
    made.customer("c1", ("email", True))
    return made


@pytest.fixture
def fill(world, role_url):
    """Store many alerts, and have the server count what is there; only the owner may."""

    def fill_with(state, customer=None, due_in=timedelta()):
        assert world._batch
        values = {"state": state, "customer": customer, "due_in": due_in, "many": MANY}
        with psycopg.connect(role_url("postgres"), autocommit=True) as owner:
            world._connection.execute(_TRANSACTIONS, values)
            # Each alert looks its transaction up: in a table that is taken for an empty one it reads all of it.
            owner.execute("analyze transactions")
            world._connection.execute(_ALERTS, values)
            owner.execute("analyze alerts")

    return fill_with


def pages(world, statement, **values):
    """Return how many pages a statement reads."""
    explained = b"explain (analyze, buffers, format json) " + query(statement)
    (row,) = world._connection.execute(explained, values).fetchall()
    plan = row["QUERY PLAN"][0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def test_a_long_history_of_the_customer_costs_nothing(world, fill):
    ours = {"alert_ids": [world.alert("c1")]}
    fill("delivered", "c1")
    assert pages(world, "defer_cooling", **ours, cool_down=60) < FEW
    assert pages(world, "lock_others", **ours, limit=1000) < FEW
    assert pages(world, "claim_alerts", **ours) < FEW
    assert pages(world, "claimed_alerts", **ours) < FEW


def test_alerts_that_are_not_due_yet_cost_nothing(world, fill):
    world.alert("c1")
    fill("deferred", due_in=timedelta(hours=1))
    assert pages(world, "lock_due_alerts", limit=1000) < FEW


def test_alerts_whose_report_may_still_come_cost_nothing(world, fill):
    fill("accepted")
    assert pages(world, "expire_accepted", hours=48) < FEW


def test_due_alerts_are_neither_sorted_nor_held_against_all_that_are_being_sent(world, fill):
    fill("pending")
    world._connection.execute("update alerts set state = 'sending', claimed_at = now() where alert_id % 2 = 0")
    rows = world._connection.execute(b"explain (costs off) " + query("lock_due_alerts"), {"limit": 10}).fetchall()
    assert not [row["QUERY PLAN"] for row in rows if "Sort" in row["QUERY PLAN"] or "Join" in row["QUERY PLAN"]]
