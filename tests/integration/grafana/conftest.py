"""The dashboards as committed, and the fraud database as Grafana's role sees it: empty, or with a known hour."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tests.integration.grafana.seeding import seed

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def operations() -> dict:
    """Return the dashboard Operations as its file says."""
    return json.loads((ROOT / "grafana/dashboards/operations.json").read_text(encoding="utf-8"))


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
