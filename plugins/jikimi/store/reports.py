"""Delivery reports: kept as they come, applied to the alert that they name."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from jikimi.store.connection import Connection, query

_AT_ONCE = 1000
_NEWEST = 2**63 - 1


@dataclass(frozen=True)
class KeptReport:
    """What a dealer says later about one message.

    :param event_id: the dealer's id of this saying; the same twice counts once.
    :param dealer_id: how the dealer calls the message; it or the reference finds the try.
    :param detail: one sentence without personal data.
    """

    dealer: str
    event_id: str
    dealer_id: str | None
    reference: str | None
    outcome: str
    code: str
    detail: str = ""
    reported_at: datetime | None = None


def keep_reports(connection: Connection, reports: Sequence[KeptReport]) -> int:
    """Keep reports; returns how many are new."""
    if not reports:
        return 0
    rows = json.dumps([vars(report) for report in reports], default=datetime.isoformat, ensure_ascii=False)
    return connection.execute(query("keep_reports"), {"reports": rows}).rowcount


def apply_reports(connection: Connection, most_attempts: int, most_passes: int | None = None) -> Counter[str]:
    """Apply what was not applied yet, the newest first; returns how many alerts came to which state.

    A report on an alert that is being sent waits. One that names no alert is given up after a day.

    :param most_attempts: tries after which an alert has failed.
    :param most_passes: a pass is a thousand reports and one transaction; None until none is left.
    """
    counts: Counter[str] = Counter()
    before_id = _NEWEST
    for _ in count() if most_passes is None else range(most_passes):
        with connection.transaction():
            page = {"before_id": before_id, "limit": _AT_ONCE}
            waiting = connection.execute(query("lock_reports"), page).fetchall()
            if not waiting:
                break
            before_id = waiting[-1]["report_id"]
            counts.update(_apply(connection, waiting, most_attempts))
    return counts


def waiting_for_reports(connection: Connection) -> Iterator[list[dict[str, Any]]]:
    """Yield the tries whose report is due, a thousand at a time: reference, dealer_id, started_at.

    They are those of the first look; the server keeps them, so that memory stays flat and no look is paid twice.
    """
    with connection.cursor("waiting_for_reports", withhold=True) as cursor:
        cursor.execute(query("waiting_for_reports"))
        while rows := cursor.fetchmany(_AT_ONCE):
            yield rows


def expire_accepted(connection: Connection, hours: float) -> list[int]:
    """Leave to a person what was accepted longer ago without a report; returns the alerts."""
    return [row["alert_id"] for row in connection.execute(query("expire_accepted"), {"hours": hours})]


def _apply(connection: Connection, waiting: list[dict[str, Any]], most_attempts: int) -> list[str]:
    named = {row["report_id"]: row["alert_id"] for row in waiting if row["alert_id"] is not None}
    free = connection.execute(query("lock_reported_alerts"), {"alert_ids": list(set(named.values()))})
    unlocked = {row["alert_id"] for row in free}
    ready = [
        {"report_id": report_id, "alert_id": alert_id} for report_id, alert_id in named.items() if alert_id in unlocked
    ]
    parameters = {"named": json.dumps(ready), "most_attempts": most_attempts}
    changed = connection.execute(query("apply_reports"), parameters).fetchall()
    done = [row["report_id"] for row in ready] + [row["report_id"] for row in waiting if _is_nobodys(row)]
    connection.execute(query("mark_reports"), {"report_ids": done})
    return [row["state"] for row in changed]


def _is_nobodys(report: dict[str, Any]) -> bool:
    return report["alert_id"] is None and report["is_old"]
