"""What validation found about a live batch is kept, whole or held."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from jikimi.exceptions import StoredMeanwhile
from jikimi.store import batches, quarantine, validation
from jikimi.store.connection import open_store
from jikimi.store.landing import land
from ml.expectations import validate
from ml.schema import COLUMN_NAMES

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def row(transaction_id, **columns):
    return (
        dict.fromkeys(COLUMN_NAMES)
        | {"transaction_id": transaction_id, "occurred_at": "2026-05-01T10:00:00+09:00", "customer_id": "c1"}
        | {"merchant_id": "m1", "amount": "1000", "currency": "KRW"}
        | columns
    )


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


@pytest.fixture
def keep(store):
    """Land rows, claim them, and keep what `judge` says."""

    def land_and_keep(*rows, judge=None):
        land(store, pd.DataFrame(rows, dtype="str"))
        with store.transaction():
            landed = batches.claim_landed(store, 100)
            known = validation.stored_rows(store, landed["transaction_id"])
            judged = (judge or validate)(landed, NOW, known=known)
            batch_id = batches.open_batch(store, "run", landed, NOW)
            return batch_id, validation.keep_validation(store, batch_id, landed, judged)

    return land_and_keep


def batch(store, batch_id):
    return store.execute("select * from batches where batch_id = %s", [batch_id]).fetchone()


def test_every_row_of_a_batch_has_an_outcome(store, keep):
    batch_id, outcome = keep(row("a"), row("b", amount="0"), row("a"), row(None))
    assert (outcome.landed, outcome.valid, outcome.quarantined, outcome.repeated) == (4, 1, 2, 1)
    kept = batch(store, batch_id)
    assert (kept["state"], kept["valid_count"], kept["quarantined_count"], kept["repeated_count"]) == (
        "validated",
        1,
        2,
        1,
    )
    assert store.execute("select count(*) from landed_transactions where batch_id is null").fetchone()["count"] == 0
    stored = store.execute("select occurred_at, landed_at from transactions").fetchone()
    assert stored["occurred_at"] == datetime(2026, 5, 1, 1, tzinfo=UTC)


def test_what_is_stored_is_known_to_the_next_batch(store, keep):
    keep(row("a"), row("b"))
    _, outcome = keep(row("a"), row("b", amount="7"))
    assert (outcome.valid, outcome.quarantined, outcome.repeated) == (0, 1, 1)
    known = validation.stored_rows(store, ["a", None, "zzz", float("nan")])
    assert known["transaction_id"].tolist() == ["a"]
    assert known["occurred_at"].dtype == "datetime64[us, UTC]"


def test_an_id_stored_meanwhile_is_an_error_that_says_so(store, keep):
    keep(row("a"))
    blind = lambda landed, now, known: validate(landed, now)  # noqa: E731
    with pytest.raises(StoredMeanwhile):
        keep(row("a"), judge=blind)


def hold(landed, now, known):
    held = validate(landed.drop(columns="amount"), now)
    assert held.is_held
    return held


def test_a_held_batch_keeps_its_rows_until_it_is_released(store, keep):
    batch_id, outcome = keep(row("a"), row("b"), judge=hold)
    assert outcome.is_held
    assert batch(store, batch_id)["state"] == "held"
    assert [held["batch_id"] for held in quarantine.list_held(store)] == [batch_id]
    assert not store.execute("select 1 from landed_transactions where batch_id is null").fetchone()
    assert quarantine.release_batch(store, batch_id, NOW) == 2
    assert quarantine.list_held(store) == []
    assert len(batches.claim_landed(store, 10)) == 2
    assert "released 2026-06-01 00:00:00 UTC" in batch(store, batch_id)["held_reason"]
