"""The outbox of alerts as a sender sees it: what it claims, what it writes down, and the port to where that is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol
from uuid import UUID

Outcome = Literal["delivered", "accepted", "rejected", "unavailable", "unknown"]
State = Literal["pending", "deferred", "delivered", "accepted", "failed", "unknown"]
WaitReason = Literal["retry", "fall_back", "quota", "channel_down"]


@dataclass(frozen=True)
class Step:
    """One channel of a customer's route, in its place."""

    channel: str
    address: str | None = field(repr=False)
    has_consent: bool


@dataclass(frozen=True)
class ClaimedAlert:
    """An alert that this sender claimed, with all that its message needs; its `repr` shows nothing personal.

    :param claims: number of this claim; whoever holds an older one has lost the alert.
    :param attempts: tries made so far.
    :param more: further alerts of the customer that the message tells of.
    :param is_known: whether the customer stands in `customers`; without, name and language are None.
    :param struck: channels that are out of the question for this alert.
    :param tries: tries made so far by channel.
    """

    alert_id: int
    claims: int
    attempts: int
    reference: str
    more: int
    occurred_at: datetime
    amount: Decimal
    currency: str
    card_masked: str | None = field(repr=False)
    merchant: str = field(repr=False)
    is_known: bool
    name: str | None = field(repr=False)
    language: str | None
    route: tuple[Step, ...]
    struck: frozenset[str]
    tries: Mapping[str, int]


@dataclass(frozen=True)
class Claim:
    """What one look at the outbox gave.

    :param touched: alerts that it changed in any way; 0 where nothing was due.
    """

    alerts: list[ClaimedAlert]
    touched: int


@dataclass(frozen=True)
class NewCall:
    """A request that is about to leave.

    :param repeatable_seconds: how long its dealer knows the call's id; 0 where it never does.
    """

    call_id: UUID
    channel: str
    connection_id: str
    repeatable_seconds: float = 0


@dataclass(frozen=True)
class Quota:
    """One daily count that a message uses up.

    :param subject: `app`, `sender`, `receiver:<digest>` or `pair:<digest>`.
    """

    subject: str
    most: int


@dataclass(frozen=True)
class Begun:
    """What may leave.

    :param attempts: alert id -> attempt id; an alert that is missing here was lost to another sender.
    :param over: alert id -> subject of the daily count that is used up.
    """

    attempts: dict[int, int]
    over: dict[int, str]


@dataclass(frozen=True)
class Fate:
    """What becomes of an alert.

    :param due_in: with `pending` and `deferred`, how long it waits.
    :param strike: channel that is out of the question from now on.
    """

    state: State
    error: str | None = None
    due_in: timedelta = timedelta()
    wait_reason: WaitReason | None = None
    strike: str | None = None


@dataclass(frozen=True)
class End:
    """How a try ended, and what becomes of its alert."""

    alert: ClaimedAlert
    attempt_id: int
    outcome: Outcome
    fate: Fate
    code: str | None = None
    detail: str | None = None
    dealer_id: str | None = None
    refunded: tuple[Quota, ...] = ()
    used_up: Quota | None = None


@dataclass(frozen=True)
class OpenCall:
    """A call whose answer was lost with its sender, and whose dealer still knows its id: it may be sent again.

    :param attempts: alert id -> attempt id of the first try.
    """

    call: NewCall
    alerts: list[ClaimedAlert]
    attempts: dict[int, int]


@dataclass(frozen=True)
class Recovered:
    """What senders left behind that died.

    :param states: alert id -> the state that it has now.
    """

    states: dict[int, str]
    calls: list[OpenCall]


class Outbox(Protocol):
    """Where alerts wait; each method is one transaction that is durable when it returns."""

    def recover(self, patience: timedelta) -> Recovered:
        """Take back what was claimed longer ago than `patience` and never finished.

        Nothing had left: `pending`. A request may have left: `unknown`, or a call to repeat where its dealer knows it.
        """

    def claim(self, limit: int, cool_down: timedelta) -> Claim:
        """Take up to `limit` due alerts into `sending`, at most one for each customer; no other sender gets them.

        Further alerts that wait for the same customer are folded into it. Alerts of a customer who was told less than
        `cool_down` ago wait until it is over. Without a cool-down nothing is folded.
        """

    def begin(self, call: NewCall, alerts: Sequence[tuple[ClaimedAlert, Sequence[Quota]]]) -> Begun:
        """Write that a request is about to leave, and count it; where a count is used up nothing is counted."""

    def finish(self, call: NewCall, ends: Sequence[End]) -> None:
        """Write what the channel answered and what that leads to; what another sender took over stays as it is."""

    def settle(self, fates: Sequence[tuple[ClaimedAlert, Fate]]) -> None:
        """Write what becomes of claimed alerts for which no request left."""

    def seconds_to_slot(self, connection_id: str, messages: int, per_second: float) -> float:
        """Reserve the next place under a rate limit; returns the seconds to wait for it."""
