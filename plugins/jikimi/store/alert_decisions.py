"""What a person does to alerts: each decision changes them and is kept with its reason, in one statement.

failed -> pending, by `retry`; unknown or accepted -> delivered, failed or pending, by `resolve`;
pending or deferred -> cancelled, by `cancel`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from jikimi.store.alert_desk import list_alerts
from jikimi.store.connection import Connection, query

Resolution = Literal["delivered", "not delivered", "send again"]
RETRIED = ("failed",)
# An accepted alert has been taken by a dealer whose report may never come.
RESOLVED = ("unknown", "accepted")
CANCELLED = ("pending", "deferred")
_RESOLUTIONS: dict[Resolution, str] = {
    "delivered": "resolve_delivered",
    "not delivered": "resolve_failed",
    "send again": "retry_alerts",
}
# A statement holds its rows until it ends, and senders pass them over meanwhile.
_ALERTS_AT_ONCE = 1000


@dataclass(frozen=True)
class By:
    """Who decides, and why."""

    name: str
    reason: str


@dataclass
class Decided:
    """What became of a decision on several alerts.

    :param changed: alerts that it changed.
    :param states: alert -> the state in which the decision is not possible.
    :param freed: alerts that a cancelled message would have told of and that wait again for one of their own.
    """

    changed: list[int] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)
    freed: list[int] = field(default_factory=list)


def retry(connection: Connection, alert_ids: Sequence[int], by: By) -> Decided:
    """Send failed alerts again, over the whole route, now."""
    return _decide(connection, "retry_alerts", RETRIED, alert_ids, by)


def resolve(connection: Connection, alert_ids: Sequence[int], resolution: Resolution, by: By) -> Decided:
    """Say what became of alerts whose answer or report is missing."""
    return _decide(connection, _RESOLUTIONS[resolution], RESOLVED, alert_ids, by)


def cancel(connection: Connection, alert_ids: Sequence[int], by: By) -> Decided:
    """Withdraw alerts that were not sent yet."""
    return _decide(connection, "cancel_alerts", CANCELLED, alert_ids, by)


def _decide(
    connection: Connection, statement: str, states: tuple[str, ...], alert_ids: Sequence[int], by: By
) -> Decided:
    """Change alerts, a part of them at a time; what is in another state by now stays as it is and is named."""
    decided = Decided()
    for start in range(0, len(alert_ids), _ALERTS_AT_ONCE):
        part = list(alert_ids[start : start + _ALERTS_AT_ONCE])
        values = {"alert_ids": part, "states": list(states), "reason": by.reason, "decided_by": by.name}
        rows = connection.execute(query(statement), values | {"sentence": f"{by.name}: {by.reason}"}).fetchall()
        decided.freed += [row["alert_id"] for row in rows if row.get("freed_by")]
        changed = {row["alert_id"] for row in rows if not row.get("freed_by")}
        decided.changed += sorted(changed)
        others = (
            list_alerts(connection, [key for key in part if key not in changed]) if len(changed) < len(part) else []
        )
        decided.states |= {row["alert_id"]: row["state"] for row in others}
    return decided
