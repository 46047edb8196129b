"""Loads the past from a file, chunk by chunk; what was cut off goes on after the last whole chunk."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jikimi import defaults
from jikimi.contacts import SandboxFriends, with_contacts
from jikimi.exceptions import BadFile
from jikimi.files.chunks import Chunk
from jikimi.files.source import Source
from jikimi.store.connection import Connection, open_store
from jikimi.store.history import HistoryRows, JudgedRows, judge_chunk, load_chunk
from jikimi.store.positions import Position, finish_position, open_position

if TYPE_CHECKING:
    import pandas as pd

    from ml.expectations import Validation

OnProgress = Callable[[int, int], None]

# Large enough that Great Expectations costs little per row, small enough that a cut costs two seconds.
ROWS_PER_CHUNK = 50_000


@dataclass
class LoadSummary:
    """What a load did.

    :param before: wanted rows that earlier runs had loaded.
    :param landed: rows of this run, each either valid, quarantined or a repetition of a known one.
    :param unreadable_labels: rows of this run that count as rows without a label.
    """

    before: int = 0
    landed: int = 0
    valid: int = 0
    quarantined: int = 0
    repeated: int = 0
    unreadable_labels: int = 0


def load(source: Source, friends: SandboxFriends | None = None, on_progress: OnProgress | None = None) -> LoadSummary:
    """Load the wanted rows that are not loaded yet, with their labels and customers.

    :param friends: where new customers get a contact; None for no contacts.
    :param on_progress: gets the rows of the file that were read and how many there are.
    :raises BadFile: the file cannot be read; chunks before the broken place stay loaded.
    """
    name = f"{source.name}&delay={source.label_delay.total_seconds():.0f}s"
    with open_store() as connection:
        position = open_position(connection, name, "load", source.path.name)
        summary = LoadSummary(before=position.rows_done)
        if position.is_finished or is_reached(source, position):
            return summary
        for chunk, judged in _judged(source, position.rows_done):
            if judged:
                position = _write(connection, judged, position, friends, summary)
            summary.unreadable_labels += chunk.unreadable_labels
            if on_progress:
                on_progress(chunk.rows_read, source.rows)
        _finish(connection, source, position)
    return summary


def _judged(source: Source, done: int) -> Iterator[tuple[Chunk, JudgedRows | None]]:
    """Yield the next chunk, judged where it has rows, while the one after it is read and judged already."""
    with open_store() as connection, ThreadPoolExecutor(1) as ahead:
        chunks = source.chunks(done, ROWS_PER_CHUNK)

        def judge_next() -> tuple[Chunk, JudgedRows | None] | None:
            chunk = next(chunks, None)
            if chunk is None:
                return None
            rows = HistoryRows(chunk.landed, chunk.labels, chunk.customers)
            return chunk, judge_chunk(connection, rows, _validate) if len(chunk) else None

        coming = ahead.submit(judge_next)
        while (judged := coming.result()) is not None:
            coming = ahead.submit(judge_next)
            yield judged


def _write(
    connection: Connection,
    judged: JudgedRows,
    position: Position,
    friends: SandboxFriends | None,
    summary: LoadSummary,
) -> Position:
    if friends:
        customers = with_contacts(connection, judged.rows.customers, friends, datetime.now(UTC))
        judged = replace(judged, rows=replace(judged.rows, customers=customers))
    outcome, position = load_chunk(connection, judged, _validate, position)
    summary.landed += outcome.landed
    summary.valid += outcome.valid
    summary.quarantined += outcome.quarantined
    summary.repeated += outcome.repeated
    return position


def is_reached(source: Source, position: Position) -> bool:
    """Tell whether as many rows are done as the selection wants at most."""
    limit = source.selection.limit
    return limit is not None and position.rows_done >= limit


def _finish(connection: Connection, source: Source, position: Position) -> None:
    if position.rows_done == 0:
        raise BadFile(f"{source.path}: no row is wanted: the selection leaves none of {source.rows:,}.")
    if not is_reached(source, position):
        finish_position(connection, position)


def _validate(landed: "pd.DataFrame", known: "pd.DataFrame") -> "Validation":
    from ml.expectations import validate

    ages = {"max_age_days": defaults.max_age_days(), "max_future_seconds": defaults.max_future_seconds()}
    return validate(landed, datetime.now(UTC), known=known, **ages)
