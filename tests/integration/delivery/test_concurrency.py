"""Several senders and a person at the same alerts, in the orders in which they could do each other harm."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from jikimi.channels.base import Limits
from jikimi.delivery.drain import Drain, Options
from jikimi.exceptions import Rejected
from jikimi.outbox import End, Fate, NewCall, Quota
from jikimi.store.alert_decisions import By, cancel
from jikimi.store.alerts import StoredOutbox, open_outbox
from jikimi.store.connection import open_store
from tests.fakes import ScriptedChannel
from tests.integration.delivery.conftest import StoredWorld

NO_COOL_DOWN = timedelta()
NO_PATIENCE = timedelta(seconds=-1)
# A clock that answers only when the test lets it: the statement that asks has its snapshot by then.
_SLOW_CLOCK = """
    drop schema if exists slow cascade;
    create schema slow;
    create function slow.clock_timestamp() returns timestamptz volatile language plpgsql as $$
    begin
        perform pg_catalog.pg_advisory_lock(4), pg_catalog.pg_advisory_unlock(4);
        return pg_catalog.clock_timestamp();
    end $$;
    create function slow.statement_timestamp() returns timestamptz volatile language sql as
        'select slow.clock_timestamp()';
    grant usage on schema slow to jikimi;
"""
_WAITING = "select count(*) from pg_stat_activity where application_name = 'late' and wait_event_type = 'Lock'"


@pytest.fixture
def world(store):
    """The outbox with what a test does and asks, and a customer with two channels."""
    made = StoredWorld(store)
    made.customer("c1", ("alimtalk", True), ("email", True))
    return made


@pytest.fixture
def sender(database):
    """Open further outboxes, each on a connection of its own."""
    with ExitStack() as stores:

        def opened(name="jikimi"):
            store = stores.enter_context(open_store())
            store.execute("select set_config('application_name', %s, false)", [name])
            return StoredOutbox(store)

        yield opened


@pytest.fixture
def owner(role_url):
    with psycopg.connect(role_url("postgres"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def late(sender, owner):
    """An outbox whose next statement has its snapshot and then waits, and the way to let it go on."""
    outbox = sender("late")
    owner.execute(_SLOW_CLOCK)
    outbox._connection.execute("set search_path = slow, pg_catalog, public")
    yield outbox
    owner.execute("drop schema slow cascade")


@contextmanager
def held_up(owner, work: Callable[[], object]):
    """Start something in a thread, and give its future once its statement waits; it goes on afterwards."""
    owner.execute("select pg_advisory_lock(4)")
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        try:
            wait_until_blocked(owner)
            yield future
        finally:
            owner.execute("select pg_advisory_unlock(4)")


def wait_until_blocked(owner, seconds=10):
    deadline = time.monotonic() + seconds
    while not owner.execute(_WAITING).fetchone()[0]:
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.01)


def call(channel="kakao_friends", repeatable_seconds=0):
    return NewCall(uuid4(), channel, f"{channel}_default", repeatable_seconds)


def test_a_request_that_is_written_down_while_somebody_recovers_is_seen(world, sender, late, owner):
    alert_id = world.alert()
    (claimed,) = world.claim(1, NO_COOL_DOWN).alerts
    new, slow = call(), sender()
    with held_up(owner, lambda: late.recover(NO_PATIENCE)) as recovery:
        attempt = slow.begin(new, [(claimed, ())]).attempts[alert_id]
    assert recovery.result().states == {alert_id: "unknown"}, "the request may have left"
    slow.finish(new, [End(claimed, attempt, "delivered", Fate("delivered"), "0")])
    assert world.state(alert_id).state == "delivered"


def test_a_count_called_used_up_in_the_first_minute_of_a_day_is_that_of_the_day_before(world):
    alert_id = world.alert()
    (claimed,) = world.claim(1, NO_COOL_DOWN).alerts
    new, quota = call(), Quota("sender", 100)
    attempt = world.begin(new, [(claimed, (quota,))]).attempts[alert_id]
    world._connection.execute(
        "update alert_attempts set started_at = timestamp '2026-03-02 00:00:30' at time zone 'Asia/Seoul'"
    )
    fate = Fate("deferred", "full", timedelta(minutes=1), "quota")
    world.finish(new, [End(claimed, attempt, "unavailable", fate, used_up=quota)])
    full = world._connection.execute("select day from channel_quotas where used = most").fetchall()
    assert [str(row["day"]) for row in full] == ["2026-03-01"]


def test_customers_nobody_knows_share_one_lock_or_many_claims_would_fill_the_servers_table_of_locks(world, sender):
    for number in range(3):
        world.customer(f"known-{number}", ("email", True))
        world.alert(f"known-{number}")
        world.alert(f"unknown-{number}")
    outbox = sender()
    with outbox._connection.transaction():
        assert len(outbox.claim(10, NO_COOL_DOWN).alerts) == 6
        locks = outbox._connection.execute(
            "select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
        )
        assert locks.rowcount == 1


def test_a_customer_who_becomes_known_between_two_claims_has_one_message_under_way(world, sender, owner):
    first, second = world.alert("new"), world.alert("new")
    early, late = sender(), sender("late")
    with ThreadPoolExecutor(1) as pool:
        with early._connection.transaction():
            assert [alert.alert_id for alert in early.claim(1, NO_COOL_DOWN).alerts] == [first]
            world.customer("new", ("email", True))
            claim = pool.submit(late.claim, 10, NO_COOL_DOWN)
            wait_until_blocked(owner)
        assert claim.result().alerts == []
    assert (world.state(first).state, world.state(second).state) == ("sending", "pending")


class Picky(ScriptedChannel):
    """Alimtalk refuses every fifth alert for good, so that many are claimed again at once."""

    def _answer(self, message, call_id):
        is_refused = self.name == "alimtalk" and message.alert_id % 5 == 0
        return Rejected("no") if is_refused else super()._answer(message, call_id)


def drain(taken, cool_down):
    channels = {
        "alimtalk": Picky("alimtalk", Limits(messages_a_call=3, calls_at_once=2), taken=taken),
        "email": Picky("email", Limits(calls_at_once=3), taken=taken),
    }
    return Drain(open_outbox, channels.__getitem__, lambda *_: "a letter", Options(7, cool_down=cool_down)).run()


@pytest.mark.parametrize("cool_down", [NO_COOL_DOWN, timedelta(minutes=10)], ids=["one by one", "folded"])
def test_several_drains_at_once_leave_nothing_and_send_nothing_twice(world, cool_down):
    for number in range(30):
        world.customer(f"k{number}", *[(("alimtalk", True), ("email", True)), (("email", True),)][number % 2])
    ids = [world.alert(f"k{number % 30}") for number in range(100)]
    taken = []
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(drain, taken, cool_down) for _ in range(4)]:
            done.result()
    arrived = Counter(alert_id for alert_id, _ in taken)
    rows = {alert_id: world.state(alert_id) for alert_id in ids}
    assert set(arrived.values()) == {1}
    assert set(arrived) == {alert_id for alert_id, row in rows.items() if row.state == "delivered"}
    if cool_down:
        assert {row.customer_id for row in rows.values() if row.state == "delivered"} == {f"k{n}" for n in range(30)}
        assert {row.state for row in rows.values()} <= {"delivered", "suppressed", "deferred"}
    else:
        assert set(arrived) == set(ids)


def test_a_person_who_cancels_while_drains_are_at_work_wins_or_loses_each_alert_whole(world):
    for number in range(20):
        world.customer(f"k{number}", ("email", True))
    ids = [world.alert(f"k{number % 20}") for number in range(80)]
    taken, cancelled = [], []

    def cancel_all():
        with open_store() as store:
            for start in range(0, len(ids), 8):
                cancelled.extend(cancel(store, ids[start : start + 8][::-1], By("kim", "a trial")).changed)

    with ThreadPoolExecutor(3) as pool:
        for done in [*(pool.submit(drain, taken, timedelta(seconds=1)) for _ in range(2)), pool.submit(cancel_all)]:
            done.result()
    world.pass_time(2)
    drain(taken, NO_COOL_DOWN)
    arrived = Counter(alert_id for alert_id, _ in taken)
    states = {alert_id: world.state(alert_id).state for alert_id in ids}
    assert set(arrived.values()) <= {1}
    assert {alert_id for alert_id, state in states.items() if state == "cancelled"} == set(cancelled)
    assert {alert_id for alert_id, state in states.items() if state == "delivered"} == set(arrived)
    assert set(states.values()) <= {"delivered", "cancelled", "suppressed"}
