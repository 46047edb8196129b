"""Quarantine: what was refused and why; a person corrects a row and lets it land again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jikimi.exceptions import JikimiError
from jikimi.store.connection import Connection, query


def list_quarantined(
    connection: Connection, limit: int, reason: str | None = None, *, with_released: bool = False
) -> list[dict[str, Any]]:
    """Return refused rows, newest first: quarantine_id, quarantined_at, batch_id, transaction_id, reasons, released_at.

    :param reason: only rows with a reason that contains this text.
    """
    parameters = {"limit": limit, "reason": reason, "with_released": with_released}
    return connection.execute(query("list_quarantined"), parameters).fetchall()


def show_quarantined(connection: Connection, quarantine_id: int) -> dict[str, Any]:
    """Return one refused row with `landed_row`, cards masked and long texts shortened.

    :raises JikimiError: there is no such row.
    """
    row = connection.execute(query("show_quarantined"), {"quarantine_id": quarantine_id}).fetchone()
    if row is None:
        raise JikimiError(f"There is no quarantined row {quarantine_id}: see `jikimi quarantine list`.")
    return row


def release(connection: Connection, quarantine_id: int, corrections: Mapping[str, str | None]) -> int:
    """Land a live row again, corrected, and mark the refused one, in one transaction.

    :param corrections: column of `ml.schema.COLUMN_NAMES` -> new text, None for null; the others stay as they landed.
    :return: landed_id of the new row; it is validated like any other.
    :raises JikimiError: there is no such row or column, the row was released before, or it came as history: landed,
        it would be scored, and a customer told of what was bought long ago.
    """
    from ml.schema import COLUMN_NAMES

    if unknown := sorted(set(corrections) - set(COLUMN_NAMES)):
        raise JikimiError(f"There is no column {', '.join(unknown)}; the columns are {', '.join(COLUMN_NAMES)}.")
    with connection.transaction():
        row = connection.execute(query("lock_quarantined"), {"quarantine_id": quarantine_id}).fetchone()
        if row is None:
            raise JikimiError(f"There is no quarantined row {quarantine_id}: see `jikimi quarantine list`.")
        if row["released_at"] is not None:
            raise JikimiError(
                f"The row {quarantine_id} was released before, as landed row {row['released_landed_id']}."
            )
        if row["source"] == "history":
            raise JikimiError(
                f"The row {quarantine_id} came with a file of history; landed again it would be scored as if it were "
                "of now, and its customer told. Mend its line in a file of its own and `jikimi load` that."
            )
        if not row["is_kept"]:
            raise JikimiError(f"The row {quarantine_id} is no longer kept as it landed: the bank has to send it again.")
        landed = {name: row[name] for name in COLUMN_NAMES} | dict(corrections)
        landed_id = (connection.execute(query("land_again"), landed).fetchone() or {})["landed_id"]
        connection.execute(query("mark_released"), {"quarantine_id": quarantine_id, "landed_id": landed_id})
        return int(landed_id)


def list_held(connection: Connection) -> list[dict[str, Any]]:
    """Return the batches that are held as a whole: batch_id, claimed_at, landed_count, held_reason."""
    return connection.execute(query("list_held")).fetchall()


def release_batch(connection: Connection, batch_id: int, released_at: datetime) -> int:
    """Let the rows of a held batch wait for a new batch, and return how many.

    :raises JikimiError: there is no such held batch.
    """
    with connection.transaction():
        parameters = {"batch_id": batch_id, "note": f"; released {released_at:%Y-%m-%d %H:%M:%S %Z}"}
        if connection.execute(query("release_held"), parameters).rowcount != 1:
            raise JikimiError(f"The batch {batch_id} is not held: see `jikimi quarantine list`.")
        return connection.execute(query("unclaim_rows"), {"batch_id": batch_id}).rowcount
