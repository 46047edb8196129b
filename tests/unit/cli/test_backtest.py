"""`jikimi backtest` as a person types it: it needs a file and nothing else."""

import json
from datetime import UTC, datetime

import pandas as pd
import pytest
from typer.testing import CliRunner

from jikimi.cli import app
from ml.simulation import simulate
from tests.small_members import small_members

FIRST_TEST = "2025-05-24"


@pytest.fixture
def jikimi(tmp_path, monkeypatch):
    """Run `jikimi backtest` on a file with words, without any service."""
    monkeypatch.setenv("JIKIMI_HOME", str(tmp_path / "home"))
    for name in ("JIKIMI_DATABASE_URL", "MLFLOW_TRACKING_URI", "JIKIMI_MESSAGES_PER_10K"):
        monkeypatch.delenv(name, raising=False)

    def run(file, *words, code=0, form="canonical"):
        chosen = ["backtest", file, "--format", form, "--members", "random_forest", "--folds", 1, *words]
        result = CliRunner().invoke(app, [str(word) for word in chosen], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture(scope="module", autouse=True)
def members():
    """Small members: the command says what comes of any."""
    with small_members():
        yield


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """April and May 2025 with labels, known after seven days."""
    transactions, labels = simulate(400, 100, 61, seed=5, end=datetime(2025, 6, 1, tzinfo=UTC))
    return transactions.merge(labels, on="transaction_id")


@pytest.fixture
def file(frame, tmp_path):
    """Write the frame, maybe changed, and return its path."""

    def write(change=lambda rows: rows):
        path = tmp_path / "purchases.parquet"
        change(frame).to_parquet(path, index=False)
        return path

    return write


def test_tables_say_what_members_and_panels_reach(jikimi, file, tmp_path):
    out = tmp_path / "figures.json"
    printed = jikimi(file(), "--first-test", FIRST_TEST, "--json", out).stdout
    figures = json.loads(out.read_text(encoding="utf-8"))
    mean = figures["members"]["random_forest"]["average_precision"]["mean"]
    row = next(line for line in printed.splitlines() if line.startswith("random_forest"))
    assert f"{mean:.3f}" in row
    assert "AUC ROC" in printed
    assert f"{figures['protocol']['rows']:,} rows" in printed
    assert "expected per 10k" in printed
    assert "as many messages as the unanimous panel sends" in printed


def test_json_alone_can_be_piped(jikimi, file):
    path = file()
    result = jikimi(path, "--first-test", FIRST_TEST, "--train-days", 14, "--messages-per-10k", 100, "--json", "-")
    figures = json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert set(figures) == {"members", "panel", "same_messages", "same_messages_at_budget", "protocol"}
    assert set(figures["panel"]) == {"unanimous", "majority"}
    assert figures["protocol"]["file"] == path.name
    assert len(figures["protocol"]["sha256"]) == 64
    assert figures["protocol"]["settings"]["messages_per_10k"] == 100
    assert figures["protocol"]["folds"][0]["trained_from"] == "2025-05-03T00:00:00+00:00"
    assert figures["protocol"]["versions"]["xgboost"]


def test_rows_in_any_order_give_the_same_figures(jikimi, file):
    words = ("--first-test", FIRST_TEST, "--train-days", 14, "--json", "-")
    one, other = (
        json.loads(jikimi(file(change), *words).stdout)
        for change in (lambda rows: rows, lambda rows: rows.sample(frac=1, random_state=3))
    )
    assert one["protocol"].pop("sha256") != other["protocol"].pop("sha256")
    assert one == other


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda rows: rows.assign(is_fraud=False), "rows is fraud", id="no fraud"),
        pytest.param(lambda rows: rows.drop(columns=["is_fraud", "known_at"]), "no row has a label", id="no labels"),
        pytest.param(lambda rows: rows.drop(columns="amount"), "column amount missing", id="no amount"),
        pytest.param(lambda rows: rows.head(0), "no row", id="no row"),
        pytest.param(lambda rows: pd.concat([rows, rows.tail(1)]), "is there twice", id="a row twice"),
        pytest.param(
            lambda rows: rows.assign(amount=rows["amount"].astype(str).where(rows.index != 9, "much")),
            "amount",
            id="an amount that is no number",
        ),
        pytest.param(lambda rows: rows[rows["occurred_at"] < "2025-05-01"], "outside the file", id="too short"),
    ],
)
def test_bad_files_are_refused_in_one_line(jikimi, file, change, words):
    result = jikimi(file(change), "--first-test", FIRST_TEST, code=1)
    assert words in result.stderr
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--first-test", "soon"), id="no date"),
        pytest.param(("--first-test", FIRST_TEST, "--train-days", "some"), id="no number of days"),
        pytest.param(("--first-test", FIRST_TEST, "--train-days", "-3"), id="days below zero"),
        pytest.param(("--first-test", FIRST_TEST, "--members", "oracle"), id="a member that is none"),
        pytest.param(("--first-test", FIRST_TEST, "--json", "/nowhere/out.json"), id="a folder that is none"),
        pytest.param((), id="no first test day"),
    ],
)
def test_wrong_words_are_wrong_usage(jikimi, file, words):
    jikimi(file(), *words, code=2)


def test_what_cannot_be_computed_is_printed_as_not_available(jikimi, file):
    def without_fraud_in_the_test(rows):
        return rows.assign(is_fraud=rows["is_fraud"] & (rows["occurred_at"] < FIRST_TEST))

    path = file(without_fraud_in_the_test)
    printed = jikimi(path, "--first-test", FIRST_TEST).stdout
    row = next(line for line in printed.splitlines() if line.startswith("random_forest"))
    assert row.split()[1:] == ["n/a"] * 4
    assert "nothing can be ranked" in printed
