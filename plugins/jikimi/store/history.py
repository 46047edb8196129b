"""History: rows of the past, with their labels, written chunk by chunk, each chunk whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import errors

from jikimi.exceptions import BadFile
from jikimi.store.bulk import copy_frame
from jikimi.store.connection import Connection, query
from jikimi.store.customers import upsert_customers
from jikimi.store.labels import insert_labels
from jikimi.store.positions import Position, move_position
from jikimi.store.validation import Outcome, keep_outcome, stored_rows

if TYPE_CHECKING:
    import pandas as pd

    from ml.expectations import Validation

_TRIES = 3
# Who said so: the bank, through a file of the past or a replay of it.
LABEL_SOURCE = "bank"


@dataclass(frozen=True)
class HistoryRows:
    """One chunk of the past.

    :param landed: text columns `ml.schema.COLUMN_NAMES`.
    :param labels: transaction_id, is_fraud, known_at, with the index of their row in `landed`; None where unknown.
    :param customers: as `store.customers.upsert_customers` takes them.
    """

    landed: "pd.DataFrame"
    labels: "pd.DataFrame | None"
    customers: "pd.DataFrame"


def load_chunk(
    connection: Connection,
    rows: HistoryRows,
    validate: "Callable[[pd.DataFrame, pd.DataFrame], Validation]",
    position: Position,
) -> tuple[Outcome, Position]:
    """Validate and write a chunk, its labels and customers, and move the file's position, in one transaction.

    :param validate: gets the landed columns of the schema and what is stored under their ids.
    :raises BadFile: the chunk as a whole is refused; nothing of it was written.
    """
    with connection.transaction():
        batch_id, landed = _land(connection, rows.landed, position)
        outcome, validation = _validate_and_keep(connection, batch_id, landed, validate)
        if outcome.is_held:
            raise BadFile(f"{position.file_name}: the rows are refused as a whole: {validation.held_reason}.")
        upsert_customers(connection, rows.customers)
        insert_labels(connection, _labels_of(rows, landed, validation), LABEL_SOURCE)
        return outcome, move_position(connection, position, len(landed))


def _land(connection: Connection, rows: "pd.DataFrame", position: Position) -> "tuple[int, pd.DataFrame]":
    run_id = f"load of {position.file_name}"
    batch = connection.execute(query("open_history"), {"run_id": run_id}).fetchone() or {}
    reserved = connection.execute(query("reserve_landed_ids"), {"rows": len(rows)}).fetchone() or {}
    landed = rows.assign(landed_at=batch["claimed_at"], landed_id=reserved["landed_ids"] or [])
    copy_frame(connection, "landed_transactions", landed.assign(batch_id=batch["batch_id"]))
    return batch["batch_id"], landed.set_index("landed_id")


def _validate_and_keep(
    connection: Connection,
    batch_id: int,
    landed: "pd.DataFrame",
    validate: "Callable[[pd.DataFrame, pd.DataFrame], Validation]",
) -> "tuple[Outcome, Validation]":
    """Try again where a live batch stored one of the ids between our look and our write."""
    for attempt in range(1, _TRIES + 1):
        rows = landed.drop(columns="landed_at")
        validation = validate(rows, stored_rows(connection, rows["transaction_id"]))
        try:
            with connection.transaction():
                return keep_outcome(connection, batch_id, landed, validation), validation
        except errors.UniqueViolation:
            if attempt == _TRIES:
                raise
    raise AssertionError("unreachable")  # pragma: no cover


def _labels_of(rows: HistoryRows, landed: "pd.DataFrame", validation: "Validation") -> "pd.DataFrame":
    """Leave out labels of refused rows: theirs may be the id of another row; they come again with `labels import`."""
    import pandas as pd

    if rows.labels is None:
        return pd.DataFrame()
    good = {*validation.valid.index, *validation.repeated}
    is_good = pd.Series(landed.index.isin(good), index=rows.landed.index)
    return rows.labels[is_good.loc[rows.labels.index]]
