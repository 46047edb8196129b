"""How far a file was read; moved in the transaction that writes the rows, so that a cut load goes on exactly there."""

from dataclasses import dataclass
from typing import Literal

from jikimi.exceptions import JikimiError
from jikimi.store.connection import Connection, query

Purpose = Literal["load", "replay", "replay_labels"]


@dataclass(frozen=True)
class Position:
    """A file's name for us, what it is read for, and how many of its wanted rows are done."""

    fingerprint: str
    purpose: Purpose
    file_name: str
    rows_done: int
    is_finished: bool


def open_position(connection: Connection, fingerprint: str, purpose: Purpose, file_name: str) -> Position:
    """Return where reading the file for this purpose goes on; a new file starts at 0."""
    parameters = {"fingerprint": fingerprint, "purpose": purpose, "file_name": file_name}
    row = connection.execute(query("open_position"), parameters).fetchone() or {}
    return Position(fingerprint, purpose, file_name, row["rows_done"], row["finished_at"] is not None)


def move_position(connection: Connection, position: Position, rows: int) -> Position:
    """Move on by `rows` inside the transaction that writes them.

    :raises JikimiError: another process reads the same file for the same purpose.
    """
    rows_done = position.rows_done + rows
    parameters = {**_key(position), "was": position.rows_done, "rows_done": rows_done}
    if connection.execute(query("move_position"), parameters).rowcount != 1:
        raise JikimiError(f"{position.file_name} is being read by another process: wait until that has ended.")
    return Position(position.fingerprint, position.purpose, position.file_name, rows_done, False)


def finish_position(connection: Connection, position: Position) -> None:
    """Write that the file was read to its end."""
    connection.execute(query("finish_position"), _key(position))


def used_names(connection: Connection, prefix: str) -> list[str]:
    """Return the fingerprints that begin with `prefix`, the oldest first."""
    return [row["fingerprint"] for row in connection.execute(query("used_fingerprints"), {"prefix": prefix})]


def _key(position: Position) -> dict[str, object]:
    return {"fingerprint": position.fingerprint, "purpose": position.purpose}


def is_finished(connection: Connection, file_name: str, purpose: Purpose) -> bool:
    """Tell whether a file was read to its end, whatever part of it was wanted."""
    parameters = {"file_name": file_name, "purpose": purpose}
    row = connection.execute(query("is_read_to_the_end"), parameters).fetchone() or {}
    return bool(row.get("is_finished"))
