"""The command as a person types it, on an empty database."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from jikimi.cli import app
from jikimi.store.connection import open_store

SETTINGS = ("JIKIMI_AIRFLOW_URL", "MLFLOW_TRACKING_URI", "JIKIMI_SANDBOX_URL", "JIKIMI_GRAFANA_URL")


@pytest.fixture
def jikimi(database, tmp_path, monkeypatch):
    """Run `jikimi` with words and return the result; the exit code is checked."""
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    monkeypatch.setenv("JIKIMI_HOME", str(tmp_path / "home"))
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)

    def run(*words, code=0):
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def count(database):
    """Count the rows of a table, with a condition."""

    def count_rows(table, where="true"):
        with open_store(database) as store:
            return store.execute(f"select count(*) from {table} where {where}").fetchone()["count"]

    return count_rows


@pytest.fixture
def canonical(tmp_path):
    """Write a canonical CSV of one row a day from 2026-01-01 on, and return its path."""

    def write(rows=10, name="rows.csv", change=lambda lines: lines) -> Path:
        header = "transaction_id,occurred_at,customer_id,merchant_id,amount,currency,is_fraud,customer_name"
        lines = [
            f"t{n:03},2026-01-{n:02}T10:00:00Z,c{n % 3},m1,{n}.50,KRW,{n % 2},Kim {n % 3}" for n in range(1, rows + 1)
        ]
        path = tmp_path / name
        path.write_text("\n".join([header, *change(lines), ""]), encoding="utf-8")
        return path

    return write
