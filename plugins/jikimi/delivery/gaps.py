"""How long an alert waits before the next try."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_FIRST_SECONDS = 5
_LONGEST_SECONDS = 3600
_KOREA = ZoneInfo("Asia/Seoul")
# Clocks differ: who asks a moment too early is told of the old day, and would wait for all of the new one.
_GRACE = timedelta(minutes=1)


def gap_after(attempts: int) -> timedelta:
    """Return the pause after so many tries: 5 s, doubled each time up to an hour, and up to 5 s more by chance."""
    from tenacity import RetryCallState, wait_exponential_jitter

    gaps = wait_exponential_jitter(multiplier=_FIRST_SECONDS, max=_LONGEST_SECONDS, jitter=_FIRST_SECONDS)
    tried = RetryCallState(retry_object=None, fn=None, args=(), kwargs={})  # type: ignore[arg-type]
    tried.attempt_number = max(1, attempts)
    return timedelta(seconds=gaps(tried))


def until_reset(now: datetime) -> timedelta:
    """Return the time to a minute after midnight in Korea, when KakaoTalk's daily counts have begun anew."""
    korean = now.astimezone(_KOREA) - _GRACE
    return (korean + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0) - korean
