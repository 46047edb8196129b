"""What the monitors go by."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from jikimi import defaults
from jikimi.store.monitors import Span

if TYPE_CHECKING:
    from ml.monitoring import Band, DataLimits

# A batch is committed somewhat later than the instant that its verdicts carry.
LATE = timedelta(minutes=2)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Settings:
    """Windows, bands and pauses; each from its environment variable.

    :param sample_rows: most rows whose features are computed again for drift.
    """

    vote_window: timedelta = field(default_factory=lambda: timedelta(minutes=defaults.vote_window_minutes()))
    vote_windows: int = field(default_factory=defaults.vote_windows)
    vote_band: float = field(default_factory=defaults.vote_band)
    min_rows: int = field(default_factory=defaults.monitor_min_rows)
    drift_window: timedelta = field(default_factory=lambda: timedelta(hours=defaults.drift_window_hours()))
    drift_limit: float = field(default_factory=defaults.drift_limit)
    drift_cool_down: timedelta = field(default_factory=lambda: timedelta(hours=defaults.drift_cool_down_hours()))
    label_delay: timedelta = field(default_factory=lambda: timedelta(days=defaults.label_delay_days()))
    silent: timedelta = field(default_factory=lambda: timedelta(minutes=defaults.silent_minutes()))
    backlog_seconds: float = field(default_factory=defaults.backlog_seconds)
    volume_band: float = field(default_factory=defaults.volume_band)
    quarantine_share: float = field(default_factory=defaults.quarantine_share)
    quiet: timedelta = field(default_factory=lambda: timedelta(minutes=defaults.alarm_quiet_minutes()))
    zone: tzinfo = field(default_factory=defaults.time_zone)
    sample_rows: int = 5_000

    @property
    def band(self) -> "Band":
        """How far from usual a vote may be."""
        from ml.monitoring import Band

        return Band(self.min_rows, self.vote_band, self.vote_windows)

    @property
    def data_limits(self) -> "DataLimits":
        """From where on data are wrong."""
        from ml.monitoring import DataLimits

        return DataLimits(self.silent.total_seconds(), self.backlog_seconds, self.volume_band, self.quarantine_share)


def last_window(now: datetime, length: timedelta) -> Span:
    """Return the last window whose rows are all committed; windows are counted from 0:00 UTC."""
    until = _EPOCH + (now - LATE - _EPOCH) // length * length
    return Span(until - length, until)
