"""Months: the parts of the tables that grow for ever, made before their first row and dropped when they are old."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    import pandas as pd

Parent = Literal["transactions", "landed_transactions"]
# Batches last: the others name them.
BY_ROW: Final = (
    "labels",
    "validation_results",
    "quarantined_transactions",
    "delivery_reports",
    "staff_notices",
    "channel_quotas",
    "panel_votes",
    "member_votes",
    "member_agreements",
    "drift_measures",
    "performance_measures",
    "data_measures",
    "backfill_parts",
    "batches",
)
# A count of a day decides nothing once the day is over; what it tells of a month is on the dashboards by then.
QUOTA_DAYS: Final = 31


@dataclass(frozen=True)
class OldMonth:
    """A month that is older than what is kept.

    :param month: its first instant, in UTC.
    :param kept_for: why it must stay for now; None where it may go.
    :param rows: about how many rows it has.
    """

    month: datetime
    kept_for: str | None
    rows: int


def ensure_months(connection: Connection, occurred_at: "pd.Series") -> None:
    """Have the months made in which these instants (`datetime64[us, UTC]`) lie; costs little where they are there."""
    months = occurred_at.dt.tz_convert("UTC").dt.tz_localize(None).dt.to_period("M").unique()
    instants = [month.start_time.tz_localize("UTC").to_pydatetime() for month in months]
    make_months(connection, instants)


def make_months(connection: Connection, instants: list[datetime]) -> int:
    """Make the months of transactions, verdicts and votes in which the instants lie; returns how many were missing."""
    return int((connection.execute(query("ensure_months"), {"instants": instants}).fetchone() or {})["made"])


def make_landed_months(connection: Connection, ahead: int) -> int:
    """Make this month of landed rows and so many after it, and those of rows that found none; returns how many.

    :raises psycopg.errors.LockNotAvailable: the table was in use for longer than five seconds; try again later.
    """
    return int((connection.execute(query("ensure_landed_months"), {"ahead": ahead}).fetchone() or {})["made"])


def old_months(connection: Connection, parent: Parent, before: datetime) -> list[OldMonth]:
    """Return the months that end by an instant, oldest first."""
    rows = connection.execute(query("old_months"), {"parent": parent, "before": before})
    return [OldMonth(**row) for row in rows]


def drop_month(connection: Connection, month: datetime, most: int = 20_000) -> int:
    """Drop a month of transactions with verdicts, votes and alerts; returns how many transactions were forgotten.

    Ids are forgotten some at a time, each time in a transaction of its own: a crash leaves a month that the next call
    finishes. Validation refuses rows of that age, so no id can come back meanwhile.

    :raises psycopg.errors.ObjectInUse: the month has something that must stay, or got it meanwhile.
    :raises psycopg.errors.LockNotAvailable: a table was in use for longer than five seconds; try again later.
    """
    after, forgotten = "", 0
    while True:
        parameters = {"month": month, "after": after, "most": most}
        row = connection.execute(query("forget_transactions"), parameters).fetchone() or {}
        if row["last"] is None:
            break
        after = row["last"]
        forgotten += row["forgotten"]
    connection.execute(query("drop_month"), {"month": month})
    return forgotten


def drop_landed_month(connection: Connection, month: datetime) -> None:
    """Drop a month of landed rows.

    :raises psycopg.errors.ObjectInUse: a row of it waits, or its batch is held or not scored.
    """
    connection.execute(query("drop_landed_month"), {"month": month})


def delete_before(connection: Connection, kind: str, before: datetime, most: int = 10_000) -> int:
    """Delete rows of one of `BY_ROW` from before an instant, some at a time, and return how many."""
    deleted = 0
    while True:
        parameters = {"kind": kind, "before": before, "most": most}
        some = int((connection.execute(query("delete_before"), parameters).fetchone() or {})["deleted"])
        deleted += some
        if some < most:
            return deleted


def count_before(connection: Connection, before: datetime, now: datetime) -> dict[str, int]:
    """Return how many rows of each of `BY_ROW` are older than what is kept."""
    parameters = {"before": before, "quotas_before": now - timedelta(days=QUOTA_DAYS)}
    return connection.execute(query("count_before"), parameters).fetchone() or {}
