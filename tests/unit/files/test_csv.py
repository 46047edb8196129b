"""CSV: good rows are read as they stand, a broken one costs only itself."""

from datetime import timedelta

import pytest

from jikimi.exceptions import BadFile
from jikimi.files.chunks import read_chunks, row_count
from jikimi.files.formats import FORMATS
from jikimi.files.selection import Selection

HEADER = "transaction_id,occurred_at,customer_id,merchant_id,amount,currency,merchant_name,is_fraud"
GOOD = "t{0},2026-01-0{0} 10:00:00,c{0},m1,12.50,EUR,Shop {0},0"


@pytest.fixture
def csv_file(tmp_path):
    """Write lines, text or bytes, and return the path."""

    def write(*lines, end=b"\n"):
        path = tmp_path / "rows.csv"
        path.write_bytes(end.join(line if isinstance(line, bytes) else line.encode() for line in lines) + end)
        return path

    return write


def read(path, form="canonical", done=0, rows=2, **selection):
    return list(read_chunks(path, FORMATS[form], Selection(**selection), timedelta(days=7), done, rows))


def rows_of(path, **options):
    return [row for chunk in read(path, **options) for row in chunk.landed.to_dict("records")]


def test_rows_are_read_in_order_and_in_chunks(csv_file):
    path = csv_file(HEADER, *(GOOD.format(n) for n in (1, 2, 3)))
    chunks = read(path)
    assert [len(chunk) for chunk in chunks] == [2, 1]
    assert [chunk.rows_read for chunk in chunks] == [2, 3]
    assert row_count(path) == 3
    first = chunks[0].landed.iloc[0]
    assert (first["transaction_id"], first["amount"], first["merchant_name"]) == ("t1", "12.50", "Shop 1")
    assert first.isna()["card_number"]


def test_labels_become_known_after_the_delay(csv_file):
    labels = read(csv_file(HEADER, GOOD.format(1), "t2,2026-01-02 10:00:00,c,m,1,EUR,s,1"))[0].labels
    assert labels["is_fraud"].tolist() == [False, True]
    assert labels["known_at"].astype(str).tolist() == ["2026-01-08 10:00:00+00:00", "2026-01-09 10:00:00+00:00"]


def test_known_at_of_the_file_counts(csv_file):
    path = csv_file(f"{HEADER},known_at", f"{GOOD.format(1)},2026-02-01T00:00:00+09:00", f"{GOOD.format(2)},")
    known_at = read(path)[0].labels["known_at"].astype(str).tolist()
    assert known_at == ["2026-01-31 15:00:00+00:00", "2026-01-09 10:00:00+00:00"]


def test_an_unreadable_label_is_no_label_and_counted(csv_file):
    labels = ("maybe", "", " True ", "0")
    path = csv_file(HEADER, *(GOOD.format(n).removesuffix("0") + label for n, label in enumerate(labels, 1)))
    (chunk,) = read(path, rows=9)
    assert chunk.labels["transaction_id"].tolist() == ["t3", "t4"]
    assert chunk.labels["is_fraud"].tolist() == [True, False]
    assert chunk.unreadable_labels == 1
    assert len(chunk) == 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("t9,2026-01-01 10:00:00,c9", "3 fields instead of 8", id="too few"),
        pytest.param(GOOD.format(9) + ",more", "9 fields instead of 8", id="too many"),
        pytest.param('t9,2026-01-01 10:00:00,c9,m1,1,EUR,"open,0', "unexpected end of data", id="quote never closed"),
        pytest.param('t9,2026-01-01 10:00:00,c9,m1,1,EUR,"a"b,0', "expected after", id="text after a quote"),
    ],
)
def test_a_line_that_cannot_be_split_lands_with_what_was_read(csv_file, line, said):
    rows = rows_of(csv_file(HEADER, GOOD.format(1), line, GOOD.format(2)))
    assert [row["transaction_id"] for row in rows[::2]] == ["t1", "t2"]
    assert rows[1]["transaction_id"].startswith("rows.csv, line 3: ")
    assert said in rows[1]["transaction_id"]
    assert rows[1]["customer_id"] == "c9"


def test_a_line_that_cannot_be_split_has_no_label_and_no_customer(csv_file):
    chunk = read(csv_file(HEADER, GOOD.format(1), GOOD.format(9) + ",more"))[0]
    assert chunk.labels["transaction_id"].tolist() == ["t1"]
    assert chunk.customers["customer_id"].tolist() == ["c1"]


def test_bytes_that_are_not_utf8_and_nul_are_shown_in_their_row(csv_file):
    broken = (
        GOOD.format(2).replace("Shop", "Sh\0p").encode() + b"\n" + GOOD.format(3).encode().replace(b"Shop", b"Sh\xffp")
    )
    names = [row["merchant_name"] for row in rows_of(csv_file(HEADER, GOOD.format(1), broken))]
    assert names == ["Shop 1", "Sh\u2400p 2", "Sh\ufffdp 3"]


def test_a_megabyte_in_a_field_is_read(csv_file):
    long = "x" * 1_000_000
    rows = rows_of(csv_file(HEADER, GOOD.format(1).replace("Shop 1", long), GOOD.format(2)))
    assert [len(row["merchant_name"]) for row in rows] == [1_000_000, 6]


def test_quoted_commas_and_quotes_are_one_field(csv_file):
    rows = rows_of(csv_file(HEADER, GOOD.format(1).replace("Shop 1", '"Kim, Lee ""and"" Park"')))
    assert rows[0]["merchant_name"] == 'Kim, Lee "and" Park'


def test_windows_files_with_a_mark_and_blank_lines_are_read(csv_file):
    rows = rows_of(csv_file(b"\xef\xbb\xbf" + HEADER.encode(), GOOD.format(1), "", GOOD.format(2), "", end=b"\r\n"))
    assert [row["transaction_id"] for row in rows] == ["t1", "t2"]
    assert list(read(csv_file(HEADER, GOOD.format(1), end=b"\r\n"))[0].labels["is_fraud"]) == [False]


def test_empty_fields_are_null(csv_file):
    assert rows_of(csv_file(HEADER, ",2026-01-01 10:00:00,c,m,,EUR,,0"))[0]["merchant_name"] != ""
    chunk = read(csv_file(HEADER, ",2026-01-01 10:00:00,c,m,,EUR,,0"))[0]
    assert chunk.landed.isna()[["transaction_id", "amount", "merchant_name"]].all(axis=None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(HEADER.encode() + b"\n", "a header and no row", id="only a header"),
        pytest.param(HEADER.replace("amount,", "").encode() + b"\nx", "line 1: column amount missing", id="no column"),
        pytest.param(b"a;b\n1;2\n", "columns transaction_id, occurred_at", id="semicolons"),
        pytest.param(HEADER.encode() + b",amount\n" + b"1\n", "amount is there twice", id="column twice"),
        pytest.param(b'"transaction_id,amount\n1,2\n', "header cannot be split", id="broken header"),
        pytest.param(b"\x1f\x8b\x08\x00", "gzip", id="gzip"),
        pytest.param(b"PK\x03\x04", "ZIP", id="zip"),
        pytest.param(HEADER.encode("utf-16"), "UTF-16", id="utf-16"),
        pytest.param(b"x" * 200_000, "too long for a header", id="no lines"),
    ],
)
def test_a_bad_file_says_what_and_what_to_do(tmp_path, content, said):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=said) as raised:
        read(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(BadFile, match="no such file"):
        read(tmp_path / "nowhere.csv")


def test_the_format_that_fits_is_named(csv_file):
    path = csv_file(
        "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD", "1,2018-04-01 00:00:31,5,7,9.99,0"
    )
    with pytest.raises(BadFile, match="It fits --format handbook"):
        read(path, form="kaggle")
    row = rows_of(path, form="handbook")[0]
    assert (row["merchant_id"], row["currency"], row["amount"]) == ("7", "EUR", "9.99")
