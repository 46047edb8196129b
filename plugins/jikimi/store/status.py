"""The figures of `jikimi status`, from counts that batches keep, so that they cost the same on a large history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jikimi.store.connection import Connection, query


@dataclass(frozen=True)
class Champion:
    """The panel that votes now."""

    panel_id: int
    policy: str
    members: list[str]
    trained_until: datetime
    promoted_at: datetime


@dataclass(frozen=True)
class Status:
    """What the fraud database knows about itself.

    :param landed: rows that ever landed, history included.
    :param valid: rows that were stored.
    :param quarantined: rows that were refused and not released since.
    :param scored: live rows with a verdict.
    :param unanimous: rows that every member of a panel called fraud.
    :param alerts: state -> count, of states that have alerts, in the order of an alert's life.
    :param unknown_since: when the message of the oldest unknown alert left; None where no alert waits for a person.
    :param unclaimed: landed rows that wait for validation.
    :param unscored: valid rows that wait for a verdict.
    :param backlog_age_seconds: how long the oldest waiting row has waited; None where none waits.
    :param latency_p50_seconds: from landing to acceptance by KakaoTalk, of the last 15 minutes; None without messages.
    """

    landed: int
    valid: int
    quarantined: int
    held: int
    scored: int
    unanimous: int
    customers: int
    labels: int
    unclaimed: int
    unscored: int
    backlog_age_seconds: float | None
    latency_p50_seconds: float | None
    latency_p95_seconds: float | None
    alerts: dict[str, int]
    unknown_since: datetime | None
    champion: Champion | None


def read_status(connection: Connection) -> Status:
    """Return all figures as of one instant."""
    with connection.transaction():
        connection.execute(query("one_snapshot"))
        counts = _row(connection, "status_counts")
        backlog = _row(connection, "status_backlog")
        latency = _row(connection, "status_latency")
        unknown = _row(connection, "status_unknown")
        alerts = {row["state"]: row["alerts"] for row in connection.execute(query("status_alerts"))}
        champion = connection.execute(query("status_champion")).fetchone()
    panel = Champion(**champion) if champion else None
    return Status(**counts, **backlog, **latency, **unknown, alerts=alerts, champion=panel)


def _row(connection: Connection, name: str) -> dict[str, Any]:
    return connection.execute(query(name)).fetchone() or {}
