"""An outbox in memory, and channels that answer as a test says; the outbox passes the same tests as the real one."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from jikimi.channels.base import Limits, Taken, in_slices
from jikimi.outbox import Begun, Claim, ClaimedAlert, NewCall, OpenCall, Recovered, Step

WAITING = ("pending", "deferred")
TOLD = ("delivered", "accepted", "unknown")


@dataclass
class Row:
    """An alert as the table keeps it."""

    alert_id: int
    customer_id: str
    due_at: datetime
    state: str = "pending"
    claims: int = 0
    attempts: int = 0
    struck: tuple = ()
    channel: str | None = None
    wait_reason: str | None = None
    error: str | None = None
    claimed_at: datetime | None = None
    accepted_at: datetime | None = None
    folded_into: int | None = None
    folded_count: int = 0


@dataclass
class Try:
    """A try as the table keeps it."""

    attempt_id: int
    alert_id: int
    call: NewCall
    started_at: datetime
    outcome: str | None = None
    code: str | None = None
    dealer_id: str | None = None


@dataclass
class MemoryOutbox:
    """The rules of `StoredOutbox` without a database, on a clock of its own."""

    clock: datetime = datetime(2026, 3, 1, 3, tzinfo=UTC)
    alerts: dict[int, Row] = field(default_factory=dict)
    tries: list[Try] = field(default_factory=list)
    routes: dict[str, list[Step]] = field(default_factory=dict)
    used: dict[tuple, int] = field(default_factory=dict)
    slots: dict[str, datetime] = field(default_factory=dict)
    numbers: count = field(default_factory=lambda: count(1))

    def now(self):
        return self.clock

    def recover(self, patience):
        states, open_tries = {}, []
        stuck = [a for a in self.alerts.values() if a.state == "sending" and a.claimed_at < self.clock - patience]
        for alert in stuck:
            attempt = self._open_try(alert)
            if attempt is None:
                self._change(alert, state="pending", wait_reason="retry", error=None)
            elif self._is_repeatable(attempt):
                alert.claims += 1
                alert.claimed_at = self.clock
                open_tries.append(attempt)
            else:
                attempt.outcome = "unknown"
                self._change(alert, state="unknown", error="the sender stopped before it heard an answer")
            states[alert.alert_id] = alert.state
        return Recovered(states, self._calls_of(open_tries))

    def claim(self, limit, cool_down):
        due = [a for a in self._waiting() if a.due_at <= self.clock and not self._is_busy(a.customer_id)]
        due = sorted(due, key=lambda a: (a.due_at, a.alert_id))[:limit]
        touched = sum(self._cools(alert, cool_down) for alert in due) if cool_down else 0
        claimed = []
        for alert in sorted(due, key=lambda a: a.alert_id):
            if alert.state in WAITING and alert.due_at <= self.clock and not self._is_busy(alert.customer_id):
                claimed.append(alert)
                self._change(alert, state="sending", claims=alert.claims + 1, claimed_at=self.clock)
        touched += sum(self._fold(alert) for alert in claimed) if cool_down else 0
        return Claim([self._read(alert) for alert in claimed], touched + len(claimed))

    def begin(self, call, alerts):
        attempts, over = {}, {}
        for alert, quotas in alerts:
            row = self.alerts[alert.alert_id]
            if not self._owns(alert):
                continue
            if full := [q.subject for q in quotas if self.used.get(self._count_key(call, q), 0) >= q.most]:
                over[alert.alert_id] = min(full)
                continue
            for quota in quotas:
                self.used[self._count_key(call, quota)] = self.used.get(self._count_key(call, quota), 0) + 1
            row.attempts += 1
            row.claimed_at, row.channel = self.clock, call.channel
            self.tries.append(Try(next(self.numbers), alert.alert_id, call, self.clock))
            attempts[alert.alert_id] = self.tries[-1].attempt_id
        return Begun(attempts, over)

    def finish(self, call, ends):
        for end in ends:
            row = self.alerts[end.alert.alert_id]
            attempt = next(t for t in self.tries if t.attempt_id == end.attempt_id)
            if self._owns(end.alert) or self._is_late_news(row, end):
                self._apply(row, end.fate)
                attempt.outcome, attempt.code, attempt.dealer_id = end.outcome, end.code, end.dealer_id
                for quota in end.refunded:
                    key = self._count_key(call, quota, attempt.started_at)
                    self.used[key] = max(0, self.used.get(key, 0) - 1)
            if end.used_up:
                # In the first minute perhaps of the day before.
                asked_at = attempt.started_at - timedelta(minutes=1)
                self.used[self._count_key(call, end.used_up, asked_at)] = end.used_up.most

    def settle(self, fates):
        for alert, fate in fates:
            if self._owns(alert):
                self._apply(self.alerts[alert.alert_id], fate)

    def seconds_to_slot(self, connection_id, messages, per_second):
        free = max(self.slots.get(connection_id, self.clock), self.clock)
        self.slots[connection_id] = free + timedelta(seconds=messages / per_second)
        return (free - self.clock).total_seconds()

    # What a test does and asks.

    @contextmanager
    def opened(self):
        yield self

    def customer(self, customer_id, *route):
        self.routes[customer_id] = [Step(channel, f"to-{customer_id}", consent) for channel, consent in route]

    def alert(self, customer_id="c1"):
        alert_id = next(self.numbers)
        self.alerts[alert_id] = Row(alert_id, customer_id, self.clock)
        return alert_id

    def cancel(self, alert_id):
        row = self.alerts[alert_id]
        if row.state in WAITING:
            self._change(row, state="cancelled", error="kim: a trial", folded_count=0)
            for other in self.alerts.values():
                if other.folded_into == alert_id:
                    self._change(other, state="pending", folded_into=None)

    def send_again(self, alert_id):
        row = self.alerts[alert_id]
        self._change(row, state="pending", wait_reason="operator", attempts=0, struck=())

    def state(self, alert_id):
        return self.alerts[alert_id]

    def outcomes(self, alert_id):
        return [t.outcome for t in self.tries if t.alert_id == alert_id]

    def pass_time(self, seconds):
        self.clock += timedelta(seconds=seconds)

    def _waiting(self):
        return [alert for alert in self.alerts.values() if alert.state in WAITING]

    def _is_busy(self, customer_id):
        return any(a.customer_id == customer_id and a.state == "sending" for a in self.alerts.values())

    def _cools(self, alert, cool_down):
        if alert.attempts or alert.wait_reason == "operator":
            return False
        told = [
            a.accepted_at or a.due_at
            for a in self.alerts.values()
            if a.customer_id == alert.customer_id and a.state in TOLD
        ]
        if not told or max(told) + cool_down <= self.clock:
            return False
        self._change(alert, state="deferred", due_at=max(told) + cool_down, wait_reason="cool_down")
        return True

    def _fold(self, alert):
        others = [a for a in self._waiting() if a.customer_id == alert.customer_id and a.wait_reason != "operator"]
        for other in others:
            self._change(other, state="suppressed", folded_into=alert.alert_id)
            alert.folded_count += 1 + other.folded_count
        return len(others)

    def _change(self, row, **values):
        row.wait_reason, row.claimed_at, row.due_at = None, None, values.pop("due_at", self.clock)
        for name, value in values.items():
            setattr(row, name, value)

    def _apply(self, row, fate):
        self._change(
            row, state=fate.state, error=fate.error, wait_reason=fate.wait_reason, due_at=self.clock + fate.due_in
        )
        row.accepted_at = self.clock if fate.state in ("delivered", "accepted") else None
        row.struck += (fate.strike,) if fate.strike else ()

    def _owns(self, alert):
        row = self.alerts[alert.alert_id]
        return row.state == "sending" and row.claims == alert.claims

    def _is_late_news(self, row, end):
        if row.claims != end.alert.claims:
            return False
        if row.state == "pending" and row.wait_reason == "operator":
            return end.outcome in ("delivered", "accepted")
        return row.state == "unknown" and end.outcome != "unknown"

    def _open_try(self, alert):
        return next((t for t in self.tries if t.alert_id == alert.alert_id and t.outcome is None), None)

    def _is_repeatable(self, attempt):
        return attempt.started_at + timedelta(seconds=attempt.call.repeatable_seconds) > self.clock

    def _calls_of(self, tries):
        calls = {}
        for attempt in tries:
            calls.setdefault(attempt.call.call_id, []).append(attempt)
        return [
            OpenCall(
                group[0].call,
                [self._read(self.alerts[t.alert_id]) for t in group],
                {t.alert_id: t.attempt_id for t in group},
            )
            for group in calls.values()
        ]

    def _count_key(self, call, quota, instant=None):
        return call.connection_id, ((instant or self.clock) + timedelta(hours=9)).date(), quota.subject

    def _read(self, row):
        tries = [t.call.channel for t in self.tries if t.alert_id == row.alert_id]
        return ClaimedAlert(
            alert_id=row.alert_id,
            claims=row.claims,
            attempts=row.attempts,
            reference=f"{row.alert_id:08X}",
            more=row.folded_count,
            occurred_at=self.clock,
            amount=Decimal(500),
            currency="KRW",
            card_masked=None,
            merchant="ABC마트",
            is_known=row.customer_id in self.routes,
            name="홍길동",
            language="ko",
            route=tuple(self.routes.get(row.customer_id, ())),
            struck=frozenset(row.struck),
            tries={channel: tries.count(channel) for channel in tries},
        )


@dataclass
class ScriptedChannel:
    """A channel that gives the next of its answers to each message, and remembers what it took.

    An answer is a `Taken`, a `DeliveryError` for one message, or an exception to raise for the whole call.

    :param taken: (alert id, call id) of every message that really arrived.
    """

    name: str = "kakao_friends"
    limits: Limits = field(default_factory=Limits)
    answers: list = field(default_factory=list)
    otherwise: object = Taken(is_final=True)
    counted: tuple = ()
    taken: list = field(default_factory=list)
    calls_seen: list = field(default_factory=list)
    is_closed: bool = False

    @property
    def connection_id(self):
        return f"{self.name}_default"

    def quotas(self, message):
        return self.counted

    def calls(self, messages):
        return in_slices(messages, self.limits.messages_a_call)

    def send(self, messages, call_id):
        self.calls_seen.append((call_id, [message.alert_id for message in messages]))
        if self.answers and callable(self.answers[0]):
            return self.answers.pop(0)(self, messages, call_id)
        return {message.alert_id: self._answer(message, call_id) for message in messages}

    def test(self):
        return True, "it answers"

    def close(self):
        self.is_closed = True

    def _answer(self, message, call_id):
        answer = self.answers.pop(0) if self.answers else self.otherwise
        if isinstance(answer, Taken):
            self.taken.append((message.alert_id, call_id))
        return answer


def raising(error, arrives=False):
    """Return an answer that raises for the whole call; `arrives` where the messages arrive all the same."""

    def answer(channel, messages, call_id):
        if arrives:
            channel.taken += [(message.alert_id, call_id) for message in messages]
        raise error

    return answer


def with_limits(channel, **limits):
    """Return the channel with other limits."""
    channel.limits = replace(channel.limits, **limits)
    return channel
