"""The committed dashboards, and the fraud database as Grafana's role sees it: empty, with one row, a known hour."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from grafana.build import files
from tests.integration.grafana.seeding import keep_one_row, seed

ROOT = Path(__file__).parents[3]


def read(name: str) -> dict:
    """Return a dashboard as its file says."""
    return json.loads((ROOT / "grafana/dashboards" / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def operations() -> dict:
    """Return the dashboard Operations."""
    return read("en/operations.json")


@pytest.fixture(scope="session")
def dashboards() -> list[dict]:
    """Return all dashboards in all languages."""
    return [read(name) for name in files()]


@pytest.fixture
def now() -> datetime:
    """Return the end of the dashboards' time range."""
    return datetime.now(UTC)


@pytest.fixture
def grafana(database: str, role_url) -> Iterator[psycopg.Connection]:
    """Give a connection of the role `grafana` to the empty database."""
    with psycopg.connect(role_url("grafana"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def seeded(database: str, grafana: psycopg.Connection, now: datetime) -> psycopg.Connection:
    """Give a connection of the role `grafana` to the database with the known hour."""
    seed(database, now)
    return grafana


@pytest.fixture
def one_row(database: str, grafana: psycopg.Connection, role_url, now: datetime) -> psycopg.Connection:
    """Give a connection of the role `grafana` to the database with one row in each table."""
    seed(database, now)
    keep_one_row(role_url("postgres"))
    return grafana
