"""Labels: who said when that a transaction was fraud or not; a correction is one more row."""

from typing import TYPE_CHECKING

from psycopg import errors

from jikimi.store.bulk import copy_frame, send_frame
from jikimi.store.connection import Connection
from jikimi.store.merchants import call_frauds

if TYPE_CHECKING:
    import pandas as pd


def insert_labels(connection: Connection, labels: "pd.DataFrame", source: str | None = None) -> int:
    """Write the labels that are not there yet and return how many were new.

    :param labels: transaction_id, is_fraud, known_at (UTC) and, unless `source` is given, source.
    """
    if labels.empty:
        return 0
    columns = ["transaction_id", "is_fraud", "source", "known_at"]
    frame = labels if source is None else labels.assign(source=source)
    with connection.transaction():
        new = _insert(connection, frame[columns])
        call_frauds(connection, frame.loc[frame["is_fraud"].astype(bool), "transaction_id"].unique().tolist())
    return new


def _insert(connection: Connection, frame: "pd.DataFrame") -> int:
    try:
        with connection.transaction():
            copy_frame(connection, "labels", frame)
            return len(frame)
    except errors.UniqueViolation:
        # Rare, and half as fast: some of them are there already.
        return send_frame(connection, "insert_labels", frame).rowcount
