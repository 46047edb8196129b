"""A bank's month, written by PostgreSQL itself: ten million votes and what stands beside them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString
from unittest.mock import patch

import psycopg

from jikimi.store import counts
from jikimi.store.connection import open_store
from tests.benchmarks.stage import database, milliseconds

HERE = Path(__file__).parent
MEMBERS = ["forest", "logistic", "neighbours", "xgboost"]
PREDICTIONS = int(os.environ.get("PREDICTIONS", "10000000"))
ROWS = PREDICTIONS // len(MEMBERS)
BATCH_ROWS, ROWS_A_CUSTOMER, CHUNK = 10, 20, 250_000
HOUR_ROWS = max(ROWS // 720, 1)
UNCOUNTED = HOUR_ROWS // 12
"""Rows of five minutes."""
_SIZES = """
select (sum(pg_total_relation_size(oid)) filter (where relname like 'scored_counts%') / 1000000)::integer,
    (sum(pg_total_relation_size(oid)) / 1000000)::integer
from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"""


@contextmanager
def world(folder: Path) -> Iterator[dict[str, str]]:
    """Run a server with the month before now; gives the addresses by role."""
    with database(folder) as urls:
        with psycopg.connect(urls["owner"], autocommit=True) as owner:
            _fill(owner, datetime.now(UTC))
        yield urls


def _fill(owner: psycopg.Connection, until: datetime) -> None:
    about = {"rows": ROWS, "batch_rows": BATCH_ROWS, "until": until, "members": MEMBERS}
    about |= {"customers": max(ROWS // ROWS_A_CUSTOMER, 1)}
    owner.execute("set synchronous_commit = off")
    _run(owner, "dashboards_beside", about)
    # A batch lies in one chunk.
    for first in range(0, ROWS, CHUNK):
        _run(owner, "dashboards_rows", about | {"first": first, "last": min(first + CHUNK, ROWS) - 1})
    for table in ("batches", "alerts", "landed_transactions"):
        key = f"{table.removesuffix('_transactions').removesuffix('es').removesuffix('s')}_id"
        owner.execute(
            f"select setval(pg_get_serial_sequence('{table}', '{key}'), (select max({key}) from {table}) + 1)"
        )  # type: ignore[arg-type]
    owner.execute("vacuum analyze")


def count_as_the_monitor_does(urls: dict[str, str]) -> dict[str, Any]:
    """Sum up the month in pieces of an hour, but for its last minutes: those are what the monitor has yet to see."""
    with psycopg.connect(urls["owner"], autocommit=True) as owner, open_store(urls["jikimi"]) as store:
        newest = f"update batches set counted_at = null where batch_id > {(ROWS - UNCOUNTED) // BATCH_ROWS}"
        with patch.object(counts, "MOST_ROWS", HOUR_ROWS):
            owner.execute(
                "update batches set counted_at = now() where batch_id > %s", [(ROWS - UNCOUNTED) // BATCH_ROWS]
            )
            seconds = milliseconds(lambda: counts.count_scored(store)) / 1_000
        owner.execute(newest.encode())
        owner.execute("vacuum analyze")
        size = owner.execute(_SIZES).fetchone()
    assert size is not None
    return {"rows": ROWS, "seconds": round(seconds, 1), "microseconds_a_row": round(1e6 * seconds / ROWS, 1)} | {
        "sums_mb": size[0], "all_tables_mb": size[1]}  # fmt: skip


def _run(owner: psycopg.Connection, name: LiteralString, parameters: dict[str, Any]) -> None:
    # Several statements at once go as one text, so the values are put in here.
    psycopg.ClientCursor(owner).execute((HERE / f"{name}.sql").read_bytes(), parameters)
