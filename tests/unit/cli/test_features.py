"""`jikimi features` as a person types it: the file's ids and order, the models' columns, errors in one line."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from jikimi.cli import app
from ml.features import FEATURE_NAMES, compute_features

HANDBOOK = {
    "TRANSACTION_ID": [30, 10, 20],
    "TX_DATETIME": pd.to_datetime(["2018-04-20 10:00:00", "2018-04-01 10:00:00", "2018-04-02 10:00:00"]),
    "CUSTOMER_ID": [1, 1, 1],
    "TERMINAL_ID": [5, 5, 5],
    "TX_AMOUNT": [3.0, 1.0, 2.0],
    "TX_FRAUD": [0, 1, 0],
}
CANONICAL = "transaction_id,occurred_at,customer_id,merchant_id,amount,currency,is_fraud,known_at"
KAGGLE = (
    "trans_date_trans_time,cc_num,merchant,category,amt,first,last,lat,long,trans_num,merch_lat,merch_long,is_fraud"
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "features.parquet"


@pytest.fixture
def features(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run the command on a file and return what it printed; the exit code is checked."""
    monkeypatch.setenv("JIKIMI_HOME", str(tmp_path / "home"))

    def run(file: Path, form: str, *words: str, code: int = 0):
        command = ["features", str(file), str(out), "--format", form, *words]
        result = CliRunner().invoke(app, command, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def handbook(tmp_path: Path):
    """Write a Parquet file in the handbook's format, unsorted, with changed columns; None leaves one out."""

    def write(**changes) -> Path:
        columns = {name: values for name, values in (HANDBOOK | changes).items() if values is not None}
        path = tmp_path / "handbook.parquet"
        pd.DataFrame(columns).to_parquet(path)
        return path

    return write


@pytest.fixture
def canonical(tmp_path: Path):
    """Write a canonical CSV of the lines given."""

    def write(*lines: str, header: str = CANONICAL) -> Path:
        path = tmp_path / "rows.csv"
        path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        return path

    return write


def test_ids_and_order_are_those_of_the_file(features, handbook, out):
    features(handbook(), "handbook")
    table = pq.read_table(out)
    assert table.column_names == ["TRANSACTION_ID", *FEATURE_NAMES]
    assert table.schema.field("TRANSACTION_ID").type == pa.int64()
    assert table["TRANSACTION_ID"].to_pylist() == [30, 10, 20]
    assert table["amount"].to_pylist() == [3, 1, 2]
    assert table["customer_count_30d"].to_pylist() == [3, 1, 2]
    assert table["merchant_risk_30d"].to_pylist() == [0.5, 0, 0]
    assert table["distance_km"].null_count == 3


def test_order_of_the_file_changes_no_value(features, handbook, out):
    features(handbook(), "handbook")
    unsorted = pd.read_parquet(out).set_index("TRANSACTION_ID")
    out.unlink()
    features(handbook(**pd.DataFrame(HANDBOOK).sort_values("TX_DATETIME").to_dict("list")), "handbook")
    pd.testing.assert_frame_equal(pd.read_parquet(out).set_index("TRANSACTION_ID"), unsorted.loc[[10, 20, 30]])


def test_the_label_delay_moves_both_labels_and_windows(features, handbook, out):
    features(handbook(), "handbook", "--label-delay", "19d")
    assert pd.read_parquet(out)["merchant_risk_1d"].tolist() == [1, 0, 0]


def test_labels_count_once_the_file_says_that_they_are_known(features, canonical, out):
    file = canonical(
        "a,2026-01-01T00:00:00Z,c,m,1,KRW,1,2026-01-20T00:00:00Z",
        "b,2026-01-19T00:00:00Z,c,m,1,KRW,0,",
        "d,2026-01-21T00:00:00Z,c,m,1,KRW,,",
    )
    features(file, "canonical")
    table = pd.read_parquet(out)
    assert table["transaction_id"].tolist() == ["a", "b", "d"]
    assert table["merchant_risk_30d"].tolist() == [0, 0, 1]


def test_what_kaggle_s_files_offer_is_used(features, canonical, out):
    line = "2020-06-21 12:14:25,4000,fraud_Kim,food,2.86,A,B,37.5665,126.978,abc,35.1796,129.0756,0"
    features(canonical(line, header=KAGGLE), "kaggle")
    row = pd.read_parquet(out).iloc[0]
    assert (row["trans_num"], row["category"]) == ("abc", "food")
    assert row["distance_km"] == pytest.approx(325.1, abs=0.06)


def test_a_file_without_labels_has_no_risk_and_says_so(features, handbook, out):
    result = features(handbook(TX_FRAUD=None), "handbook")
    assert "no labels in TX_FRAUD" in result.stderr
    assert pd.read_parquet(out)["merchant_risk_30d"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"TX_AMOUNT": None}, "column TX_AMOUNT missing", id="a column is missing"),
        pytest.param({"TX_AMOUNT": [1.0, float("nan"), 2.0]}, "row 2: TX_AMOUNT is missing", id="no amount"),
        pytest.param({"TX_AMOUNT": ["1", "2", "x"]}, "row 3: TX_AMOUNT 'x' is no number", id="an amount is a word"),
        pytest.param({"TX_AMOUNT": [1.0, 2.0, float("inf")]}, "row 3: TX_AMOUNT 'inf' is no number", id="endless"),
        pytest.param({"TX_DATETIME": ["2018-04-01", "x", "y"]}, "row 2: TX_DATETIME 'x' is no instant, write it like"
                     " 2026-01-31 23:59:59 (and 1 more like it)", id="no instants"),
        pytest.param({"TX_DATETIME": [pd.NaT] * 3}, "row 1: TX_DATETIME is missing (and 2", id="NaT"),
        pytest.param({"CUSTOMER_ID": ["a", None, "b"]}, "row 2: CUSTOMER_ID is missing", id="no customer"),
        pytest.param({"TRANSACTION_ID": [7, 8, 7]}, "row 3: TRANSACTION_ID '7' is there twice", id="an id twice"),
        pytest.param({"TX_FRAUD": [0, 2, 1]}, "row 2: TX_FRAUD '2' is none of 1, 0", id="neither fraud nor not"),
        pytest.param({name: HANDBOOK[name][:0] for name in HANDBOOK}, "a header and no row", id="no row"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_named(features, handbook, out, changes, message):
    result = features(handbook(**changes), "handbook", code=1)
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(out.parent.glob("features*")) == []


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(_cut_off, "it was cut off", id="cut off"),
        pytest.param(lambda path: path.write_bytes(b""), "is empty", id="empty"),
        pytest.param(Path.unlink, "cannot be opened", id="not there"),
    ],
)
def test_a_damaged_file_says_so(features, handbook, out, damage, message):
    damage(file := handbook())
    result = features(file, "handbook", code=1)
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(out.parent.glob("features*")) == []


def test_a_line_that_cannot_be_split_is_named(features, canonical):
    result = features(canonical("a,2026-01-01,c,m,1,KRW,0,", "b,2026-01-01,c"), "canonical", code=1)
    assert "line 3: 3 fields instead of 8" in result.stderr


def test_a_file_that_is_there_is_never_overwritten(features, handbook, out):
    out.write_text("mine")
    result = features(handbook(), "handbook", code=1)
    assert "is there already" in result.stderr
    assert out.read_text() == "mine"


def test_a_place_that_cannot_be_written_fails_before_anything_is_read(features, tmp_path, monkeypatch):
    monkeypatch.setattr("jikimi.files.history_frame.read_history", lambda *_: pytest.fail("it was read"))
    file = tmp_path / "in.csv"
    result = CliRunner().invoke(app, ["features", str(file), str(tmp_path / "no/x.parquet"), "--format", "handbook"])
    assert result.exit_code == 1
    assert "cannot be written: no such file or directory" in result.stderr


def test_values_are_those_of_the_one_function(features, handbook, out):
    features(handbook(), "handbook")
    rows = pd.DataFrame(HANDBOOK).set_axis(
        ["transaction_id", "occurred_at", "customer_id", "merchant_id", "amount", "is_fraud"], axis=1
    )
    rows["occurred_at"] = rows["occurred_at"].dt.tz_localize("UTC")
    labels = rows[["transaction_id", "is_fraud"]].assign(known_at=rows["occurred_at"] + pd.Timedelta(days=7))
    expected = compute_features(rows, labels)
    written = pd.read_parquet(out).set_index("TRANSACTION_ID").rename_axis("transaction_id")
    pd.testing.assert_frame_equal(written, expected, check_exact=True)
