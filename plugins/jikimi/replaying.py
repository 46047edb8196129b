"""Replays a file as live transactions at a steady rate; labels follow when the replay's own clock reaches them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jikimi.contacts import SandboxFriends, with_contacts
from jikimi.exceptions import BadFile, StoreUnavailable
from jikimi.files.chunks import Chunk
from jikimi.files.source import Source
from jikimi.loading import is_reached
from jikimi.store.connection import Connection, open_store
from jikimi.store.customers import upsert_customers
from jikimi.store.history import LABEL_SOURCE
from jikimi.store.labels import insert_labels
from jikimi.store.landing import land
from jikimi.store.positions import Position, finish_position, move_position, open_position

if TYPE_CHECKING:
    import pandas as pd

_ROWS_PER_CHUNK = 5_000
_BURSTS_PER_SECOND = 10
# Who falls behind more than this (a laptop that slept) goes on at the rate instead of landing a flood.
_MOST_SECONDS_BEHIND = 30


@dataclass
class ReplaySummary:
    """What a replay did so far.

    :param before: wanted rows that earlier runs had landed.
    :param clock: occurred_at of the newest row that was landed, in UTC.
    """

    before: int = 0
    landed: int = 0
    labels: int = 0
    clock: "pd.Timestamp | None" = None


class Pace:
    """Says which rows are due, ten times a second.

    :param rate: rows per second.
    """

    def __init__(
        self, rate: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._started = clock()
        self._given = 0

    def take(self, most: int) -> int:
        """Return how many rows to land now, at most `most`."""
        due = int((self._clock() - self._started) * self._rate) - self._given
        if due > self._rate * _MOST_SECONDS_BEHIND:
            self._started, self._given, due = self._clock(), 0, 1
        taken = max(0, min(due, most))
        self._given += taken
        return taken

    def bursts(self, rows: int) -> Iterator[tuple[int, int]]:
        """Yield where each burst of so many rows starts and ends, when it is due."""
        start = 0
        while True:
            taken = self.take(rows - start)
            if taken:
                yield start, start + taken
                start += taken
            if start == rows:
                return
            # Always, or whoever lands faster than rows fall due lands them two by two: at 500 a second that took
            # 0.39 cores, and this takes 0.06.
            self._sleep(1 / _BURSTS_PER_SECOND)


class Labels:
    """The labels of replayed rows, in the file's order, each waiting for the replay's clock."""

    def __init__(self, source: Source, position: Position) -> None:
        self.position = position
        self._chunks = source.chunks(position.rows_done, _ROWS_PER_CHUNK)
        self._waiting: Chunk | None = None
        self._offset = 0

    def release(self, connection: Connection, clock: "pd.Timestamp", rows_landed: int) -> int:
        """Write the labels that are known at `clock`, of rows that have landed, and return how many are new."""
        written = 0
        while (chunk := self._current()) is not None:
            ready = self._ready(chunk, clock, rows_landed - self.position.rows_done)
            if ready:
                written += self._write(connection, chunk, ready)
            if self._offset < len(chunk):
                break
        return written

    def _current(self) -> Chunk | None:
        if self._waiting is None or self._offset >= len(self._waiting):
            self._waiting, self._offset = next(self._chunks, None), 0
        return self._waiting

    def _ready(self, chunk: Chunk, clock: "pd.Timestamp", most: int) -> int:
        if chunk.labels is None:
            return max(0, min(len(chunk) - self._offset, most))
        known_at = chunk.labels["known_at"].reindex(range(self._offset, len(chunk)))
        is_due = (known_at.isna() | (known_at <= clock)).to_numpy()
        due = len(is_due) if is_due.all() else int(is_due.argmin())
        return max(0, min(due, most))

    def _write(self, connection: Connection, chunk: Chunk, ready: int) -> int:
        with connection.transaction():
            written = 0
            if chunk.labels is not None:
                written = insert_labels(
                    connection, chunk.labels.loc[self._offset : self._offset + ready - 1], LABEL_SOURCE
                )
            self.position = move_position(connection, self.position, ready)
        self._offset += ready
        return written


class Replay:
    """One replay of a file.

    :param rate: rows per second.
    :param friends: where new customers get a contact; None for no contacts.
    :param patience_seconds: how long to wait for the database to come back.
    """

    def __init__(
        self,
        source: Source,
        rate: float,
        friends: SandboxFriends | None = None,
        on_progress: Callable[[ReplaySummary], None] | None = None,
        patience_seconds: float = 60,
    ) -> None:
        self.summary = ReplaySummary()
        self._source = source
        self._rate = rate
        self._friends = friends
        self._on_progress = on_progress
        self._patience = patience_seconds
        self._heard_at = time.monotonic()
        self._is_first = True

    def run(self) -> ReplaySummary:
        """Land the wanted rows that are not landed yet; wait where the database is away for a while.

        :raises BadFile: the file cannot be read; rows before the broken place stay landed.
        :raises StoreUnavailable: the database stayed away for longer than the patience.
        """
        while True:
            try:
                with open_store() as connection:
                    self._go_on(connection)
                    return self.summary
            except StoreUnavailable:
                if time.monotonic() - self._heard_at > self._patience or self._is_first:
                    raise
                time.sleep(1)

    def _go_on(self, connection: Connection) -> None:
        position = open_position(connection, self._source.name, "replay", self._source.path.name)
        labels_position = open_position(connection, self._source.name, "replay_labels", self._source.path.name)
        if self._is_first:
            self.summary.before, self._is_first = position.rows_done, False
        if position.is_finished or is_reached(self._source, position):
            return
        position = self._land_all(connection, position, Labels(self._source, labels_position))
        if position.rows_done == 0:
            raise BadFile(f"{self._source.path}: no row is wanted: the selection leaves none of {self._source.rows:,}.")
        if not is_reached(self._source, position):
            finish_position(connection, position)

    def _land_all(self, connection: Connection, position: Position, labels: Labels) -> Position:
        pace = Pace(self._rate)
        for chunk in self._source.chunks(position.rows_done, _ROWS_PER_CHUNK):
            self._add_customers(connection, chunk)
            for start, end in pace.bursts(len(chunk)):
                position = self._land(connection, chunk, start, end, position)
                if self.summary.clock is not None:
                    self.summary.labels += labels.release(connection, self.summary.clock, position.rows_done)
                if self._on_progress:
                    self._on_progress(self.summary)
        return position

    def _land(self, connection: Connection, chunk: Chunk, start: int, end: int, position: Position) -> Position:
        with connection.transaction():
            rows = land(connection, chunk.landed.iloc[start:end])
            position = move_position(connection, position, rows)
        newest = chunk.occurred_at.iloc[start:end].max()
        if newest == newest and (self.summary.clock is None or newest > self.summary.clock):
            self.summary.clock = newest
        self.summary.landed += rows
        self._heard_at = time.monotonic()
        return position

    def _add_customers(self, connection: Connection, chunk: Chunk) -> None:
        customers = chunk.customers
        if self._friends and len(customers):
            customers = with_contacts(connection, customers, self._friends, datetime.now(UTC))
        upsert_customers(connection, customers)
