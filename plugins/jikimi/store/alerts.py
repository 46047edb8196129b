"""The outbox: alerts are claimed, attempted and finished; every state change is committed by itself."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from jikimi.store.connection import Connection, query

Outcome = Literal["delivered", "accepted", "rejected", "unavailable", "unknown"]
State = Literal["pending", "deferred", "delivered", "accepted", "failed", "unknown"]


@dataclass(frozen=True)
class DueAlert:
    """An alert that this drain claimed, with all that its message needs.

    :param attempts: number of this attempt, from 1.
    :param is_known: whether the customer stands in `customers`; without, the fields after it are None.
    """

    alert_id: int
    reference: str
    attempts: int
    occurred_at: datetime
    amount: Decimal
    currency: str
    card_masked: str | None
    merchant: str
    is_known: bool
    name: str | None
    language: str | None
    channel: str | None
    kakao_uuid: str | None
    consented_at: datetime | None


def claim_due(connection: Connection, limit: int) -> list[DueAlert]:
    """Take up to `limit` due alerts into `sending`; no other drain gets them."""
    return [DueAlert(**row) for row in connection.execute(query("claim_alerts"), {"limit": limit})]


def start_attempt(connection: Connection, alert: DueAlert) -> int | None:
    """Write that a request is about to leave; returns the attempt's id.

    :return: None where another drain took the alert over meanwhile: then nothing may be sent.
    """
    parameters = {"alert_id": alert.alert_id, "attempts": alert.attempts, "channel": alert.channel}
    row = connection.execute(query("start_attempt"), parameters).fetchone()
    return int(row["attempt_id"]) if row else None


def finish_attempt(connection: Connection, attempt_id: int, outcome: Outcome, code: str = "", detail: str = "") -> None:
    """Write what the channel answered; `detail` holds no personal data."""
    parameters = {"attempt_id": attempt_id, "outcome": outcome, "code": code or None, "detail": detail or None}
    connection.execute(query("finish_attempt"), parameters)


def finish_alert(
    connection: Connection, alert: DueAlert, state: State, error: str | None = None, due_at: datetime | None = None
) -> None:
    """Leave `sending` for the state that the answer leads to, unless another drain took the alert over.

    :param due_at: with `pending` and `deferred`, when to try again.
    """
    claim = {"alert_id": alert.alert_id, "attempts": alert.attempts, "channel": alert.channel}
    connection.execute(query("finish_alert"), claim | {"state": state, "error": error, "due_at": due_at})


def first_accepted_at(connection: Connection) -> datetime | None:
    """Return when the first message of all was taken, None before."""
    row = connection.execute(query("first_accepted")).fetchone() or {}
    return row.get("accepted_at")


def recover(connection: Connection, patience_seconds: float) -> dict[int, str]:
    """Take back alerts whose drain died: `pending` where nothing left, `unknown` where a request may have.

    :return: alert id -> new state.
    """
    rows = connection.execute(query("recover_alerts"), {"patience": patience_seconds})
    return {row["alert_id"]: row["state"] for row in rows}
