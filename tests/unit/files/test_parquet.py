"""Parquet becomes the same text as CSV; a damaged file says so."""

from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jikimi.exceptions import BadFile
from jikimi.files.chunks import read_chunks, row_count
from jikimi.files.formats import FORMATS
from jikimi.files.selection import Selection

KOREA = timezone(timedelta(hours=9))


def columns(rows=3):
    return {
        "transaction_id": pa.array(range(rows), pa.int64()),
        "occurred_at": pa.array([datetime(2026, 1, 1 + n, 10) for n in range(rows)], pa.timestamp("ms")),  # noqa: DTZ001
        "customer_id": pa.array([f"c{n}" for n in range(rows)]),
        "merchant_id": pa.array(["m"] * rows).dictionary_encode(),
        "amount": pa.array([57.16, 146.0, float("nan")][:rows]),
        "currency": pa.array(["KRW"] * rows, pa.large_string()),
        "is_fraud": pa.array([True, False, None][:rows]),
    }


@pytest.fixture
def parquet_file(tmp_path):
    def write(**changes):
        path = tmp_path / "rows.parquet"
        pq.write_table(pa.table(columns() | changes), path, row_group_size=2)
        return path

    return write


def read(path, done=0, **selection):
    chunks = read_chunks(path, FORMATS["canonical"], Selection(**selection), timedelta(days=7), done, 2)
    return list(chunks)


def test_values_become_the_text_a_person_would_write(parquet_file):
    path = parquet_file()
    chunks = read(path)
    landed = pd.concat([chunk.landed for chunk in chunks], ignore_index=True)
    assert landed["transaction_id"].tolist() == ["0", "1", "2"]
    assert landed["amount"].tolist()[:2] == ["57.16", "146"]
    assert landed["amount"].isna().tolist() == [False, False, True]
    assert landed["merchant_id"].tolist() == ["m"] * 3
    assert pd.to_datetime(landed["occurred_at"])[0] == pd.Timestamp("2026-01-01 10:00")
    assert chunks[0].labels["is_fraud"].tolist() == [True, False]
    assert chunks[1].labels.empty
    assert row_count(path) == 3


def test_an_instant_keeps_its_zone(parquet_file):
    at = pa.array([datetime(2026, 1, 1, 19, tzinfo=KOREA)] * 3, pa.timestamp("us", "Asia/Seoul"))
    assert read(parquet_file(occurred_at=at))[0].occurred_at[0] == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_broken_bytes_cost_only_their_row(parquet_file):
    names = pa.Array.from_buffers(pa.string(), 3, pa.array([b"A", b"\xff\0", b"B"], pa.binary()).buffers())
    chunks = read(parquet_file(merchant_name=names))
    assert [name for chunk in chunks for name in chunk.landed["merchant_name"]] == ["A", "\ufffd\u2400", "B"]


def test_a_column_that_holds_lists_is_named(parquet_file):
    with pytest.raises(BadFile, match="column customer_id holds list"):
        read(parquet_file(customer_id=pa.array([[1], [2], [3]])))


def test_a_file_that_was_cut_off_says_so(parquet_file):
    path = parquet_file()
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(BadFile, match="it was cut off"):
        read(path)
    with pytest.raises(BadFile, match="it was cut off"):
        row_count(path)


def test_a_damaged_middle_says_so_after_the_good_part(parquet_file):
    path = parquet_file()
    content = bytearray(path.read_bytes())
    second_group = pq.ParquetFile(path).metadata.row_group(1)
    start = second_group.column(0).dictionary_page_offset or second_group.column(0).data_page_offset
    content[start : start + 40] = b"\xff" * 40
    path.write_bytes(content)
    chunks = read_chunks(path, FORMATS["canonical"], Selection(), timedelta(days=7), 0, 2)
    assert len(next(chunks)) == 2
    with pytest.raises(BadFile, match="is damaged"):
        next(chunks)


def test_text_named_parquet_is_no_parquet(tmp_path):
    path = tmp_path / "rows.parquet"
    path.write_text("transaction_id,amount\n1,2\n")
    with pytest.raises(BadFile, match="is not a Parquet file although its name says so"):
        read(path)


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({name: values for name, values in columns().items() if name != "currency"}), path)
    with pytest.raises(BadFile, match="column currency missing"):
        read(path)


@pytest.mark.parametrize("done", [pytest.param(n, id=f"{n} done") for n in (0, 1, 2, 3)])
def test_what_is_done_is_not_read_again(parquet_file, done):
    chunks = read(parquet_file(), done=done)
    assert [i for chunk in chunks for i in chunk.landed["transaction_id"]] == ["0", "1", "2"][done:]
