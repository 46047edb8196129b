"""A refused row can be found, read, corrected and released, once."""

from datetime import UTC, datetime

import pandas as pd
import psycopg
import pytest

from jikimi.exceptions import JikimiError
from jikimi.store import batches, quarantine, validation
from jikimi.store.connection import open_store
from jikimi.store.landing import land
from ml.expectations import validate
from ml.schema import COLUMN_NAMES
from tests.integration.counted_rows import assert_counts_agree

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


@pytest.fixture
def refused(store):
    """One refused row, its amount negative; returns its quarantine_id."""
    row = dict.fromkeys(COLUMN_NAMES) | {"transaction_id": "a", "occurred_at": "2026-05-01T10:00:00Z", "amount": "-5"}
    row |= {"customer_id": "c1", "merchant_id": "m1", "currency": "KRW", "card_number": "1234567890123456"}
    land(store, pd.DataFrame([row], dtype="str"))
    judge_waiting(store)
    return quarantine.list_quarantined(store, 10)[0]["quarantine_id"]


def judge_waiting(store):
    with store.transaction():
        landed = batches.claim_landed(store, 100)
        batch_id = batches.open_batch(store, "run", landed, NOW)
        return validation.keep_validation(store, batch_id, landed, validate(landed, NOW))


def test_a_released_row_is_scored_when_it_is_valid(store, refused):
    landed_id = quarantine.release(store, refused, {"amount": "5"})
    outcome = judge_waiting(store)
    assert (outcome.valid, outcome.quarantined) == (1, 0)
    assert_counts_agree(store)
    stored = store.execute("select landed_id, amount, card_masked from transactions").fetchone()
    assert (stored["landed_id"], float(stored["amount"])) == (landed_id, 5)
    assert stored["card_masked"] == "1234-56**-****-3456"
    assert quarantine.list_quarantined(store, 10) == []
    assert quarantine.list_quarantined(store, 10, with_released=True)[0]["released_at"] is not None
    assert quarantine.show_quarantined(store, refused)["released_landed_id"] == landed_id


def test_a_released_row_that_is_still_broken_is_refused_again(store, refused):
    quarantine.release(store, refused, {"merchant_id": None})
    assert judge_waiting(store).quarantined == 1
    reasons = quarantine.list_quarantined(store, 10)[0]["reasons"]
    assert len(reasons) == 2


def test_a_row_that_is_no_longer_kept_as_it_landed_can_be_seen_but_not_released(store, refused, role_url):
    with psycopg.connect(role_url("postgres"), autocommit=True) as owner:
        owner.execute("delete from landed_transactions")
    with pytest.raises(JikimiError, match="no longer kept as it landed"):
        quarantine.release(store, refused, {"amount": "5"})
    assert quarantine.show_quarantined(store, refused)["landed_row"]["amount"] == "-5"


def test_a_row_is_released_once(store, refused):
    quarantine.release(store, refused, {})
    with pytest.raises(JikimiError, match="released before, as landed row"):
        quarantine.release(store, refused, {})
    assert store.execute("select count(*) from landed_transactions").fetchone()["count"] == 2


def test_a_wrong_column_or_number_releases_nothing(store, refused):
    with pytest.raises(JikimiError, match="There is no column price"):
        quarantine.release(store, refused, {"price": "5"})
    with pytest.raises(JikimiError, match="no quarantined row 999"):
        quarantine.release(store, 999, {})
    with pytest.raises(JikimiError, match="no quarantined row 999"):
        quarantine.show_quarantined(store, 999)
    with pytest.raises(JikimiError, match="batch 999 is not held"):
        quarantine.release_batch(store, 999, NOW)
    assert len(quarantine.list_quarantined(store, 10)) == 1


def test_rows_are_found_by_reason(store, refused):
    assert quarantine.list_quarantined(store, 10, "amount")[0]["quarantine_id"] == refused
    assert quarantine.list_quarantined(store, 10, "latitude") == []
