"""Notices to staff: written when there is news, and sent until each of their channels took them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from jikimi.delivery.gaps import gap_after
from jikimi.delivery.staff import StaffWay
from jikimi.exceptions import DeliveryError, Unavailable
from jikimi.store import alarms, staff
from jikimi.store.alarms import AlarmNews
from jikimi.store.connection import Connection
from jikimi.store.staff import DueNotice, Notice, Trouble

_log = logging.getLogger(__name__)
MOST_ATTEMPTS = 12
# A channel that is away for a moment is no news.
PATIENCE = timedelta(minutes=5)
# What still waits is told again so often, or every minute would have its alarm.
QUIET = timedelta(minutes=30)
# A batch is committed somewhat later than the instant that its verdicts carry.
LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Wording:
    """How notices are worded.

    :param zone: in which staff read times.
    :param pages_url: where staff decide on alerts; empty where there is no such page.
    :param dashboards_url: where staff look at alarms; the same.
    """

    bank: str
    zone: tzinfo
    language: str
    pages_url: str
    dashboards_url: str = ""


def note_troubles(store: Connection, channels: Sequence[str], wording: Wording, now: datetime) -> bool:
    """Write what staff must know of deliveries, if there is news; returns whether there was.

    News are alerts that failed or whose answer was lost; what still waits is told with them, and alone now and then.

    :param channels: names of the ways to staff that are set up.
    """
    with store.transaction():
        staff.lock(store)
        troubles = staff.tell_troubles(store)
        waiting = staff.waiting_troubles(store, PATIENCE)
        last = staff.last_covered(store, "deliveries")
        if not troubles and (not waiting or (last and last > now - QUIET)):
            return False
        staff.write_notice(store, _alarm([*troubles, *waiting], wording, now), channels)
    return True


def note_digest(store: Connection, channels: Sequence[str], wording: Wording, now: datetime, minutes: int) -> bool:
    """Write what the panel agreed on since the last digest, once in so many minutes; returns whether there was any."""
    if minutes <= 0:
        return False
    period = timedelta(minutes=minutes)
    until = digest_end(now, period)
    with store.transaction():
        staff.lock(store)
        since = staff.last_covered(store, "digest") or until - period
        notice = _digest(store, since, until, wording) if since < until else None
        if notice:
            staff.write_notice(store, notice, channels)
    return notice is not None


def note_alarms(store: Connection, channels: Sequence[str], wording: Wording, now: datetime, quiet: timedelta) -> bool:
    """Write what the monitors found wrong, once for each fault, and when it is over; returns whether there was any.

    :param quiet: for so long a fault must be over.
    """
    with store.transaction():
        staff.lock(store)
        news = alarms.tell_alarms(store, now, quiet)
        if news:
            staff.write_notice(store, _alarms(news, wording, now), channels)
    return bool(news)


def digest_end(now: datetime, period: timedelta) -> datetime:
    """Return the end of the last period whose verdicts are all committed; periods are counted from 0:00 UTC."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (now - LATE - epoch) // period * period


def send_due(store: Connection, way: StaffWay) -> int:
    """Send what is due over one way; returns how many notices it took.

    Better twice than never: a notice whose answer was lost is sent again, unlike a customer's message.
    """
    sent = 0
    for notice in staff.due_notices(store, way.name):
        if not staff.claim_notice(store, notice, way.name, gap_after(notice.attempts + 1)):
            continue
        error = _error_of(way, notice)
        detail = error.detail if error else None
        if staff.finish_notice(store, notice, way.name, detail, _asked_wait(error), MOST_ATTEMPTS):
            _log.error("notice %s never reached staff over %s", notice.notice_id, way.name)
        if isinstance(error, Unavailable):
            # The others keep their tries for when the way is open again.
            break
        sent += error is None
    return sent


def _error_of(way: StaffWay, notice: DueNotice) -> DeliveryError | None:
    try:
        way.send(notice)
    except DeliveryError as error:
        _log.warning("notice %s over %s: %s", notice.notice_id, way.name, error.detail)
        return error
    return None


def _asked_wait(error: DeliveryError | None) -> timedelta:
    return timedelta(seconds=(error.retry_after or 0) if isinstance(error, Unavailable) else 0)


def _alarm(troubles: Sequence[Trouble], wording: Wording, now: datetime) -> Notice:
    from ml.messages import FailureLine, failure_letter

    lines = [
        FailureLine(trouble.channel or "-", f"{trouble.state}: {trouble.reason}", trouble.count, trouble.named)
        for trouble in troubles
    ]
    total = sum(line.count for line in lines)
    letter = failure_letter(lines, total, wording.zone, now, wording.bank, wording.pages_url, wording.language)
    return Notice("deliveries", letter.title, letter.text, letter.html, now)


def _alarms(news: Sequence[AlarmNews], wording: Wording, now: datetime) -> Notice:
    from ml.messages import AlarmLine, alarm_letter

    lines = [
        AlarmLine(each.sentence_ko if wording.language == "ko" else each.sentence_en, each.is_over) for each in news
    ]
    page = f"{wording.dashboards_url.rstrip('/')}{news[0].link}" if wording.dashboards_url else ""
    letter = alarm_letter(lines, wording.zone, now, wording.bank, page, wording.language)
    return Notice("alarms", letter.title, letter.text, letter.html, now)


def _digest(store: Connection, since: datetime, until: datetime, wording: Wording) -> Notice | None:
    from ml.messages import StaffRow, digest_letter
    from ml.messages.staff import MOST_LINES

    found, total = staff.unanimous(store, since, until, MOST_LINES)
    if not found:
        return None
    rows = [StaffRow(**vars(row)) for row in found]
    letter = digest_letter(rows, total, since, until, wording.zone, wording.bank, wording.language)
    return Notice("digest", letter.title, letter.text, letter.html, until)
