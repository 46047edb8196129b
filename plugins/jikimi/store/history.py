"""History: rows of the past, with their labels, written chunk by chunk, each chunk whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jikimi.exceptions import BadFile, StoredMeanwhile
from jikimi.store.bulk import copy_frame
from jikimi.store.connection import Connection, query
from jikimi.store.customers import upsert_customers
from jikimi.store.labels import insert_labels
from jikimi.store.merchants import keep_merchants
from jikimi.store.positions import Position, move_position
from jikimi.store.validation import Outcome, keep_outcome, stored_rows

if TYPE_CHECKING:
    import pandas as pd

    from ml.expectations import Validation

    Validate = Callable[[pd.DataFrame, pd.DataFrame], Validation]

_TRIES = 3
# Who said so: the bank, through a file of the past or a replay of it.
LABEL_SOURCE = "bank"


@dataclass(frozen=True)
class HistoryRows:
    """One chunk of the past as a file has it.

    :param landed: text columns `ml.schema.COLUMN_NAMES`.
    :param labels: transaction_id, is_fraud, known_at, with the index of their row in `landed`; None where unknown.
    :param customers: as `store.customers.upsert_customers` takes them.
    """

    landed: "pd.DataFrame"
    labels: "pd.DataFrame | None"
    customers: "pd.DataFrame"


@dataclass(frozen=True)
class JudgedRows:
    """A chunk that was validated but not written.

    :param landed: the rows with `landed_at`, indexed by the `landed_id` that is reserved for each.
    """

    rows: HistoryRows
    landed: "pd.DataFrame"
    validation: "Validation"


def judge_chunk(connection: Connection, rows: HistoryRows, validate: "Validate") -> JudgedRows:
    """Validate a chunk against what is stored now; the chunk before it may still be on its way.

    :param validate: gets the landed columns of the schema and what is stored under their ids.
    """
    reserved = connection.execute(query("reserve_landed_ids"), {"rows": len(rows.landed)}).fetchone() or {}
    landed = rows.landed.set_axis(reserved["landed_ids"])
    validation = validate(landed, stored_rows(connection, landed["transaction_id"]))
    return JudgedRows(rows, landed.assign(landed_at=reserved["landed_at"]), validation)


def load_chunk(
    connection: Connection, judged: JudgedRows, validate: "Validate", position: Position
) -> tuple[Outcome, Position]:
    """Write a chunk, its labels and customers, and move the file's position, in one transaction.

    :param validate: judges again where one of the ids was stored since the chunk was judged.
    :raises BadFile: the chunk as a whole is refused; nothing of it was written.
    """
    with connection.transaction():
        batch_id = _land(connection, judged.landed, position)
        outcome, validation = _keep(connection, batch_id, judged, validate)
        if outcome.is_held:
            raise BadFile(f"{position.file_name}: the rows are refused as a whole: {validation.held_reason}.")
        upsert_customers(connection, judged.rows.customers)
        moved = move_position(connection, position, len(judged.landed))
        keep_merchants(connection, batch_id)
        insert_labels(connection, _labels_of(judged, validation), LABEL_SOURCE)
        return outcome, moved


def _land(connection: Connection, landed: "pd.DataFrame", position: Position) -> int:
    parameters = {"run_id": f"load of {position.file_name}", "landed_at": landed["landed_at"].iloc[0]}
    batch_id = int((connection.execute(query("open_history"), parameters).fetchone() or {})["batch_id"])
    copy_frame(connection, "landed_transactions", landed.assign(landed_id=landed.index, batch_id=batch_id))
    return batch_id


def _keep(
    connection: Connection, batch_id: int, judged: JudgedRows, validate: "Validate"
) -> "tuple[Outcome, Validation]":
    validation = judged.validation
    for _ in range(_TRIES):
        try:
            with connection.transaction():
                return keep_outcome(connection, batch_id, judged.landed, validation), validation
        except StoredMeanwhile:
            # An id was stored between our look and our write; by now it can be seen.
            rows = judged.landed.drop(columns="landed_at")
            validation = validate(rows, stored_rows(connection, rows["transaction_id"]))
    return keep_outcome(connection, batch_id, judged.landed, validation), validation


def _labels_of(judged: JudgedRows, validation: "Validation") -> "pd.DataFrame":
    """Leave out labels of refused rows: theirs may be the id of another row; they come again with `labels import`."""
    import pandas as pd

    labels = judged.rows.labels
    if labels is None:
        return pd.DataFrame()
    good = {*validation.valid.index, *validation.repeated}
    is_good = pd.Series(judged.landed.index.isin(good), index=judged.rows.landed.index)
    return labels[is_good.loc[labels.index]]
