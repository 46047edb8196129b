"""What the features of a batch may see: the batch, the rows in its windows, the labels of those rows."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from jikimi.store.columns import read_columns
from jikimi.store.connection import Connection, query
from jikimi.store.frames import read_frame

if TYPE_CHECKING:
    import pandas as pd

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Window(NamedTuple):
    """Frames for `ml.features.compute_features`."""

    targets: "pd.DataFrame"
    transactions: "pd.DataFrame"
    labels: "pd.DataFrame"


def window_of(connection: Connection, batch_ids: list[int], delay: timedelta) -> Window:
    """Return the transactions of the batches with all that their features depend on.

    :param delay: how long a bank waits before it believes a label.
    """
    targets = _targets(connection, batch_ids)
    if targets.empty:
        return Window(targets, targets, _labels(connection, "fraud_labels", _bounds(targets, delay)))
    bounds = _bounds(targets, delay)
    history = read_columns(
        connection,
        "window_history",
        bounds,
        texts=["transaction_id", "customer_id", "merchant_id"],
        numbers=["amount"],
        instants=["occurred_at"],
    )
    return Window(targets, _with_places(history, targets), _labels(connection, "fraud_labels", bounds))


def training_history(connection: Connection, days: float | None) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Return transactions since `days` before the newest labelled one, or all of them, and the labels known by the end.

    From the newest labelled one, because the windows of a training end there: labels may be weeks behind the rows.

    :return: (transactions, labels) as in `ml.features.compute_features`; both empty where nothing was loaded.
    """
    found = connection.execute(query("newest_transaction")).fetchone() or {}
    newest, labelled = found.get("occurred_at"), found.get("labelled_at")
    since = labelled - timedelta(days=days) if labelled and days else _LONG_AGO
    parameters = {"since": since, "until": newest or _LONG_AGO}
    transactions = read_frame(connection, "training_transactions", parameters, instants=["occurred_at"])
    return transactions, _labels(connection, "training_labels", parameters)


def longest_window() -> timedelta:
    """Return the longest window of the features; rows before it change no value."""
    from ml.features import WINDOW_DAYS

    return timedelta(days=max(WINDOW_DAYS))


def _targets(connection: Connection, batch_ids: list[int]) -> "pd.DataFrame":
    from ml.features.names import COORDINATES

    return read_columns(
        connection,
        "batch_targets",
        {"batch_ids": batch_ids},
        texts=["transaction_id", "customer_id", "merchant_id", "currency", "category"],
        numbers=["amount", *COORDINATES],
        integers=["batch_id"],
        instants=["occurred_at"],
    )


def _with_places(history: "pd.DataFrame", targets: "pd.DataFrame") -> "pd.DataFrame":
    """Add what features ask of the targets only: category and coordinates; of the other rows they stay unknown."""
    from ml.features.names import COORDINATES

    return history.join(targets.set_index("transaction_id")[["category", *COORDINATES]], on="transaction_id")


def _labels(connection: Connection, name: str, parameters: dict[str, Any]) -> "pd.DataFrame":
    return read_frame(connection, name, parameters, instants=["known_at"])


def _bounds(targets: "pd.DataFrame", delay: timedelta) -> dict[str, Any]:
    oldest, newest = targets["occurred_at"].min(), targets["occurred_at"].max()
    longest = longest_window()
    return {
        "customers": targets["customer_id"].unique().tolist(),
        "merchants": targets["merchant_id"].unique().tolist(),
        "customers_from": oldest - longest,
        "until": newest,
        "merchants_from": oldest - longest - delay,
        "merchants_until": newest - delay,
    }
