"""Lands rows at a steady rate for as long as it takes, as a producer that never gives up."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

_TABLE = "landed_transactions"
_KNOWN = f"select * from {_TABLE} order by landed_id desc limit 20000"
_NOT_THE_PRODUCERS = ("landed_id", "landed_at", "batch_id")


@contextmanager
def landing(stack: Any, rate: int) -> Iterator[None]:
    """Land `rate` rows a second: rows that the stack knows, under new ids, over and over."""
    rows = [{k: v for k, v in row.items() if k not in _NOT_THE_PRODUCERS} for row in stack.ask(_KNOWN)]
    over = threading.Event()
    thread = threading.Thread(target=_land, args=(stack.settings.role_url("jikimi", "producer"), rows, rate, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _land(url: str, rows: list[dict[str, Any]], rate: int, over: threading.Event) -> None:
    names = list(rows[0])
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(_TABLE),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(map(sql.Placeholder, names)),
    )
    second = 0
    while not over.is_set():
        began = time.monotonic()
        numbers = range(second * rate, (second + 1) * rate)
        given = [rows[n % len(rows)] | {"transaction_id": f"F{n}"} for n in numbers]
        # Where the answer was lost, the same rows land a second time: that is harmless, and counted as repeated.
        second += _inserted(url, statement, given)
        over.wait(max(0.0, 1 - (time.monotonic() - began)))


def _inserted(url: str, statement: sql.Composed, given: list[dict[str, Any]]) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            connection.cursor().executemany(statement, given)
    except psycopg.OperationalError:
        return False
    return True
