"""What every channel takes and gives back; the drain knows nothing else of them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from jikimi.exceptions import DeliveryError
from jikimi.outbox import Quota as Quota

if TYPE_CHECKING:
    from ml.messages import Letter

NAMES = ("alimtalk", "kakao_friends", "kakao_memo", "email", "discord")


@dataclass(frozen=True)
class Message:
    """One message that is ready to leave; its `repr` shows nothing personal.

    :param reference: what the customer names on the telephone; dealers repeat it in their reports.
    :param address: telephone number, uuid, e-mail address or Discord thread; None where the channel needs none.
    """

    alert_id: int
    reference: str
    address: str | None = field(repr=False)
    letter: "Letter" = field(repr=False)


@dataclass(frozen=True)
class Taken:
    """The channel took a message.

    :param is_final: nothing more will be heard of it; False where a delivery report is due.
    :param dealer_id: how the dealer calls the message.
    """

    is_final: bool
    dealer_id: str | None = None
    code: str = "0"


@dataclass(frozen=True)
class Limits:
    """What a channel bears.

    :param messages_a_call: most messages of one request.
    :param calls_at_once: most requests under way in one drain.
    :param per_second: most messages a second over all drains; None for no limit of ours.
    :param repeatable_seconds: how long the same request with the same call id is known to the dealer; 0 where it
        knows no such key, so that a lost answer stays unknown.
    """

    messages_a_call: int = 1
    calls_at_once: int = 1
    per_second: float | None = None
    repeatable_seconds: float = 0


@dataclass(frozen=True)
class OpenAttempt:
    """A try that waits for a delivery report."""

    reference: str
    dealer_id: str | None
    started_at: datetime


@dataclass(frozen=True)
class Report:
    """What a dealer says later about one message.

    :param event_id: the dealer's id of this saying; the same twice counts once.
    :param dealer_id: as in `Taken`; it or the reference finds the try.
    :param detail: one sentence without personal data.
    """

    dealer: str
    event_id: str
    dealer_id: str | None
    reference: str | None
    is_delivered: bool
    code: str
    detail: str = ""
    reported_at: datetime | None = None


class Channel(Protocol):
    """A way to customers over one connection.

    Reading its settings may raise `NotConfigured`; nothing but `send` and `reports` speaks to the wire.
    """

    name: str
    connection_id: str
    limits: Limits

    def quotas(self, message: Message) -> Sequence[Quota]:
        """Return the daily counts that this message uses up; none where the channel has no quota."""

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Split messages into requests, each of at most `limits.messages_a_call`."""

    def send(self, messages: Sequence[Message], call_id: UUID) -> Mapping[int, Taken | DeliveryError]:
        """Send one request and return what became of each message, by alert id.

        :raises DeliveryError: the same for all of them.
        """

    def test(self) -> tuple[bool, str]:
        """Try the account and say in a sentence how it is; sends nothing."""

    def close(self) -> None:
        """Let the service go; the channel is not used again."""


class ReportingChannel(Channel, Protocol):
    """A channel whose dealer says later what became of a message."""

    def reports(self, attempts: Sequence[OpenAttempt]) -> Iterator[Report]:
        """Ask the dealer about these tries and yield what is known by now.

        :raises DeliveryError: the dealer does not answer.
        """


def in_slices(messages: Sequence[Message], most: int) -> list[list[Message]]:
    """Cut messages into lists of at most `most`."""
    return [list(messages[start : start + most]) for start in range(0, len(messages), most)]


def digest(address: str) -> str:
    """Name a receiver in a count without saying who it is."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]
