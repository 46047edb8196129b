"""What every part of the sandbox works on: its settings, its database and its clock."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fastapi import Request

from infra.kakao_sandbox.settings import Clock, Settings, system_clock

# Each part keeps its tables in a file of its own.
_SCHEMAS = sorted(Path(__file__).parent.glob("*.sql"))
# What files written by earlier versions lack, and what they have too much.
_UPGRADE = """
    alter table friends add column allows_messages integer not null default 1;
    alter table messages add column subject text;
    alter table messages add column detail text;
    alter table messages add column state text;
    drop table faults;
"""
_FILL = """
    insert into chat_channels (chat_key, channel, last_message_id)
    select chat_key, channel, max(message_id) from messages group by chat_key, channel;
    insert into channel_counts (channel, message_count)
    select channel, count(*) from messages group by channel;
"""
_VERSION = 1


class ShiftedClock:
    """A clock that can be set ahead, so that nobody has to wait for midnight or for the end of a token."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the instant that the sandbox takes for the present."""
        return self.clock() + self.ahead


@dataclass
class Sandbox:
    """One running sandbox. All of it runs on one thread, so one connection serves every request.

    :param changes: how often something that was kept got another state, since the start.
    """

    settings: Settings
    database: sqlite3.Connection
    clock: ShiftedClock
    changes: int = 0

    def now(self) -> float:
        """Return the present instant in seconds since 1970."""
        return self.clock().timestamp()

    def client_now(self) -> float:
        """Return what callers, whose clocks nobody sets ahead, take for the present."""
        return self.clock.clock().timestamp()

    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """Run a statement and return its rows."""
        return self.database.execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> sqlite3.Row | None:
        """Run a statement and return its first row."""
        return next(iter(self.rows(statement, *values)), None)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that the block writes, or nothing of it. What was kept outlives a process that is killed."""
        self.database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.database.execute("rollback")
            raise
        self.database.execute("commit")

    def switch(self, name: str, default: str) -> str:
        """Return how a switch stands."""
        row = self.row("select value from switches where name = ?", name)
        return str(row["value"]) if row else default

    def turn(self, name: str, value: str) -> None:
        """Set a switch; it stays so after a restart."""
        self.rows(
            "insert into switches (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
            *(name, value),
        )

    def shift_clock(self, seconds: float) -> None:
        """Take the present for so much later (or earlier) than it is."""
        self.turn("clock_ahead_seconds", str(seconds))
        self.clock.ahead = timedelta(seconds=seconds)


def open_sandbox(folder: Path, settings: Settings, clock: Clock = system_clock) -> Sandbox:
    """Open the state kept in `folder`, made when it is missing; only this user may read it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "sandbox.sqlite3"
    file.touch(mode=0o600)
    database = sqlite3.connect(file, isolation_level=None, timeout=10, check_same_thread=False)
    database.row_factory = sqlite3.Row
    database.execute("pragma journal_mode = wal")
    # A commit reaches the system before it is answered: a killed process loses nothing, only a power cut would.
    database.execute("pragma synchronous = normal")
    database.execute("pragma cache_size = -65536")
    _write_schema(database)
    sandbox = Sandbox(settings, database, ShiftedClock(clock))
    sandbox.clock.ahead = timedelta(seconds=float(sandbox.switch("clock_ahead_seconds", "0")))
    return sandbox


def sandbox_of(request: Request) -> Sandbox:
    """Return the sandbox that serves this request."""
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


def _write_schema(database: sqlite3.Connection) -> None:
    version = database.execute("pragma user_version").fetchone()[0]
    is_old = database.execute("select count(*) from sqlite_schema where name = 'faults'").fetchone()[0] == 1
    if is_old and version < _VERSION:
        database.executescript(_UPGRADE)
    for schema in _SCHEMAS:
        database.executescript(schema.read_text(encoding="utf-8"))
    if is_old and version < _VERSION:
        database.executescript(_FILL)
    database.execute(f"pragma user_version = {_VERSION}")
