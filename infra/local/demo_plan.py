"""Which part of the demonstration's transactions is history and which is live.

Live transactions are replayed at 20 a second, which is a simulated day in some four minutes. So that their instants
are never in the future they begin `LIVE_DAYS` ago, right where the history ends; weekdays, hours, windows and the
label delay are then as in life.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

DEMO_FILE = "demo/transactions.parquet"
LIVE_DAYS = 30


def demo_end(home: Path) -> datetime:
    """Return the midnight at which the simulated transactions end, decided on the first call."""
    file = home / "demo" / "end"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        file.write_text(midnight.isoformat(), encoding="utf-8")
    return datetime.fromisoformat(file.read_text(encoding="utf-8").strip())


def live_from(home: Path) -> datetime:
    """Return the instant at which history ends and live transactions begin."""
    return demo_end(home) - timedelta(days=LIVE_DAYS)
