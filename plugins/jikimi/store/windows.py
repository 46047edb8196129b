"""What the features of a batch may see: the batch, the rows in its windows, the labels of those rows."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg.errors import LockNotAvailable

from jikimi.store.arrays import instant_array, number_array, text_array
from jikimi.store.batches import use_batch_settings
from jikimi.store.columns import read_columns
from jikimi.store.connection import Connection, address_of, open_store, query
from jikimi.store.meanwhile import begin

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

SIDE_BY_SIDE_ROWS = 2_000
"""Measured: of 500 targets a second connection, which finds nothing prepared, takes longer than it spares.

Of 5,000 it does not.
"""
_MOST_WAITED_MS = 1_000


class Window(NamedTuple):
    """Frames for `ml.features.compute_features`; without `counted` the transactions hold every row of the windows."""

    targets: "pd.DataFrame"
    transactions: "pd.DataFrame"
    labels: "pd.DataFrame"
    counted: "Callable[[], pd.DataFrame] | None" = None


def window_of(connection: Connection, batch_ids: list[int], delay: timedelta) -> Window:
    """Return the transactions of the batches with all that their features depend on.

    Of the merchants it reads counts, and of their rows only those that a label has called fraud. Of many targets the
    counts come by a second connection while the caller goes on, so the batches must be committed.

    :param delay: how long a bank waits before it believes a label.
    """
    targets = _targets(connection, batch_ids)
    bounds = _bounds(targets, delay)
    frauds, labels = _frauds(connection, bounds)
    if targets.empty:
        return Window(targets, targets, labels)
    count = partial(_counted, targets=targets, frauds=frauds, labels=labels, delay=delay)
    is_large = len(targets) >= SIDE_BY_SIDE_ROWS
    counted = _count_beside(connection, count) if is_large else partial(count, connection)
    history = _history(connection, bounds)
    return Window(targets, _with_places(_with_frauds(history, frauds), targets), labels, counted)


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


def _history(connection: Connection, bounds: dict[str, Any]) -> "pd.DataFrame":
    return read_columns(
        connection,
        "window_history",
        bounds,
        texts=["transaction_id", "customer_id", "merchant_id"],
        numbers=["amount"],
        instants=["occurred_at"],
    )


def _frauds(connection: Connection, bounds: dict[str, Any]) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Return the rows that were ever called fraud, and all their labels."""
    told = read_columns(
        connection,
        "called_frauds",
        bounds,
        texts=["transaction_id", "merchant_id"],
        numbers=["amount"],
        integers=["is_fraud"],
        instants=["occurred_at", "known_at"],
    )
    # Whose they were changes nothing: a customer's own rows are read as such.
    frauds = told[["transaction_id", "occurred_at", "merchant_id", "amount"]].assign(customer_id="")
    labels = told[["transaction_id", "known_at"]].assign(is_fraud=told["is_fraud"] == 1)
    return frauds.drop_duplicates("transaction_id"), labels


def _count_beside(
    connection: Connection, count: Callable[[Connection], "pd.DataFrame"]
) -> Callable[[], "pd.DataFrame"]:
    """Begin to count by a second connection; returns what waits for the counts.

    Where somebody waits to change a table that the first connection has read, the second one would wait for them, and
    so for the first one: PostgreSQL sees no circle in that. So it gives up soon, and the first one counts.
    """
    counted = begin(_by_second, address_of(connection), count)

    def counts() -> "pd.DataFrame":
        try:
            return counted.result()
        except LockNotAvailable:
            return count(connection)

    return counts


def _by_second(address: str, count: Callable[[Connection], "pd.DataFrame"]) -> "pd.DataFrame":
    with open_store(address) as second, second.transaction():
        use_batch_settings(second)
        second.execute(query("wait_at_most"), {"milliseconds": _MOST_WAITED_MS})
        return count(second)


def _counted(
    connection: Connection, targets: "pd.DataFrame", frauds: "pd.DataFrame", labels: "pd.DataFrame", delay: timedelta
) -> "pd.DataFrame":
    import pandas as pd

    from ml.features import instants_to_count

    rows = _with_frauds(targets[frauds.columns], frauds)
    asked = instants_to_count(rows, labels, targets["transaction_id"].tolist(), pd.Timedelta(delay))
    places, merchants = pd.factorize(asked["merchant_id"])
    day = timedelta(days=1)
    parameters = {
        "merchants": text_array(merchants.to_series()),
        "numbers": number_array(places + 1),
        "instants": instant_array(asked["occurred_at"]),
        "first": asked["occurred_at"].min() - day,
        "last": asked["occurred_at"].max() + day,
    }
    counted = read_columns(
        connection, "count_until", parameters, texts=[], integers=["number", "rows"], instants=["occurred_at"]
    )
    return counted.assign(merchant_id=merchants.take(counted["number"].to_numpy() - 1))


def _with_frauds(rows: "pd.DataFrame", frauds: "pd.DataFrame") -> "pd.DataFrame":
    return _joined(rows, frauds[~_is_among(frauds, rows)])


def _with_places(history: "pd.DataFrame", targets: "pd.DataFrame") -> "pd.DataFrame":
    """Add what features ask of the targets only: category and coordinates; of the other rows they stay unknown."""
    return _joined(history[~_is_among(history, targets)], targets.drop(columns=["batch_id", "currency"]))


def _joined(some: "pd.DataFrame", others: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    joined: pd.DataFrame = pd.concat([some, others], ignore_index=True)
    return joined


def _is_among(rows: "pd.DataFrame", others: "pd.DataFrame") -> "npt.NDArray[np.bool_]":
    """Tell which rows are others, too. By Arrow: pandas would make an object of every id."""
    import pyarrow as pa
    from pyarrow import compute

    ids = (pa.array(frame["transaction_id"], pa.large_string(), from_pandas=True) for frame in (rows, others))
    found: npt.NDArray[np.bool_] = compute.is_in(*ids).to_numpy(zero_copy_only=False)
    return found


def _bounds(targets: "pd.DataFrame", delay: timedelta) -> dict[str, Any]:
    oldest, newest = targets["occurred_at"].min(), targets["occurred_at"].max()
    longest = longest_window()
    return {
        "customers": text_array(targets["customer_id"].unique()),
        "merchants": text_array(targets["merchant_id"].unique()),
        "customers_from": oldest - longest,
        "until": newest,
        "merchants_from": oldest - longest - delay,
        "merchants_until": newest - delay,
    }
