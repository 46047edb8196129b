"""Customers and labels can be written again and again; only what is new changes anything."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from jikimi.store.connection import open_store
from jikimi.store.customers import show_customer, upsert_customers, without_contact
from jikimi.store.labels import insert_labels

MAY = pd.Timestamp("2026-05-01T10:00:00.123456Z")


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def labels(*rows):
    return pd.DataFrame(rows, columns=["transaction_id", "is_fraud", "known_at", "source"])


def test_a_correction_is_one_more_label_and_a_second_import_none(store):
    first = labels(("a", False, MAY, "bank"), ("b", True, MAY, "bank"))
    corrected = labels(("a", True, MAY + pd.Timedelta(days=1), "bank"), ("a", True, MAY, "customer"))
    assert insert_labels(store, first) == 2
    assert insert_labels(store, first) == 0
    assert insert_labels(store, pd.concat([first, corrected])) == 2
    newest = "select is_fraud from labels where transaction_id = 'a' order by known_at desc limit 1"
    assert store.execute(newest).fetchone()["is_fraud"] is True
    known = store.execute("select known_at from labels where transaction_id = 'b'").fetchone()["known_at"]
    assert known == MAY.to_pydatetime()


def test_the_same_label_twice_in_one_file_counts_once(store):
    assert insert_labels(store, labels(("a", True, MAY, "bank"), ("a", True, MAY, "bank"))) == 1


def test_labels_can_be_written_inside_a_transaction_that_goes_on(store):
    with store.transaction():
        insert_labels(store, labels(("a", True, MAY, "bank")))
        insert_labels(store, labels(("a", True, MAY, "bank"), ("b", True, MAY, "bank")))
    assert store.execute("select count(*) from labels").fetchone()["count"] == 2


def test_what_a_file_does_not_say_keeps_its_value(store):
    consent = datetime(2026, 1, 1, tzinfo=UTC)
    full = {"customer_id": "c1", "name": "김민수", "language": "en", "channels": "kakao_friends", "kakao_uuid": "u1"}
    assert upsert_customers(store, pd.DataFrame([full | {"consented_at": consent}])) == 1
    assert upsert_customers(store, pd.DataFrame({"customer_id": ["c1"], "name": [None]})) == 0
    assert upsert_customers(store, pd.DataFrame({"customer_id": ["c1"], "language": ["ko"]})) == 1
    kept = show_customer(store, "c1")
    (step,) = kept["route"]
    assert (kept["name"], kept["language"], step["address"], step["consented_at"]) == ("김민수", "ko", "u1", consent)


def test_a_new_customer_reads_korean_and_has_not_consented(store):
    upsert_customers(store, pd.DataFrame({"customer_id": ["c2", "not an id", "x" * 65]}))
    new = show_customer(store, "c2")
    assert (new["language"], new["route"]) == ("ko", [])
    assert store.execute("select count(*) from customers").fetchone()["count"] == 1


def test_customers_without_a_channel_are_found_known_or_not(store):
    upsert_customers(store, pd.DataFrame({"customer_id": ["has"], "channels": ["kakao_memo"]}))
    upsert_customers(store, pd.DataFrame({"customer_id": ["has-not"]}))
    assert sorted(without_contact(store, ["has", "has-not", "new", "no id"])) == ["has-not", "new"]


def test_no_customers_are_no_work(store):
    assert upsert_customers(store, pd.DataFrame({"customer_id": []})) == 0
