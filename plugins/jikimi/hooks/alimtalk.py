"""What both dealers of Alimtalk have in common: a message, what became of it, and the meaning of their codes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Literal

from jikimi.exceptions import DeliveryError, Misconfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.alimtalk_settings import AlimtalkSettings, read_settings

# A request that was on its way for so long does not arrive any more, and a search finds what arrived.
_ARRIVED_WITHIN = timedelta(minutes=20)
# Dealers forget after some months.
_REMEMBERED = timedelta(days=30)
# What Korean numbers look like when they are dialled in Korea.
_DOMESTIC = re.compile(r"0\d{8,10}")
_ADVICE: dict[type[DeliveryError], str] = {
    Rejected: "this message can never be sent this way",
    Misconfigured: "a person must put the account or the connection right",
    Unavailable: "try again later",
    Unknown: "it may have been delivered: do not send it again",
}


@dataclass(frozen=True)
class TextMessage:
    """What a telephone gets where KakaoTalk does not take the message.

    :param title: of an LMS; an SMS has none.
    """

    kind: Literal["SMS", "LMS"]
    text: str = field(repr=False)
    title: str = ""


@dataclass(frozen=True)
class Alimtalk:
    """One message as dealers take it; its `repr` shows nothing personal.

    :param reference: comes back in the dealer's reports; at most once in a request.
    :param number: digits as they are dialled in Korea.
    :param template: code under which the dealer registered the approved text.
    :param variables: what is filled in for `#{name}`, by name.
    """

    reference: str
    number: str = field(repr=False)
    template: str
    variables: Mapping[str, str] = field(repr=False)
    fall_back: TextMessage | None = None


@dataclass(frozen=True)
class Receipt:
    """The dealer has a message.

    :param dealer_id: how the dealer calls it; None where it did not say.
    """

    dealer_id: str | None
    code: str


Outcome = Receipt | DeliveryError


class Verdict(Enum):
    """What a dealer knows by now."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    OPEN = "not known yet"


@dataclass(frozen=True)
class Meaning:
    """One row of a table of what a dealer answers to a request.

    :param error: None where the dealer has the message.
    """

    words: str
    error: type[DeliveryError] | None = None


@dataclass(frozen=True)
class Fate:
    """One row of a table of what a dealer says later."""

    words: str
    verdict: Verdict


@dataclass(frozen=True)
class Asked:
    """A message whose fate is asked for.

    :param dealer_id: None where the answer to its request was lost.
    """

    reference: str
    dealer_id: str | None
    started_at: datetime


@dataclass(frozen=True)
class Finding:
    """What a dealer says about one message.

    :param event_id: the same where the dealer says the same again.
    :param dealer_id: None where the dealer never had the message.
    :param detail: one sentence without personal data.
    """

    event_id: str
    dealer_id: str | None
    reference: str | None
    is_delivered: bool
    code: str
    detail: str


def absent(asked: Asked, now: datetime) -> Finding | None:
    """Judge a message whose answer was lost and that a search at the dealer does not find; None while it is too early.

    This is what settles most lost answers: the request never arrived, and another way to the customer is safe.
    """
    if not _ARRIVED_WITHIN < now - asked.started_at < _REMEMBERED:
        return None
    event_id = f"absent/{asked.reference}/{asked.started_at:%Y%m%d%H%M%S%f}"
    return Finding(event_id, None, asked.reference, False, "absent", "the dealer never had the message.")


def settings_of(hook: Any, conn_id: str) -> AlimtalkSettings:
    """Return the connection of a hook, checked.

    :raises NotConfigured: it is missing, or a field of it cannot be used.
    """
    from airflow.sdk.exceptions import AirflowNotFoundException

    from jikimi.exceptions import NotConfigured

    try:
        return read_settings(hook.get_connection(conn_id), hook.conn_type)
    except AirflowNotFoundException as error:
        raise NotConfigured(f"There is no connection {conn_id}: add it under Admin > Connections.") from error


def number_of(address: str | None) -> str:
    """Return a telephone number as it is dialled in Korea, digits only.

    :raises Rejected: it is none.
    """
    digits = re.sub(r"[\s().-]", "", address or "")
    if digits.startswith("+82"):
        digits = "0" + digits[3:].removeprefix("0")
    if not _DOMESTIC.fullmatch(digits):
        raise Rejected("The customer's address is not a Korean telephone number.", "number")
    return digits


def error_of(code: str, meaning: Meaning, service: str, messages: int = 1) -> DeliveryError:
    """Translate a refusal.

    :param messages: how many of them it concerns. Where a whole request is refused for what only one message can have
        wrong, nobody knows which one: no message is given up for that.
    """
    kind = meaning.error or Unknown
    if kind is Rejected and messages > 1:
        kind = Misconfigured
    return kind(f"{service} answered {code}, {meaning.words}: {_ADVICE[kind]}.", code)


def windows(instants: Sequence[datetime], before: timedelta, after: timedelta) -> list[tuple[datetime, datetime]]:
    """Return the periods around these instants, those that overlap as one."""
    merged: list[tuple[datetime, datetime]] = []
    for instant in sorted(instants):
        start, end = instant - before, instant + after
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def in_batches(asked: Sequence[Asked], most: int) -> Iterator[Sequence[Asked]]:
    """Cut a list into lists of at most `most`."""
    for start in range(0, len(asked), most):
        yield asked[start : start + most]
