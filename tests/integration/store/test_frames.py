"""Rows of text out of PostgreSQL as they are."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from jikimi.store.batches import claim_landed, use_batch_settings
from jikimi.store.connection import open_store
from jikimi.store.landing import land
from ml.schema import COLUMN_NAMES

TEXTS = ["plain", "", " ", None, "NULL", "null", "\\N", "\\.", 'a "quoted" word', '"', "one, two", "1.50", "007"]
TEXTS += ["two\nlines", "carriage\r\nreturn", "\x1f", "한글 🙂", "x" * 2_000_000]


@pytest.mark.parametrize(
    ("zone", "style"), [("UTC", "ISO, MDY"), ("Asia/Kolkata", "SQL, DMY"), ("America/St_Johns", "German")]
)
def test_landed_rows_come_as_they_are(database, zone, style):
    rows = pd.DataFrame([dict.fromkeys(COLUMN_NAMES) | {"merchant_name": text} for text in TEXTS], dtype="str")
    with open_store(database) as store:
        land(store, rows)
        store.execute("select set_config('timezone', %s, false), set_config('datestyle', %s, false)", [zone, style])
        before = datetime.now(UTC)
        with store.transaction():
            use_batch_settings(store)
            landed = claim_landed(store, 100)
        store.execute("set datestyle = 'ISO'")
        kept = store.execute(
            "select landed_id, landed_at, merchant_name from landed_transactions order by 1"
        ).fetchall()
    assert [None if pd.isna(text) else text for text in landed["merchant_name"]] == TEXTS
    assert [(row["landed_id"], row["landed_at"], row["merchant_name"]) for row in kept] == list(
        zip(landed.index, landed["landed_at"], TEXTS, strict=True)
    )
    assert landed["landed_at"].max() <= before
    assert landed["transaction_id"].isna().all()


def test_nothing_waiting_is_a_frame_without_rows(database):
    with open_store(database) as store:
        landed = claim_landed(store, 100)
    assert landed.empty
    assert {"transaction_id", "landed_at"} <= set(landed)
