"""The data: does it land, does it wait, is there as much as usual, how much is refused."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jikimi.store import monitors
from jikimi.store.connection import Connection
from jikimi.store.monitors import Span
from jikimi.watch.settings import Settings, last_window

if TYPE_CHECKING:
    from ml.monitoring import Finding, Hour

_HOUR = timedelta(hours=1)
_NOW = ("backlog_rows", "backlog_seconds", "seconds_since_landed", "seconds_since_scored")


def watch_data(store: Connection, settings: Settings, now: datetime) -> "list[Finding]":
    """Measure what there is now and what the last hour had, and judge both."""
    from ml.monitoring import data_findings

    present = monitors.data_now(store, now)
    monitors.keep_data(store, Span(now, now), {(name, ""): present[name] for name in _NOW})
    hour = _hour(store, last_window(now, _HOUR), settings)
    backlog = (present["backlog_rows"] or 0, present["backlog_seconds"] or 0.0)
    return list(data_findings(present["seconds_since_landed"], backlog, hour, settings.data_limits))


def _hour(store: Connection, span: Span, settings: Settings) -> "Hour | None":
    from ml.monitoring import Hour

    found, refused = monitors.hour_of_data(store, span)
    if found.get("landed") is None:
        return None
    _keep(store, span, found, refused)
    name = f"{span.since.astimezone(settings.zone):%Y-%m-%d %H:%M}"
    reason = refused[0]["reason"] if refused else ""
    return Hour(name, found["landed"], found["expected"], found["refused"], reason)


def _keep(store: Connection, span: Span, found: dict[str, Any], refused: list[dict[str, Any]]) -> None:
    share = found["refused"] / found["landed"] if found["landed"] else None
    values = {
        ("landed_rows", ""): found["landed"],
        ("quarantined_share", ""): share,
        ("quarantined_rows", ""): found["refused"],
        **{("quarantined_rows", row["reason"]): row["rows"] for row in refused},
    }
    monitors.keep_data(store, span, values, {"landed_rows": found["expected"]})
