"""Alerts as a person looks at them: those asked for, one with all that is known, and the unknown ones."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from jikimi.exceptions import JikimiError
from jikimi.store.connection import Connection, query

# Parts of one alert, each a statement of its own.
_PARTS = {
    "tries": "tries_of_alert",
    "reports": "reports_of_alert",
    "decisions": "decisions_of_alert",
    "folded": "folded_alerts",
}


@dataclass(frozen=True)
class Wanted:
    """Which alerts a person asks for; what is None does not matter.

    :param error: text that stands in the last error, in upper or lower case.
    :param since: first instant at which the alert was made.
    :param until: first instant no longer wanted.
    """

    states: list[str] | None = None
    channel: str | None = None
    customer_id: str | None = None
    reference: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    error: str | None = None


def matching(connection: Connection, wanted: Wanted, limit: int | None = None) -> list[int]:
    """Return the numbers of alerts, newest first."""
    rows = connection.execute(query("matching_alerts"), asdict(wanted) | {"limit": limit})
    return [row["alert_id"] for row in rows]


def list_alerts(connection: Connection, alert_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return alerts, newest first, without names, texts or addresses; numbers that nobody has are left out."""
    return connection.execute(query("list_alerts"), {"alert_ids": list(alert_ids)}).fetchall()


def named(connection: Connection, keys: Sequence[str]) -> list[int]:
    """Return the numbers of alerts that a person named by number or reference, each once.

    :raises JikimiError: there is no such alert.
    """
    rows = connection.execute(query("named_alerts"), {"keys": list(keys)}).fetchall()
    if lost := [row["key"] for row in rows if row["alert_id"] is None]:
        raise JikimiError(f"there is no alert {', '.join(lost)}: `jikimi alerts list` shows them.")
    return list(dict.fromkeys(row["alert_id"] for row in rows))


def show_alert(connection: Connection, alert_id: int) -> dict[str, Any]:
    """Return all about an alert: itself, its transaction, and lists `route`, `tries`, `reports`, `decisions`, `folded`.

    The name and the addresses of the route are as they are: whoever shows them hides them.

    :raises JikimiError: there is no such alert.
    """
    values = {"alert_id": alert_id}
    with connection.transaction():
        connection.execute(query("one_snapshot"))
        row = connection.execute(query("show_alert"), values).fetchone()
        if row is None:
            raise JikimiError(f"there is no alert {alert_id}: `jikimi alerts list` shows them.")
        row["route"] = connection.execute(query("customer_route"), row).fetchall()
        for part, statement in _PARTS.items():
            row[part] = connection.execute(query(statement), values).fetchall()
    return row


def unknown_alerts(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return alerts whose answer was lost, oldest first, with what is known of the last try."""
    return connection.execute(query("unknown_alerts"), {"limit": limit}).fetchall()
