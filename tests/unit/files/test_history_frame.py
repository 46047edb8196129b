"""A whole file as frames: Parquet with its types and CSV as text say the same."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jikimi.exceptions import BadFile
from jikimi.files.formats import FORMATS
from jikimi.files.history_frame import read_history

WEEK = timedelta(days=7)
LINES = """\
transaction_id,occurred_at,customer_id,merchant_id,category,amount,currency,is_fraud,known_at,customer_latitude
7,2026-01-02T10:00:00+09:00,c1,m,food,57.16,KRW,1,2026-01-03T00:00:00Z,37.5
8,2026-01-01 10:00:00,c2,m,,146,KRW,0,,
9,2026-01-03T10:00:00Z,c2,m,food,1,KRW,,,1e1
"""


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(LINES, encoding="utf-8")
    return path


@pytest.fixture
def parquet(tmp_path):
    def write(**changes):
        columns = {
            "transaction_id": pa.array([7, 8, 9], pa.int32()),
            "occurred_at": pa.array(
                [datetime(2026, 1, day, hour, tzinfo=UTC) for day, hour in ((2, 1), (1, 10), (3, 10))],
                pa.timestamp("ns", "Asia/Seoul"),
            ),
            "customer_id": pa.array(["c1", "c2", "c2"]).dictionary_encode(),
            "merchant_id": pa.array(["m"] * 3, pa.large_string()),
            "category": pa.array(["food", "", "food"]),
            "amount": pa.array(["57.16", "146", "1"]).cast(pa.decimal128(10, 2)),
            "currency": pa.array(["KRW"] * 3),
            "is_fraud": pa.array([True, False, None]),
            "known_at": pa.array([datetime(2026, 1, 3, tzinfo=UTC), None, None], pa.timestamp("ms", "UTC")),
            "customer_latitude": pa.array([37.5, float("nan"), 10]),
        }
        path = tmp_path / "rows.parquet"
        pq.write_table(pa.table(columns | changes), path)
        return path

    return write


def read(path, form="canonical"):
    return read_history(path, FORMATS[form], WEEK)


def test_csv_and_parquet_give_the_same_frames(csv, parquet):
    from_text, typed = read(csv), read(parquet())
    pd.testing.assert_frame_equal(from_text.transactions, typed.transactions)
    pd.testing.assert_frame_equal(from_text.labels, typed.labels)


def test_rows_keep_their_order_and_instants_become_utc(csv):
    transactions = read(csv).transactions
    assert transactions["transaction_id"].tolist() == ["7", "8", "9"]
    assert transactions["occurred_at"].tolist() == [
        pd.Timestamp(at, tz="UTC") for at in ("2026-01-02 01:00", "2026-01-01 10:00", "2026-01-03 10:00")
    ]
    assert transactions["amount"].tolist() == [57.16, 146.0, 1.0]
    assert transactions["customer_latitude"].isna().tolist() == [False, True, False]


def test_a_label_is_known_when_the_file_says_or_after_the_delay(csv):
    labels = read(csv).labels
    assert labels["transaction_id"].tolist() == ["7", "8"]
    assert labels["is_fraud"].tolist() == [True, False]
    assert labels["known_at"].astype("str").tolist() == ["2026-01-03 00:00:00+00:00", "2026-01-08 10:00:00+00:00"]


def test_ids_are_those_of_the_file(csv, parquet):
    assert read(parquet()).ids.tolist() == [7, 8, 9]
    assert read(csv).ids.tolist() == ["7", "8", "9"]
    assert read(csv).ids.name == "transaction_id"


def test_a_file_without_a_fraud_column_has_no_labels(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT\n1,2018-04-01,2,3,4\n")
    history = read(path, "handbook")
    assert history.labels.empty
    assert len(history.transactions) == 1


def test_a_column_of_lists_is_refused(parquet):
    with pytest.raises(BadFile, match=r"customer_id holds list.*not plain values"):
        read(parquet(customer_id=pa.array([["a"], ["b"], ["c"]])))


def test_a_coordinate_that_cannot_be_read_is_named(parquet):
    with pytest.raises(BadFile, match="row 2: customer_latitude 'north' is no number"):
        read(parquet(customer_latitude=pa.array(["1", "north", None])))
