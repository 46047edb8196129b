"""What a training reads: transactions in the order of time, and the labels that are known by their end."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from jikimi.store.columns import read_columns
from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    import pandas as pd

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def training_history(connection: Connection, days: float | None) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Return transactions since `days` before the newest labelled one, or all of them, and the labels known by the end.

    From the newest labelled one, because the windows of a training end there: labels may be weeks behind the rows.

    :return: (transactions, labels) as in `ml.features.compute_features`; both empty where nothing was loaded.
    """
    bounds = training_bounds(connection, days)
    return training_transactions(connection, bounds), training_labels(connection, bounds)


def training_bounds(connection: Connection, days: float | None) -> dict[str, datetime]:
    """Return the instant after which the rows of a training begin, and that of the newest one."""
    found = connection.execute(query("newest_transaction")).fetchone() or {}
    newest, labelled = found.get("occurred_at"), found.get("labelled_at")
    since = labelled - timedelta(days=days) if labelled and days else _LONG_AGO
    return {"since": since, "until": newest or _LONG_AGO}


def training_transactions(connection: Connection, bounds: dict[str, datetime]) -> "pd.DataFrame":
    """Return all that features are made of, of the rows after `since` and until `until`, in the order of time."""
    from ml.features.names import COORDINATES

    return read_columns(
        connection,
        "training_transactions",
        bounds,
        texts=["transaction_id", "customer_id", "merchant_id", "category"],
        numbers=["amount", *COORDINATES],
        instants=["occurred_at"],
    )


def training_labels(connection: Connection, bounds: dict[str, datetime]) -> "pd.DataFrame":
    """Return the labels of the rows after `since` that were known at `until`, oldest statement first."""
    labels = read_columns(
        connection,
        "training_labels",
        bounds,
        texts=["transaction_id"],
        integers=["is_fraud"],
        instants=["known_at"],
    )
    return labels.assign(is_fraud=labels["is_fraud"] == 1)
