"""What becomes of an alert, decided from what its channel said: the one place where that is decided."""

from datetime import datetime, timedelta

from jikimi.channels.base import Taken
from jikimi.delivery.gaps import gap_after, until_reset
from jikimi.delivery.routing import is_other_left, step_after
from jikimi.exceptions import DeliveryError, QuotaUsedUp, Rejected, Unavailable, Unknown
from jikimi.outbox import ClaimedAlert, Fate, Outcome

# Peers settled on twelve: with growing gaps that is some three hours of a channel's absence.
MOST_ATTEMPTS = 12
# A customer who can be reached otherwise does not wait for a channel that is away.
TRIES_BEFORE_NEXT = 3
# However long a channel has been away, within some ten minutes each alert is looked at again.
_GROWING_WAITS = 8


def fate_of(result: Taken | DeliveryError, alert: ClaimedAlert, channel: str, now: datetime) -> Fate:
    """Decide what becomes of an alert after a try.

    :param alert: as it was claimed, this try not counted.
    """
    if isinstance(result, Taken):
        return Fate("delivered" if result.is_final else "accepted")
    if isinstance(result, Unknown):
        return Fate("unknown", result.detail)
    if isinstance(result, Rejected):
        return _passed_over(result, alert, channel) or _failed(result)
    if alert.attempts + 1 >= MOST_ATTEMPTS:
        return _failed(result)
    if isinstance(result, QuotaUsedUp):
        return over_quota(result.detail, alert, channel, now)
    return _after_absence(result, alert, channel)


def over_quota(detail: str, alert: ClaimedAlert, channel: str, now: datetime) -> Fate:
    """Decide for an alert whose channel has no room left today: the next channel, or midnight in Korea."""
    if is_other_left(alert, channel):
        return Fate("pending", detail, wait_reason="fall_back", strike=channel)
    return Fate("deferred", detail, until_reset(now), "quota")


def channel_away(detail: str, alert: ClaimedAlert, channel: str, unusable: frozenset[str] = frozenset()) -> Fate:
    """Decide for an alert whose channel is known to take nothing now: no request leaves, no try is counted.

    The wait grows with each claim, or a long backlog would be due again before a drain is through with it.

    :param unusable: further channels that take nothing now.
    """
    if step_after(alert, alert.struck | unusable | {channel}):
        return Fate("pending", detail, wait_reason="fall_back", strike=channel)
    return Fate("pending", detail, gap_after(min(alert.claims + 2, _GROWING_WAITS)), "channel_down")


def outcome_of(result: Taken | DeliveryError) -> Outcome:
    """Return the word that the try's row keeps."""
    if isinstance(result, Taken):
        return "delivered" if result.is_final else "accepted"
    if isinstance(result, Rejected):
        return "rejected"
    return "unavailable" if isinstance(result, Unavailable) else "unknown"


def _after_absence(error: DeliveryError, alert: ClaimedAlert, channel: str) -> Fate:
    """Decide after a try that nothing took: again later, or the next channel where this one had its chances."""
    tries = alert.tries.get(channel, 0) + 1
    sensible = error.tries if isinstance(error, Unavailable) else None
    if tries >= (sensible or TRIES_BEFORE_NEXT) and (passed := _passed_over(error, alert, channel)):
        return passed
    if sensible and tries >= sensible:
        return _failed(error)
    gap = gap_after(alert.attempts + 1)
    return Fate("pending", error.detail, max(gap, _asked_wait(error)), "retry")


def _passed_over(error: DeliveryError, alert: ClaimedAlert, channel: str) -> Fate | None:
    if alert.attempts + 1 < MOST_ATTEMPTS and is_other_left(alert, channel):
        return Fate("pending", error.detail, wait_reason="fall_back", strike=channel)
    return None


def _failed(error: DeliveryError) -> Fate:
    return Fate("failed", error.detail)


def _asked_wait(error: DeliveryError) -> timedelta:
    seconds = error.retry_after if isinstance(error, Unavailable) else None
    return timedelta(seconds=seconds or 0)
