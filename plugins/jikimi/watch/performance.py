"""Performance: what came of the messages of past days, as far as labels are known, and estimates before."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jikimi.store import monitors
from jikimi.store.connection import Connection
from jikimi.store.monitors import Span
from jikimi.store.panels import Panel
from jikimi.watch.settings import Settings

if TYPE_CHECKING:
    from ml.monitoring import Day, Finding

_DAY = timedelta(days=1)
_DAYS_BACK = 7
_TIMES_THE_DELAY = (0, 1, 2, 4)
_OFTEN = timedelta(minutes=55)


def watch_performance(store: Connection, champion: Panel | None, settings: Settings, now: datetime) -> "list[Finding]":
    """Measure the days that are complete, once an hour, and judge the champion's messages.

    Days are those of the purchases' own time: a replay runs in the past, and its labels with it.
    """
    from ml.monitoring import performance_findings

    if not monitors.is_performance_due(store, now - _OFTEN):
        return []
    clock = monitors.performance_clock(store)
    if clock is not None:
        for times in _TIMES_THE_DELAY:
            _measure(store, min(clock, now), times * settings.label_delay)
    monitors.keep_data(store, Span(now, now), {("performance_looked_at", ""): 1.0})
    if champion is None:
        return []
    newest = _days(monitors.recent_performance(store, champion.panel_id, timedelta(0), 1))
    labelled = _days(monitors.recent_performance(store, champion.panel_id, settings.label_delay, _DAYS_BACK))
    judged = champion.figures.get("message_precision")
    budget = champion.messages_per_10k
    return list(performance_findings(newest[0] if newest else None, labelled, budget, judged))


def complete_days(clock: datetime, delay: timedelta) -> list[Span]:
    """Return the last days whose labels may all be known, the newest first."""
    until = (clock - delay).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return [Span(until - (n + 1) * _DAY, until - n * _DAY) for n in range(_DAYS_BACK)]


def _measure(store: Connection, clock: datetime, delay: timedelta) -> None:
    days = complete_days(clock, delay)
    known = monitors.measured_days(store, delay, days[-1].since)
    for day in days:
        if day.until not in known:
            monitors.measure_day(store, day, delay)


def _days(rows: list[dict[str, Any]]) -> "list[Day]":
    from ml.monitoring import Day

    return [
        Day(f"{row['measured_from'].astimezone(UTC):%Y-%m-%d}", row["messages"], row["active_customers"], row["hits"])
        for row in rows
    ]
