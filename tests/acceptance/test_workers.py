"""The same stack with its tasks in Celery's workers: `make up EXECUTOR=celery` goes on with the same data.

Runs after `test_stack.py` (files run by name), whose panel votes here too; alone it trains one first.
"""

import json
import shutil
from datetime import UTC, datetime

import pytest

from infra.local.workers import WORKERS
from tests.acceptance.accounting import (
    alert_on,
    assert_no_message_twice,
    assert_nothing_lost,
    customers_messages,
    scored_since,
    waits_for,
)
from tests.acceptance.log_scan import findings, secrets_of

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server on the PATH: .ci/run installs one"),
]
HISTORY = """
    select min(occurred_at) as first, max(occurred_at) + interval '1 second' as last, count(*) as number
    from transactions join batches using (batch_id) where source = 'history'
"""
# The past that is wanted, row by row: a live row may have occurred then too.
UNSCORED = """
    select count(*) as number from transactions t
    left join backfill_scores b on b.transaction_id = t.transaction_id and b.occurred_at = t.occurred_at
    where t.occurred_at >= %s and t.occurred_at < %s and b.transaction_id is null
"""
ALERTED = """
    select 1 from alerts a join transactions t using (transaction_id) join batches b using (batch_id)
    where b.source = 'history' limit 1
"""
RUNNING = "select 1 from batches where source = 'live' and state = 'validated'"


@pytest.fixture(scope="module")
def celery_stack(stack):
    """The stack on Celery; goes back to what it was."""
    stack.make("down")
    stack.environment["EXECUTOR"] = "celery"
    done = stack.make("up")
    assert done.returncode == 0, done.stdout
    yield stack
    stack.make("down")
    del stack.environment["EXECUTOR"]


def test_rows_are_scored_and_a_message_is_delivered(celery_stack, wait_until):
    since = datetime.now(UTC)
    wait_until(lambda: scored_since(celery_stack, since), "rows are scored by a worker")
    wait_until(lambda: waits_for(celery_stack, "discord"), "a customer of Discord was scored")
    alert, _ = alert_on(celery_stack, "discord", 11)
    wait_until(
        lambda: any(alert["reference"] in message["text"] for message in customers_messages(celery_stack)),
        "the message is in the inbox",
        90,
    )


def test_redis_and_workers_listen_to_nobody_but_this_machine(celery_stack):
    listening = celery_stack.listening()
    assert celery_stack.settings.ports["redis"] in {port for _, port in listening}
    assert {address for address, _ in listening} == {"127.0.0.1"}


def test_worker_killed_under_load_comes_back_and_nothing_is_lost(celery_stack, wait_until):
    wait_until(lambda: celery_stack.ask(RUNNING), "a batch waits to be scored")
    for worker in WORKERS:
        celery_stack.kill(worker)
    since = datetime.now(UTC)
    wait_until(lambda: scored_since(celery_stack, since), "rows are scored again after both workers were killed", 120)
    celery_stack.stop("replay")
    wait_until(
        lambda: celery_stack.status()["figures"]["backlog_age_seconds"] is None, "the backlog is worked off", 120
    )
    assert_nothing_lost(celery_stack)
    assert_no_message_twice(celery_stack)


def test_worker_killed_in_the_middle_of_a_backfill_loses_and_doubles_nothing(celery_stack, wait_until):
    past = celery_stack.ask(HISTORY)[0]
    words = ("--from", past["first"].isoformat(), "--to", past["last"].isoformat(), "--at-once", "1", "--json")
    begun = celery_stack.jikimi("backfill", *words)
    assert begun.returncode == 0, begun.stdout
    wait_until(lambda: celery_stack.ask("select 1 from backfill_scores limit 1"), "the first part is written")
    celery_stack.kill(WORKERS[0])
    wait_until(
        lambda: not any(each["state"] == "running" for each in backfills(celery_stack)), "the backfill is over", 180
    )
    # The key of `backfill_scores` holds that none is there twice.
    assert celery_stack.ask(UNSCORED, past["first"], past["last"])[0]["number"] == 0
    assert celery_stack.ask(ALERTED) == []


def backfills(stack):
    return json.loads(stack.jikimi("backfill", "list", "--json").stdout)


def test_no_log_holds_a_password_of_redis_or_anything_else(celery_stack):
    folders = [celery_stack.home / "logs", celery_stack.home / "airflow/logs"]
    assert findings(folders, secrets_of(celery_stack)) == []
