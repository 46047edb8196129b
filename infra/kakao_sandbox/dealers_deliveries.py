"""Messages that a dealer took: kept at once, shown in the inbox, and told of later."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from infra.kakao_sandbox import dealers_fates, dealers_texts, messages
from infra.kakao_sandbox.dealers_fates import Fate
from infra.kakao_sandbox.state import Sandbox

Dealer = Literal["nhn", "solapi"]
CHANNELS = {"ATA": "alimtalk", "SMS": "sms", "LMS": "lms"}
_INSERT = """
    insert into deliveries (dealer, request_id, sequence, message_id, phase, kind, address, sender, template, text,
        reference, text_kind, text_subject, text_body, text_sender, fate, text_fate, created_at, updated_at, due_at,
        delay, inbox_id)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class Refused(Exception):
    """One message is refused on arrival, with a code of the dealer."""

    def __init__(self, code: int | str) -> None:
        super().__init__(code)
        self.code = str(code)


@dataclass(frozen=True, slots=True)
class TextMessage:
    """What goes to a telephone where KakaoTalk does not take the message.

    :param kind: `SMS` or `LMS`.
    :param fate: code of its failure, None where it may arrive.
    """

    kind: str
    body: str = field(repr=False)
    subject: str | None = None
    sender: str | None = None
    fate: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that passed all checks.

    :param sequence: its place in the request, from 1.
    :param kind: `ATA` for Alimtalk, `SMS` or `LMS` for a text message that was asked for as such.
    :param reference: NHN's recipientGroupingKey, SOLAPI's customFields.
    """

    sequence: int
    address: str = field(repr=False)
    text: str = field(repr=False)
    kind: str = "ATA"
    subject: str | None = None
    template: str | None = None
    sender: str | None = None
    reference: str | None = None
    message_id: str | None = None
    fall_back: TextMessage | None = field(default=None, repr=False)


@dataclass(frozen=True)
class DealerRequest:
    """One call that was taken.

    :param starts_at: when the dealer begins to send, in seconds since 1970.
    :param refused: how many of its messages did not pass the checks.
    """

    dealer: Dealer
    request_id: str
    starts_at: float
    refused: int = 0
    grouping_key: str | None = None
    allows_copies: bool = False


def keep(sandbox: Sandbox, call: DealerRequest, taken: Sequence[Delivery]) -> None:
    """Keep a call and its messages; call it inside a transaction."""
    now, settings = sandbox.now(), sandbox.settings
    total, copies = len(taken) + call.refused, int(call.allows_copies)
    sandbox.rows(
        "insert into dealer_requests (request_id, dealer, grouping_key, total, refused, requested_at, created_at,"
        " allows_copies) values (?, ?, ?, ?, ?, ?, ?, ?)",
        *(call.request_id, call.dealer, call.grouping_key, total, call.refused, call.starts_at, now, copies),
    )
    fates = dealers_fates.decide(sandbox, call.dealer, [one.address for one in taken])
    inbox = messages.keep_many(sandbox, [_arrival(one, settings.sms_sender_number) for one in taken])
    rows = [_row(call, one, fate, inbox_id, now) for one, fate, inbox_id in zip(taken, fates, inbox, strict=True)]
    sandbox.database.executemany(_INSERT, rows)


def _row(call: DealerRequest, one: Delivery, fate: Fate, inbox_id: int, now: float) -> tuple[object, ...]:
    # SOLAPI tells when a message left for Kakao, NHN does not.
    phase, delay = ("taken", fate.delay / 2) if call.dealer == "solapi" else ("sent", fate.delay)
    due_at = max(now, call.starts_at) + delay
    text = one.fall_back
    said = (text.kind, text.subject, text.body, text.sender) if text else (None, None, None, None)
    text_fate = text.fate or fate.text_code if text else None
    return (
        *(call.dealer, call.request_id, one.sequence, one.message_id, phase, one.kind, one.address, one.sender),
        *(one.template, one.text, one.reference, *said, fate.code, text_fate, now, now, due_at, delay, inbox_id),
    )


def _arrival(one: Delivery, own_number: str) -> messages.Arrival:
    channel = CHANNELS[one.kind]
    return messages.Arrival(
        chat_key=one.address,
        channel=channel,
        text=one.text,
        title=dealers_texts.written(one.address),
        subject=one.subject,
        detail=one.template if channel == "alimtalk" else one.sender or own_number,
        state="accepted",
    )
