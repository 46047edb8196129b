"""While rows keep coming, each run calls the next one: as many announcements as runs, however many rows there are."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from airflow.sdk import Asset, AssetAlias

from jikimi.operators.batch import ValidateBatchOperator

LANDED, LEFT = Asset("transactions_landed"), AssetAlias("rows_left")


class Outlet:
    """Takes down what a task announces through its outlet."""

    def __init__(self):
        self.announced = []

    def add(self, asset):
        self.announced.append(asset.name)


@pytest.fixture
def naps(monkeypatch):
    """How long the operator would have waited each time; nobody waits."""
    found = []
    monkeypatch.setattr("jikimi.operators.batch.time.sleep", found.append)
    return found


@pytest.fixture
def run(store, naps):
    """Run `validate_batch` once and return what it announced."""

    def validate(**options):
        outlet = Outlet()
        task = ValidateBatchOperator(task_id="validate_batch", announces=LANDED, outlets=[LEFT], **options)
        task.execute({"run_id": "test", "outlet_events": {LEFT: outlet}})
        return outlet.announced

    return validate


def test_a_run_that_leaves_rows_calls_the_next_once_however_many_they_are(run, land):
    land(*({} for _ in range(60)))
    assert run(claim_rows=10) == ["transactions_landed"]


def test_the_last_run_of_a_stream_calls_nobody(run, land):
    land(*({} for _ in range(60)))
    calls = [run(claim_rows=30) for _ in range(2)]
    assert calls == [["transactions_landed"], []]


def test_the_first_claim_waits_for_nothing(run, land, naps):
    land({})
    run()
    assert sum(naps) == 0


@pytest.mark.parametrize(
    ("ago", "least", "most"),
    [
        pytest.param(0.0, 1.0, 2.0, id="a moment ago: nearly the whole pace"),
        pytest.param(5.0, 0.0, 0.0, id="long ago: nothing"),
        pytest.param(-60.0, 2.0, 2.0, id="a clock that runs ahead: never more than the pace"),
    ],
)
def test_a_claim_keeps_its_distance_from_the_last_one(run, role_url, naps, monkeypatch, ago, least, most):
    monkeypatch.setenv("JIKIMI_PACE_SECONDS", "2")
    with psycopg.connect(role_url("postgres")) as owner:
        owner.execute(
            "insert into batches (source, state, landed_count, valid_count, first_occurred_at, last_occurred_at,"
            " claimed_at) values ('live', 'validated', 1, 1, now(), now(), %s)",
            [datetime.now(UTC) - timedelta(seconds=ago)],
        )
    run()
    assert least <= sum(naps) <= most


@pytest.mark.parametrize(
    ("rows", "ago", "seconds"),
    [
        pytest.param(100, 0.6, 0.15, id="a quarter of many: a quarter more"),
        pytest.param(400, 0.6, 0.6, id="many: twice the pace"),
        pytest.param(900, 0.6, 0.6, id="more than many: no more than twice"),
        pytest.param(900, 5.0, 0.0, id="long ago: nothing"),
    ],
)
def test_the_more_rows_wait_the_longer_is_the_pace(run, land, naps, monkeypatch, rows, ago, seconds):
    monkeypatch.setattr("jikimi.operators.batch.seconds_since_claim", lambda _: ago)
    land(*({} for _ in range(rows)))
    run()
    assert sum(naps) == pytest.approx(seconds)
