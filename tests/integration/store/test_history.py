"""History is written whole or not at all, beside whatever else is stored."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import psycopg
import pytest

from jikimi.exceptions import BadFile, JikimiError
from jikimi.store import history
from jikimi.store.connection import open_store
from jikimi.store.landing import land
from jikimi.store.positions import move_position, open_position
from ml.expectations import validate
from ml.schema import COLUMN_NAMES
from tests.integration.counted_rows import assert_counts_agree

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def landed(*ids, **columns):
    row = dict.fromkeys(COLUMN_NAMES) | {
        "occurred_at": "2026-05-01 10:00:00",
        "customer_id": "c1",
        "merchant_id": "m1",
        "amount": "12.50",
        "currency": "KRW",
        "card_number": "1234567890123456",
    }
    return pd.DataFrame([row | {"transaction_id": i} | columns for i in ids], dtype="str")


def rows(frame):
    known_at = pd.Timestamp("2026-05-08T10:00Z")
    labels = frame[["transaction_id"]].assign(is_fraud=False, known_at=known_at).dropna()
    customers = pd.DataFrame({"customer_id": frame["customer_id"].dropna().unique(), "name": "Kim"})
    return history.HistoryRows(frame, labels, customers)


def judge(frame, known):
    return validate(frame, NOW, known=known)


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


@pytest.fixture
def load(store):
    """Load frames one after another as chunks of one file and return the outcomes."""

    def load_all(*frames, name="f1"):
        outcomes = []
        position = open_position(store, name, "load", "rows.csv")
        for frame in frames:
            judged = history.judge_chunk(store, rows(frame), judge)
            outcome, position = history.load_chunk(store, judged, judge, position)
            outcomes.append((outcome.valid, outcome.quarantined, outcome.repeated))
        return outcomes

    return load_all


def count(store, table):
    return store.execute(f"select count(*) from {table}").fetchone()["count"]


def test_a_chunk_becomes_rows_everywhere(store, load):
    assert load(landed("a", "b")) == [(2, 0, 0)]
    assert {t: count(store, t) for t in ("landed_transactions", "transactions", "labels", "customers")} == {
        "landed_transactions": 2,
        "transactions": 2,
        "labels": 2,
        "customers": 1,
    }
    stored = store.execute(
        "select * from transactions join batches using (batch_id) where transaction_id = 'a'"
    ).fetchone()
    assert (stored["source"], stored["state"], stored["landed_count"]) == ("history", "loaded", 2)
    assert stored["card_masked"] == "1234-56**-****-3456"
    assert str(stored["amount"]) == "12.500"
    assert stored["merchant_name"] is None
    same = store.execute(
        "select count(*) from transactions t join landed_transactions l using (landed_id, landed_at, batch_id)"
    )
    assert same.fetchone()["count"] == 2
    assert store.execute("select rows_done from file_positions").fetchone()["rows_done"] == 2


def test_history_never_waits_for_a_live_batch(store, load):
    load(landed("a"))
    land(store, landed("live"))
    waiting = store.execute("select transaction_id from landed_transactions where batch_id is null").fetchall()
    assert [row["transaction_id"] for row in waiting] == ["live"]


def test_a_refused_row_is_quarantined_with_its_reasons_and_without_its_card(store, load):
    assert load(pd.concat([landed("a"), landed("b", amount="-1"), landed("c")], ignore_index=True)) == [(2, 1, 0)]
    refused = store.execute("select * from quarantined_transactions").fetchone()
    assert refused["reasons"] == ["amount_is_positive"]
    assert refused["landed_row"]["amount"] == "-1"
    assert refused["landed_row"]["card_number"] == "1234-56**-****-3456"
    assert refused["landed_row"]["category"] is None
    labelled = store.execute("select transaction_id from labels order by 1").fetchall()
    assert [row["transaction_id"] for row in labelled] == ["a", "c"]


def test_a_megabyte_is_refused_and_kept_once(store, load):
    assert load(landed("a", merchant_name="x" * 1_000_000)) == [(0, 1, 0)]
    shown = store.execute("select landed_row from quarantined_transactions").fetchone()["landed_row"]["merchant_name"]
    assert shown.endswith("(1,000,000 characters)")
    assert len(shown) < 400
    assert store.execute("select length(merchant_name) from landed_transactions").fetchone()["length"] == 1_000_000


def test_the_same_row_again_is_harmless_and_another_under_its_id_is_refused(store, load):
    outcomes = load(landed("a", "b"), landed("a"), landed("b", amount="99"), landed("c", "c"))
    assert outcomes == [(2, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 1)]
    reasons = store.execute("select reasons from quarantined_transactions").fetchone()["reasons"]
    assert reasons == ["transaction_id_used_for_other_content"]
    assert count(store, "labels") == 3


def test_an_id_that_is_stored_while_its_chunk_waits_is_a_repetition(store, load):
    waiting = history.judge_chunk(store, rows(landed("a", "b")), judge)
    load(landed("a"), name="other")
    outcome, _ = history.load_chunk(store, waiting, judge, open_position(store, "f1", "load", "rows.csv"))
    assert (outcome.valid, outcome.repeated) == (1, 1)
    assert count(store, "transactions") == 2


def test_a_chunk_that_fails_leaves_nothing(store, load, monkeypatch):
    load(landed("a"))
    monkeypatch.setattr(history, "insert_labels", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load(landed("b"))
    assert {t: count(store, t) for t in ("landed_transactions", "transactions", "batches", "validation_results")} == {
        "landed_transactions": 1,
        "transactions": 1,
        "batches": 1,
        "validation_results": 1,
    }
    assert store.execute("select rows_done from file_positions").fetchone()["rows_done"] == 1


def test_a_chunk_that_is_refused_as_a_whole_leaves_nothing(store):
    judged = history.judge_chunk(store, rows(landed("a").drop(columns="amount")), judge)
    with pytest.raises(BadFile, match=r"rows\.csv: the rows are refused as a whole: .*amount"):
        history.load_chunk(store, judged, judge, open_position(store, "f1", "load", "rows.csv"))
    assert count(store, "landed_transactions") == 0


def test_two_readers_of_one_file_cannot_both_write(store, load):
    stale = open_position(store, "f1", "load", "rows.csv")
    load(landed("a"))
    with pytest.raises(JikimiError, match="being read by another process"):
        move_position(store, stale, 1)


def test_the_result_of_great_expectations_is_kept(store, load):
    load(landed("a", amount=None))
    kept = store.execute("select * from validation_results").fetchone()
    assert (kept["subject"], kept["is_success"]) == ("batch", False)
    assert kept["evaluated"] > kept["unsuccessful"] > 0
    assert "1234567890123456" not in json.dumps(kept["result"])


def test_many_rows_load_in_one_chunk(store, load):
    many = landed(*(f"t{n}" for n in range(20_000)))
    assert load(many) == [(20_000, 0, 0)]


def test_a_producer_cannot_write_history(role_url, database):
    with psycopg.connect(role_url("producer")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("insert into landed_transactions (transaction_id, batch_id) values ('x', 1)")


def test_labels_of_the_past_are_dated_as_in_life(store, load):
    load(landed("a"))
    known_at = store.execute("select known_at, source from labels").fetchone()
    assert known_at == {"known_at": datetime(2026, 5, 1, 10, tzinfo=UTC) + timedelta(days=7), "source": "bank"}


def test_rows_are_counted_by_merchant_once_however_often_they_come(store, load):
    load(landed("a", "b"), landed("b", "c", merchant_id="m2"), landed("bad", amount="-1"))
    load(landed("a", "b"), landed("d"), name="the same rows in another file")
    assert_counts_agree(store)
    assert store.execute("select sum(rows_until[24]) as rows from merchant_counts").fetchone()["rows"] == 4


def test_a_row_that_came_with_its_label_is_found_as_fraud(store):
    position = open_position(store, "f1", "load", "rows.csv")
    frame = landed("a", "b")
    chunk = rows(frame)
    chunk.labels["is_fraud"] = [True, False]
    history.load_chunk(store, history.judge_chunk(store, chunk, judge), judge, position)
    assert store.execute("select transaction_id from called_frauds").fetchall() == [{"transaction_id": "a"}]
