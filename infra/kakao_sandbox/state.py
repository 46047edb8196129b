"""What every part of the sandbox works on: its settings, its database and its clock."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from infra.kakao_sandbox.settings import Clock, Settings, system_clock

# Each part keeps its tables in a file of its own.
_SCHEMAS = sorted(Path(__file__).parent.glob("*.sql"))


@dataclass(frozen=True)
class Sandbox:
    """One running sandbox. All of it runs on one thread, so one connection serves every request."""

    settings: Settings
    database: sqlite3.Connection
    clock: Clock = system_clock

    def now(self) -> float:
        """Return the present instant in seconds since 1970."""
        return self.clock().timestamp()

    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """Run a statement and return its rows."""
        return self.database.execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> sqlite3.Row | None:
        """Run a statement and return its first row."""
        return next(iter(self.rows(statement, *values)), None)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that the block writes, or nothing of it."""
        self.database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.database.execute("rollback")
            raise
        self.database.execute("commit")


def open_sandbox(folder: Path, settings: Settings, clock: Clock = system_clock) -> Sandbox:
    """Open the state kept in `folder`, made when it is missing; only this user may read it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "sandbox.sqlite3"
    file.touch(mode=0o600)
    database = sqlite3.connect(file, isolation_level=None, timeout=10, check_same_thread=False)
    database.row_factory = sqlite3.Row
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = normal")
    for schema in _SCHEMAS:
        database.executescript(schema.read_text(encoding="utf-8"))
    return Sandbox(settings, database, clock)


def sandbox_of(request: Request) -> Sandbox:
    """Return the sandbox that serves this request."""
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox
