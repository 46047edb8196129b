"""Banks of any size, written by PostgreSQL itself: history, counts, labels, and a merchant with very many rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import numpy as np
import pandas as pd
import psycopg

from tests.benchmarks.stage import as_landed, database

HERE = Path(__file__).parent
HISTORY = timedelta(days=180)
WINDOW = timedelta(days=37)
MERCHANTS = 5_000
ROWS_A_CUSTOMER = 120
CHUNK = 1_000_000
BUSY = "busy-0"


@dataclass(frozen=True)
class World:
    """A database with a history.

    :param busy_share: how much of each batch is bought at the busy merchant.
    """

    name: str
    urls: dict[str, str]
    home: Path
    customers: int
    busy_share: float

    def batch(self, number: int, rows: int) -> pd.DataFrame:
        """Return rows that have not landed yet, of the last minute; each number gives others."""
        rng = np.random.default_rng(number)
        merchants = [f"m{int(MERCHANTS * draw**2)}" for draw in rng.random(rows)]
        is_busy = rng.random(rows) < self.busy_share
        at = pd.Timestamp(datetime.now(UTC)).floor("s") - pd.to_timedelta(rng.integers(1, 60, rows), "s")
        frame = pd.DataFrame({"transaction_id": [f"live-{number}-{each}" for each in range(rows)]})
        return as_landed(
            frame.assign(
                occurred_at=at,
                customer_id=[f"c{each}" for each in rng.integers(self.customers, size=rows)],
                merchant_id=np.where(is_busy, BUSY, merchants),
                merchant_name="a shop",
                category="food",
                amount=np.round(np.exp(rng.uniform(1, 5, rows)), 2),
                currency="KRW",
                card_number="1234567812347890",
                customer_latitude=37.5,
                customer_longitude=127.0,
                merchant_latitude=37.6,
                merchant_longitude=127.1,
            )
        )


@contextmanager
def world(folder: Path, name: str, rows: int, busy_rows: int = 0) -> Iterator[World]:
    """Run a server with so many rows of history, and so many more of one merchant within its windows."""
    customers = max(rows // ROWS_A_CUSTOMER, 1_000)
    own = folder / name.replace(" ", "_")
    own.mkdir()
    own.chmod(0o755)
    with database(own) as urls:
        with psycopg.connect(urls["owner"], autocommit=True) as owner:
            _fill(owner, rows, customers, busy_rows)
        yield World(name, urls, own / "home", customers, 1.0 if busy_rows else 0.0)


def _fill(owner: psycopg.Connection, rows: int, customers: int, busy_rows: int) -> None:
    until = datetime.now(UTC)
    owner.execute(
        "select ensure_months(array(select generate_series(%s, %s, interval '1 day')))", [until - HISTORY, until]
    )
    owner.execute("select setseed(0.5)")
    owner.execute(
        "insert into batches (source, state, landed_count, claimed_at, first_occurred_at, last_occurred_at)"
        " values ('history', 'loaded', 0, now(), %s, %s)",
        [until - HISTORY, until],
    )
    past: dict[str, Any] = {"until": until, "span": HISTORY, "customer": "c", "customers": customers}
    _write(owner, rows, past | {"merchant": "m", "merchants": MERCHANTS, "name": "past"})
    crowd = {"until": until, "span": WINDOW, "customer": "crowd-", "customers": max(busy_rows // 20, 1)}
    _write(owner, busy_rows, crowd | {"merchant": "busy-", "merchants": 1, "name": "busy"})
    _run(owner, "batch_cost_labels")
    # What the migrations do for rows that were there before them.
    _run_insert(owner, "0011_few_pages", "merchant_counts")
    _run_insert(owner, "0007_merchant_counts", "called_frauds")
    owner.execute("vacuum analyze")


def _run_insert(owner: psycopg.Connection, migration: str, table: str) -> None:
    text = (HERE.parents[1] / f"infra/postgres/migrations/versions/{migration}.sql").read_text()
    (statement,) = (one for one in text.split(";\n") if one.lstrip().startswith(f"insert into {table}"))
    owner.execute(statement.encode())


def _write(owner: psycopg.Connection, rows: int, parameters: dict[str, Any]) -> None:
    for begin in range(0, rows, CHUNK):
        some = {"rows": min(CHUNK, rows - begin), "name": f"{parameters['name']}-{begin}"}
        _run(owner, "batch_cost_rows", parameters | some)


def _run(owner: psycopg.Connection, name: LiteralString, parameters: dict[str, Any] | None = None) -> None:
    owner.execute((HERE / f"{name}.sql").read_bytes(), parameters)
