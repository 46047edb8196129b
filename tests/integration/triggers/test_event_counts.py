"""A storm of rows is no storm of events: there is one for each run that claims, however many rows land."""

import asyncio

import psycopg
import pytest

from jikimi.triggers.landed import LandedTransactionsTrigger

RUNS, ROWS_FOR_EACH = 4, 50


@pytest.fixture
def land(role_url):
    def land_rows():
        with psycopg.connect(role_url("producer"), autocommit=True) as producer:
            for _ in range(ROWS_FOR_EACH):
                producer.execute("insert into landed_transactions (transaction_id) values ('t')")

    return land_rows


@pytest.fixture
def claim_all(role_url):
    def claim():
        with psycopg.connect(role_url("postgres")) as owner:
            owner.execute(
                "with batch as (insert into batches (source, state, landed_count, repeated_count, claimed_at)"
                " values ('live', 'scored', 1, 1, now()) returning batch_id)"
                " update landed_transactions set batch_id = (select batch_id from batch) where batch_id is null"
            )

    return claim


def test_events_follow_runs_and_not_rows(database, monkeypatch, land, claim_all):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    events = []

    async def claim_and_land_for_each_event():
        announced = LandedTransactionsTrigger(poll_seconds=0.02).run()
        for _ in range(RUNS):
            if events:
                claim_all()
                land()
            event = await asyncio.wait_for(anext(announced), 30)
            events.append(event.payload["first_landed_id"])
        # It looks fifty times more, and has nothing to say.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(announced), 1)

    land()
    asyncio.run(claim_and_land_for_each_event())
    assert events == [1 + run * ROWS_FOR_EACH for run in range(RUNS)]
