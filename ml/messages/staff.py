"""What staff are told: a digest of what the panel agreed on, and which messages did not arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final

from ml.messages.facts import Letter
from ml.messages.figures import amount_text, local_time
from ml.messages.masking import mask_id
from ml.messages.notices import Line, notice, short
from ml.messages.templates import fill, words

MOST_LINES: Final = 20
MOST_REFERENCES: Final = 5


@dataclass(frozen=True)
class StaffRow:
    """A transaction that the whole panel called fraud.

    :param reference: of its alert.
    :param amount: in the currency's main unit.
    :param state: of its alert, such as `delivered`.
    :param customer_id: as the bank has it; it is masked here. Empty where staff need not know.
    """

    reference: str
    occurred_at: datetime
    amount: Decimal | float
    currency: str
    merchant: str | None
    state: str
    customer_id: str = ""


@dataclass(frozen=True)
class FailureLine:
    """Messages that failed in the same way.

    :param reason: one sentence without personal data.
    :param count: how many.
    :param references: of some or all of them.
    """

    channel: str
    reason: str
    count: int
    references: Sequence[str]


@dataclass(frozen=True)
class AlarmLine:
    """What a monitor found wrong, or what is over.

    :param sentence: without personal data, in the language of the letter.
    """

    sentence: str
    is_over: bool


def digest_letter(
    rows: Sequence[StaffRow],
    total: int,
    since: datetime,
    until: datetime,
    zone: tzinfo,
    bank: str,
    language: str = "ko",
) -> Letter:
    """Return what the panel agreed on between two instants, its first rows one by one.

    :param rows: in the order to be shown; at most 20 are.
    :param total: how many there were.
    :return: `text` is for Discord, at most 2,000 characters; `html` is for mail.
    """
    lines = [_row(row, zone, language) for row in rows[:MOST_LINES]]
    values = {"since": _time(since, zone, language), "until": _time(until, zone, language)}
    return notice("digest", {**values, "bank": bank}, lines, total, language)


def failure_letter(
    lines: Sequence[FailureLine],
    total: int,
    zone: tzinfo,
    at: datetime,
    bank: str,
    pages_url: str,
    language: str = "ko",
) -> Letter:
    """Return how many messages did not arrive or may not have, by channel and reason.

    :param lines: in the order to be shown; at most 20 are.
    :param total: how many messages there are in all.
    :param pages_url: where staff decide on them.
    :return: `text` is for Discord, at most 2,000 characters; `html` is for mail.
    """
    written = [_failure(line, language) for line in lines[:MOST_LINES]]
    values = {"at": _time(at, zone, language), "bank": bank}
    return notice("deliveries", values, written, total, language, pages_url)


def alarm_letter(
    lines: Sequence[AlarmLine], zone: tzinfo, at: datetime, bank: str, page_url: str, language: str = "ko"
) -> Letter:
    """Return what the monitors found wrong, and what is over.

    :param lines: in the order to be shown; at most 20 are.
    :param page_url: the dashboard that shows the first of them.
    :return: `text` is for Discord, at most 2,000 characters; `html` is for mail.
    """
    said = words("staff", language)
    written = [
        Line(said["over" if line.is_over else "alarm"], {"sentence": short(line.sentence, 300)}, 1)
        for line in lines[:MOST_LINES]
    ]
    values = {"at": _time(at, zone, language), "bank": bank}
    return notice("alarms", values, written, len(lines), language, page_url)


def _row(row: StaffRow, zone: tzinfo, language: str) -> Line:
    said = words("staff", language)
    values = {
        "time": _time(row.occurred_at, zone, language),
        "customer": f"{mask_id(row.customer_id)} · " if row.customer_id else "",
        "amount": amount_text(row.amount, row.currency, language),
        "merchant": short(row.merchant or "", 40) or said["unknown"],
        "reference": short(row.reference, 20),
        "state": said["states"].get(row.state, short(row.state, 20)),
    }
    return Line(said["row"], values, 1)


def _failure(line: FailureLine, language: str) -> Line:
    said = words("staff", language)
    named = ", ".join(short(reference, 20) for reference in line.references[:MOST_REFERENCES])
    unnamed = line.count - min(len(line.references), MOST_REFERENCES)
    rest = fill(said["more_references"], {"rest": f"{unnamed:,}"}) if unnamed > 0 else ""
    values = {"channel": short(line.channel, 30), "reason": short(line.reason, 120), "count": f"{line.count:,}"}
    return Line(said["failure"], values | {"references": (named + rest).strip()}, line.count)


def _time(instant: datetime, zone: tzinfo, language: str) -> str:
    return local_time(instant.astimezone(zone), language)
