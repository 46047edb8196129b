"""A part counts as healed when all rows that landed meanwhile are scored, and not before."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.faults.healing import heal

_START = datetime(2026, 1, 1, tzinfo=UTC)


class _Stack:
    """A stack whose part comes back, whose database answers and whose rows are scored after so many questions."""

    def __init__(self, away: int, unscored: int) -> None:
        self._away, self._unscored = away, unscored
        self._pid, self.killed = 1, None
        self.manager = self

    def kill(self, part: str) -> None:
        self.killed = part

    def pid_of(self, part: str) -> int:
        return 2 if self.killed else 1

    def ask(self, statement: str, *values: int) -> list[dict]:
        if self.killed and self._away:
            self._away -= 1
            raise psycopg.OperationalError
        if "max(landed_id)" in statement:
            return [{"landed_id": 9}]
        if "max(scored_at)" in statement:
            return [{"scored_at": _START + timedelta(seconds=bool(self.killed))}]
        self._unscored -= 1
        return [{}] if self._unscored >= 0 else []


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def test_database_that_is_away_and_rows_that_wait_are_waited_for():
    stack = _Stack(away=3, unscored=2)
    healing = heal(stack, "postgres")
    assert stack.killed == healing.part == "postgres"
    assert stack._unscored < 0
    assert healing.healed_seconds >= healing.scored_again_seconds


def test_part_that_never_heals_is_named():
    with pytest.raises(TimeoutError, match="scheduler: all rows are scored"):
        heal(_Stack(away=0, unscored=10**9), "scheduler", patience=0.05)
