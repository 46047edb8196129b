"""What staff are told: news that nobody told them yet, notices, and how far each notice got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from jikimi.store.connection import Connection, query

Kind = Literal["digest", "deliveries", "alarms"]
_REFERENCES = 5
_NOTICES_A_RUN = 100


@dataclass(frozen=True)
class Trouble:
    """Alerts that are in the same trouble.

    :param channel: None where none was chosen yet.
    :param state: `failed`, `unknown` or `still waiting`.
    :param count: transactions that the customers were not told of, those folded into the alerts included.
    :param named: references of the first few.
    """

    channel: str | None
    state: str
    reason: str | None
    count: int
    named: tuple[str, ...]


@dataclass(frozen=True)
class UnanimousRow:
    """A transaction that the whole panel called fraud, with its alert."""

    reference: str
    occurred_at: datetime
    amount: Decimal
    currency: str
    merchant: str
    state: str
    customer_id: str


@dataclass(frozen=True)
class Notice:
    """One notice.

    :param body: as Discord shows it.
    :param html: the same for e-mail.
    :param covers_until: what came up to then is in it.
    """

    kind: Kind
    subject: str
    body: str
    html: str
    covers_until: datetime


@dataclass(frozen=True)
class DueNotice:
    """A notice that one channel has not delivered yet.

    :param attempts: tries made so far.
    """

    notice_id: int
    attempts: int
    subject: str
    body: str
    html: str
    created_at: datetime


def lock(connection: Connection) -> None:
    """Let nobody else write notices until the transaction ends."""
    connection.execute(query("lock_staff"))


def tell_troubles(connection: Connection) -> list[Trouble]:
    """Return what failed or may have arrived and staff do not know yet, and mark it as told."""
    return _troubles(connection, "tell_troubles")


def waiting_troubles(connection: Connection, patience: timedelta) -> list[Trouble]:
    """Return the alerts older than `patience` that a channel should have taken by now."""
    return _troubles(connection, "waiting_troubles", patience=patience.total_seconds())


def last_covered(connection: Connection, kind: Kind) -> datetime | None:
    """Return up to which instant staff were told of this kind; None where they never were."""
    row = connection.execute(query("last_notice"), {"kind": kind}).fetchone() or {}
    return row.get("covers_until")


def unanimous(connection: Connection, since: datetime, until: datetime, limit: int) -> tuple[list[UnanimousRow], int]:
    """Return what the panel agreed on after `since` and up to `until`, newest first, and how many there are in all."""
    found = connection.execute(query("unanimous_since"), {"since": since, "until": until, "limit": limit}).fetchall()
    total = found[0]["total"] if found else 0
    return [UnanimousRow(**{name: row[name] for name in UnanimousRow.__annotations__}) for row in found], total


def write_notice(connection: Connection, notice: Notice, channels: Sequence[str]) -> None:
    """Write a notice, due at once on each of these channels."""
    connection.execute(query("write_notice"), {**vars(notice), "channels": list(channels)})


def due_notices(connection: Connection, channel: str) -> list[DueNotice]:
    """Return what this channel may try now, oldest first."""
    rows = connection.execute(query("due_notices"), {"channel": channel, "limit": _NOTICES_A_RUN}).fetchall()
    return [DueNotice(**row) for row in rows]


def claim_notice(connection: Connection, notice: DueNotice, channel: str, gap: timedelta) -> bool:
    """Count a try before it is made; the next one is due after `gap`. False where another run was faster."""
    taken = {"notice_id": notice.notice_id, "channel": channel, "attempts": notice.attempts, "gap": gap}
    return bool(connection.execute(query("claim_notice"), taken).fetchall())


def finish_notice(
    connection: Connection, notice: DueNotice, channel: str, error: str | None, pause: timedelta, most: int
) -> bool:
    """Write how a try ended; returns whether it was the last one in vain.

    :param error: None where the channel took the notice.
    :param pause: how long the channel asked to wait at least.
    :param most: tries after which nobody tries again.
    """
    end = {"notice_id": notice.notice_id, "channel": channel, "error": error, "pause": pause, "most": most}
    return any(row["is_given_up"] for row in connection.execute(query("finish_notice"), end))


def _troubles(connection: Connection, statement: str, **parameters: Any) -> list[Trouble]:
    rows = connection.execute(query(statement), {**parameters, "references": _REFERENCES}).fetchall()
    return [Trouble(**row | {"named": tuple(row["named"])}) for row in rows]
