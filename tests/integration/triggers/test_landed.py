"""The trigger announces rows once a run, and again where a run was lost."""

import asyncio

import psycopg
import pytest

from jikimi.triggers.landed import LandedTransactionsTrigger


@pytest.fixture
def land(role_url):
    def land_row():
        with psycopg.connect(role_url("producer")) as producer:
            producer.execute("insert into landed_transactions (transaction_id) values ('t')")

    return land_row


@pytest.fixture(autouse=True)
def use_database(database, monkeypatch):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)


def events(trigger, seconds, meanwhile=None):
    """Collect what the trigger says within some seconds; `meanwhile` happens after the first event."""

    async def bounded(found):
        async for event in trigger.run():
            found.append(event.payload)
            if meanwhile and len(found) == 1:
                meanwhile()

    found = []
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(bounded(found), seconds))
    return found


def test_no_rows_no_event():
    assert events(LandedTransactionsTrigger(poll_seconds=0.02), 0.4) == []


def test_many_rows_are_one_event(land):
    for _ in range(5):
        land()
    assert events(LandedTransactionsTrigger(poll_seconds=0.02), 0.4) == [{"first_landed_id": 1, "last_landed_id": 5}]


def test_rows_that_land_before_the_claim_are_announced_after_it(land, role_url):
    def claim_first_and_land_another():
        land()
        with psycopg.connect(role_url("postgres")) as owner:
            owner.execute(
                "insert into batches (source, state, landed_count, valid_count, claimed_at, first_occurred_at,"
                " last_occurred_at) values ('live', 'validated', 1, 1, now(), now(), now())"
            )
            owner.execute("update landed_transactions set batch_id = 1 where landed_id = 1")

    land()
    found = events(LandedTransactionsTrigger(poll_seconds=0.02), 0.6, claim_first_and_land_another)
    assert [event["first_landed_id"] for event in found] == [1, 2]


def test_unclaimed_rows_are_announced_again_after_a_time(land):
    land()
    found = events(LandedTransactionsTrigger(poll_seconds=0.02, patience_seconds=0.2), 0.7)
    assert len(found) in (2, 3, 4)


def test_a_triggerer_can_make_the_trigger_again():
    path, arguments = LandedTransactionsTrigger(poll_seconds=0.5, patience_seconds=3).serialize()
    assert path == f"{LandedTransactionsTrigger.__module__}.{LandedTransactionsTrigger.__name__}"
    again = LandedTransactionsTrigger(**arguments)
    assert (again.poll_seconds, again.patience_seconds) == (0.5, 3)


def test_a_backlog_is_announced_again_as_soon_as_a_part_of_it_is_claimed(land, role_url):
    def claim_the_first():
        with psycopg.connect(role_url("postgres")) as owner:
            owner.execute(
                "insert into batches (source, state, landed_count, valid_count, claimed_at, first_occurred_at,"
                " last_occurred_at) values ('live', 'validated', 1, 1, now(), now(), now())"
            )
            owner.execute("update landed_transactions set batch_id = 1 where landed_id = 1")

    for _ in range(3):
        land()
    found = events(LandedTransactionsTrigger(poll_seconds=0.02), 0.6, claim_the_first)
    assert [event["first_landed_id"] for event in found] == [1, 2]


@pytest.mark.parametrize(
    ("has_champion", "expected"), [pytest.param(True, True, id="champion"), pytest.param(False, False, id="none")]
)
def test_batches_that_a_failed_run_left_are_announced_where_a_champion_could_score_them(
    role_url, has_champion, expected
):
    with psycopg.connect(role_url("postgres")) as owner:
        owner.execute(
            "insert into batches (source, state, landed_count, valid_count, claimed_at, first_occurred_at,"
            " last_occurred_at) values ('live', 'validated', 1, 1, now(), now(), now())"
        )
        if has_champion:
            owner.execute(
                "insert into panels (state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from,"
                " judged_until, promoted_at) values ('champion', 1, 'run', now(), now(), now(), now(), now())"
            )
    found = events(LandedTransactionsTrigger(poll_seconds=0.02, patience_seconds=0.2), 0.6)
    assert bool(found) is expected


@pytest.mark.parametrize(
    ("validated_ago", "is_announced"),
    [
        pytest.param(0, False, id="a moment ago: its run has called the next"),
        pytest.param(8, True, id="long ago: that run was lost"),
    ],
)
def test_rows_that_a_run_found_waiting_are_left_to_it(land, role_url, validated_ago, is_announced):
    land()
    with psycopg.connect(role_url("postgres")) as owner:
        owner.execute(
            "insert into batches (source, state, landed_count, valid_count, first_occurred_at, last_occurred_at,"
            " claimed_at, validated_at)"
            " select 'live', 'validated', 1, 1, at, at, at, at + interval '1 second'"
            " from (select clock_timestamp() - %s * interval '1 second' as at) instant",
            [validated_ago],
        )
        owner.execute("update landed_transactions set landed_at = clock_timestamp() - interval '9 seconds'")
    assert bool(events(LandedTransactionsTrigger(poll_seconds=0.02), 0.4)) is is_announced


def test_rows_that_landed_after_the_last_validation_are_announced_at_once(land, role_url):
    with psycopg.connect(role_url("postgres")) as owner:
        owner.execute(
            "insert into batches (source, state, landed_count, valid_count, first_occurred_at, last_occurred_at,"
            " claimed_at, validated_at) values ('live', 'validated', 1, 1, now(), now(), now(), now())"
        )
    land()
    assert len(events(LandedTransactionsTrigger(poll_seconds=0.02), 0.4)) == 1
