"""The outbox in PostgreSQL: senders claim alerts, write down each try before it leaves, and how it ended."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import psycopg

from jikimi.outbox import Begun, Claim, ClaimedAlert, End, Fate, NewCall, OpenCall, Quota, Recovered, Step
from jikimi.store.connection import Connection, open_store, query

# How long an answer that came is kept in hand while the database is away.
_PATIENCE_WITH_DATABASE = timedelta(seconds=60)
# However many alerts wait for one customer, no more than these are in memory.
_FOLDED_AT_ONCE = 10_000


class _NoRoom(Exception):
    """A daily count is used up; takes the counting back."""


class StoredOutbox:
    """An `Outbox` on one connection; use one for each thread.

    :param reopen: opens the connection anew where the database went away while an answer was in hand.
    """

    def __init__(self, connection: Connection, reopen: Callable[[], Connection] | None = None) -> None:
        self._connection = connection
        self._reopen = reopen

    def recover(self, patience: timedelta) -> Recovered:
        """Take back what dead senders left; see `Outbox`."""
        with self._connection.transaction():
            if not self._rows("lock_recovery")[0]["is_ours"]:
                return Recovered({}, [])
            stuck = [row["alert_id"] for row in self._rows("lock_stuck_alerts", patience=patience.total_seconds())]
            rows = self._rows("recover_alerts", alert_ids=stuck) if stuck else []
            states = {row["alert_id"]: row["state"] for row in rows}
            return Recovered(states, self._open_calls([key for key, state in states.items() if state == "sending"]))

    def claim(self, limit: int, cool_down: timedelta) -> Claim:
        """Take due alerts into `sending`; see `Outbox`."""
        try:
            return self._claim_once(limit, cool_down)
        except psycopg.errors.UniqueViolation:
            # The customer came into the table between this claim and another one, which is committed by now.
            return self._claim_once(limit, cool_down)

    def _claim_once(self, limit: int, cool_down: timedelta) -> Claim:
        with self._connection.transaction():
            due = self._rows("lock_due_alerts", limit=limit)
            if not due:
                return Claim([], 0)
            customers = sorted({row["customer_id"] for row in due})
            # Each of the following statements sees what whoever held these customers before has committed.
            ours = {row["customer_id"] for row in self._rows("lock_customers", customer_ids=customers)}
            return self._claimed([row["alert_id"] for row in due if row["customer_id"] in ours], cool_down)

    def _claimed(self, due: list[int], cool_down: timedelta) -> Claim:
        touched = 0
        if cool_down:
            touched += len(self._rows("defer_cooling", alert_ids=due, cool_down=cool_down.total_seconds()))
        claimed = [row["alert_id"] for row in self._rows("claim_alerts", alert_ids=due)]
        touched += self._fold(claimed) if cool_down else 0
        return Claim(self._read(claimed), touched + len(claimed))

    def _fold(self, claimed: list[int]) -> int:
        folded = 0
        while others := self._rows("lock_others", alert_ids=claimed, limit=_FOLDED_AT_ONCE):
            self._connection.execute(query("fold_alerts"), {"others": _json(others)})
            folded += len(others)
        return folded

    def begin(self, call: NewCall, alerts: Sequence[tuple[ClaimedAlert, Sequence[Quota]]]) -> Begun:
        """Write that a request is about to leave, and count it; see `Outbox`."""
        try:
            return self._begin_once(call, alerts)
        except psycopg.OperationalError:
            if self._connection.broken and self._reopen:
                self._patiently(self._abandon, call, [alert for alert, _ in alerts])
            raise

    def _begin_once(self, call: NewCall, alerts: Sequence[tuple[ClaimedAlert, Sequence[Quota]]]) -> Begun:
        with self._connection.transaction():
            own = {
                row["alert_id"] for row in self._rows("lock_claimed", alerts=_claims([alert for alert, _ in alerts]))
            }
            over = {}
            for alert, quotas in alerts:
                if quotas and alert.alert_id in own and (subject := self._count(call.connection_id, quotas)):
                    over[alert.alert_id] = subject
            rows = self._rows("begin_call", alert_ids=sorted(own - over.keys()), **vars(call))
        return Begun({row["alert_id"]: row["attempt_id"] for row in rows}, over)

    def finish(self, call: NewCall, ends: Sequence[End]) -> None:
        """Write what the channel answered; see `Outbox`. Waits for a database that went away meanwhile."""
        self._patiently(self._finish_once, call, ends)

    def _patiently(self, write: Callable[..., None], *arguments: Any) -> None:
        """Write again and again while the database is away: what is in hand here nobody else knows."""
        from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential

        retrying = Retrying(
            retry=retry_if_exception(lambda error: self._reopen is not None and _is_away(error)),
            stop=stop_after_delay(_PATIENCE_WITH_DATABASE),
            wait=wait_exponential(multiplier=0.1, max=2),
            reraise=True,
        )
        retrying(self._written, write, *arguments)

    def _written(self, write: Callable[..., None], *arguments: Any) -> None:
        if self._connection.broken and self._reopen:
            self._connection = self._reopen()
        write(*arguments)

    def _abandon(self, call: NewCall, alerts: Sequence[ClaimedAlert]) -> None:
        self._connection.execute(query("abandon_call"), {"call_id": call.call_id, "alerts": _claims(alerts)})

    def _finish_once(self, call: NewCall, ends: Sequence[End]) -> None:
        with self._connection.transaction():
            rows = self._rows("finish_call", ends=_json([_end_row(end) for end in ends]))
            written = {row["attempt_id"] for row in rows}
            # What was written before, or is another sender's by now, was given back or is not ours to give back.
            refunded = [quota for end in ends if end.attempt_id in written for quota in end.refunded]
            self._change_quotas("refund_quotas", call, ends[0].attempt_id, refunded)
            used_up = [end.used_up for end in ends if end.used_up]
            self._change_quotas("use_up_quotas", call, ends[0].attempt_id, used_up)

    def settle(self, fates: Sequence[tuple[ClaimedAlert, Fate]]) -> None:
        """Write what becomes of alerts for which no request left; see `Outbox`."""
        rows = [{"alert_id": alert.alert_id, "claims": alert.claims, **_fate_row(fate)} for alert, fate in fates]
        self._connection.execute(query("settle_alerts"), {"fates": _json(rows)})

    def seconds_to_slot(self, connection_id: str, messages: int, per_second: float) -> float:
        """Reserve the next place under a rate limit; see `Outbox`."""
        row = self._rows("reserve_slot", connection_id=connection_id, seconds=messages / per_second)[0]
        return float(row["seconds"])

    def _count(self, connection_id: str, quotas: Sequence[Quota]) -> str | None:
        """Count a message; where a count is used up, return its subject and count nothing."""
        try:
            with self._connection.transaction():
                rows = self._rows("count_quotas", connection_id=connection_id, quotas=_json(list(map(vars, quotas))))
                if rows:
                    raise _NoRoom  # noqa: TRY301 - the way to take a transaction back
        except _NoRoom:
            return str(rows[0]["subject"])
        return None

    def _change_quotas(self, statement: str, call: NewCall, attempt_id: int, quotas: Sequence[Quota]) -> None:
        """Change counts of the day on which a try of the call began."""
        if quotas:
            values = {"connection_id": call.connection_id, "attempt_id": attempt_id}
            self._connection.execute(query(statement), values | {"quotas": _json(list(map(vars, quotas)))})

    def _open_calls(self, alert_ids: list[int]) -> list[OpenCall]:
        alerts = {alert.alert_id: alert for alert in self._read(alert_ids)}
        rows = self._rows("open_calls", alert_ids=alert_ids) if alert_ids else []
        calls = []
        for call_id, group in groupby(rows, lambda row: row["call_id"]):
            tries = list(group)
            first = tries[0]
            call = NewCall(call_id, first["channel"], first["connection_id"], first["repeatable_seconds"])
            attempts = {row["alert_id"]: row["attempt_id"] for row in tries}
            calls.append(OpenCall(call, [alerts[alert_id] for alert_id in attempts], attempts))
        return calls

    def _read(self, alert_ids: list[int]) -> list[ClaimedAlert]:
        return [_claimed_alert(row) for row in self._rows("claimed_alerts", alert_ids=alert_ids)] if alert_ids else []

    def _rows(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        return self._connection.execute(query(statement), parameters).fetchall()


@contextmanager
def open_outbox() -> Iterator[StoredOutbox]:
    """Give an outbox on a connection of its own, which it opens anew where the database went away for a moment.

    :raises StoreUnavailable: the server does not answer.
    """
    with ExitStack() as stores:

        def reopen() -> Connection:
            return stores.enter_context(open_store())

        yield StoredOutbox(reopen(), reopen)


def is_any_due(connection: Connection) -> bool:
    """Tell whether an alert waits for a sender."""
    row = connection.execute(query("is_alert_due")).fetchone()
    return bool(row and row["is_due"])


def first_accepted_at(connection: Connection) -> datetime | None:
    """Return when the first message of all was taken, None before."""
    row = connection.execute(query("first_accepted")).fetchone() or {}
    return row.get("accepted_at")


def _claimed_alert(row: dict[str, Any]) -> ClaimedAlert:
    steps = tuple(Step(channel, address, consent) for channel, address, consent in row.pop("route") or ())
    return ClaimedAlert(**row | {"route": steps, "struck": frozenset(row["struck"]), "tries": row["tries"] or {}})


def _end_row(end: End) -> dict[str, Any]:
    return {
        "attempt_id": end.attempt_id,
        "alert_id": end.alert.alert_id,
        "claims": end.alert.claims,
        "outcome": end.outcome,
        "code": _storable(end.code),
        "detail": _storable(end.detail),
        "dealer_id": _storable(end.dealer_id),
        **_fate_row(end.fate),
    }


def _fate_row(fate: Fate) -> dict[str, Any]:
    return {**vars(fate), "due_in": fate.due_in.total_seconds(), "error": _storable(fate.error)}


def _storable(text: str | None) -> str | None:
    """Return what PostgreSQL keeps of a stranger's words, or an answer in hand would be lost for a sign in it."""
    return text and text.replace("\0", "").encode(errors="replace").decode()


def _claims(alerts: Sequence[ClaimedAlert]) -> str:
    return _json([{"alert_id": alert.alert_id, "claims": alert.claims} for alert in alerts])


def _is_away(error: BaseException) -> bool:
    from jikimi.exceptions import StoreUnavailable

    return isinstance(error, (psycopg.OperationalError, StoreUnavailable))


def _json(rows: list[Any]) -> str:
    return json.dumps(rows, ensure_ascii=False)
