"""The past as a panel sees it now: stretches of transactions with all in their windows, and what the panel said."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jikimi.store.bulk import copy_frame
from jikimi.store.columns import read_columns
from jikimi.store.connection import Connection, query
from jikimi.store.frames import read_frame
from jikimi.store.windows import Window, longest_window

if TYPE_CHECKING:
    import pandas as pd

_TEXTS = ("transaction_id", "customer_id", "merchant_id", "category")
_NUMBERS = ("amount", "customer_latitude", "customer_longitude", "merchant_latitude", "merchant_longitude")


@dataclass(frozen=True)
class Part:
    """A stretch of time within one month (UTC), and how many transactions occurred in it: `[since, until)`."""

    since: datetime
    until: datetime
    rows: int


@dataclass(frozen=True)
class Seconds:
    """What the steps of a part took before it was written."""

    reading: float
    features: float
    scoring: float


@dataclass(frozen=True)
class Progress:
    """How many rows were scored, and when the newest of them were; None where none was yet."""

    rows: int
    newest: datetime | None


def count_past(connection: Connection, since: datetime, until: datetime) -> int:
    """Return how many transactions occurred in `[since, until)`."""
    return sum(day["rows"] for day in _days(connection, since, until))


def parts_of(connection: Connection, since: datetime, until: datetime, most: int) -> Iterator[Part]:
    """Cut a stretch of one month into parts of whole days, each of `most` rows at most or of a single day.

    Days without rows belong to the part before them, so that what was said of rows that are gone goes, too.
    """
    begin, rows = since, 0
    for day in _days(connection, since, until):
        if rows and rows + day["rows"] > most:
            yield Part(begin, day["day"], rows)
            begin, rows = day["day"], 0
        rows += day["rows"]
    yield Part(begin, until, rows)


def past_window(connection: Connection, part: Part, delay: timedelta) -> Window:
    """Return the transactions of a part with all that their features depend on.

    Whole days of everybody are read, and not the rows of some customers and merchants: where all of them are wanted
    that is one pass over the months.

    :param delay: how long a bank waits before it believes a label.
    """
    bounds = {"since": part.since, "until": part.until, "window_from": part.since - longest_window() - delay}
    transactions = read_columns(
        connection, "past_transactions", bounds, texts=_TEXTS, numbers=_NUMBERS, instants=["occurred_at"]
    )
    targets = transactions[transactions["occurred_at"] >= part.since]
    return Window(targets, transactions, read_frame(connection, "past_labels", bounds, instants=["known_at"]))


def keep_scores(
    connection: Connection, panel_id: int, run_id: str, part: Part, scores: "pd.DataFrame", seconds: Seconds
) -> int:
    """Write what a panel says of a part in one transaction, in place of what it said before; nobody is told.

    :param scores: transaction_id, occurred_at, votes, voters, members, panel_score, and `scores`: a list as PostgreSQL
        writes it, in the order of the members' names.
    :return: how many rows were replaced.
    """
    values: dict[str, Any] = {"panel_id": panel_id, "run_id": run_id, "since": part.since, "until": part.until}
    started = time.perf_counter()
    with connection.transaction():
        begun = connection.execute(query("begin_backfill_part"), values).fetchone() or {}
        copy_frame(connection, "backfill_scores", scores.assign(panel_id=panel_id, part_id=begun["part_id"]))
        writing = time.perf_counter() - started
        values |= vars(seconds) | {"part_id": begun["part_id"], "rows": len(scores), "writing": writing}
        connection.execute(query("finish_backfill_part"), values)
    return int(begun["replaced"])


def progress_of(connection: Connection, panel_id: int, since: datetime, until: datetime, after: datetime) -> Progress:
    """Return how far a backfill of `[since, until)` is that was begun after an instant of the database's clock."""
    values = {"panel_id": panel_id, "since": since, "until": until, "after": after}
    return Progress(**(connection.execute(query("backfill_progress"), values).fetchone() or {}))


def clock(connection: Connection) -> datetime:
    """Return the database's instant."""
    found: datetime = (connection.execute(query("now")).fetchone() or {})["now"]
    return found


def _days(connection: Connection, since: datetime, until: datetime) -> list[dict[str, Any]]:
    return connection.execute(query("past_days"), {"since": since, "until": until}).fetchall()
