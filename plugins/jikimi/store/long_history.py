"""The history of a training, read piece by piece: of its columns for features only a window's length is in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from jikimi.store.columns import read_columns
from jikimi.store.connection import Connection, query
from jikimi.store.training_history import training_bounds, training_labels, training_transactions
from jikimi.store.windows import longest_window

if TYPE_CHECKING:
    import pandas as pd

    from ml.long_history import Piece


class Outline(NamedTuple):
    """What a training knows of every row besides its features: some 60 bytes of it.

    :param transactions: transaction_id, customer_id, merchant_id, amount, occurred_at, in the order of time.
    :param labels: transaction_id, is_fraud, known_at: those known when the newest transaction occurred.
    """

    transactions: "pd.DataFrame"
    labels: "pd.DataFrame"


@contextmanager
def one_snapshot(connection: Connection) -> Iterator[None]:
    """Have all that is read inside be of one instant, however long it takes."""
    with connection.transaction():
        connection.execute(query("one_snapshot"))
        yield


def training_outline(connection: Connection, days: float | None) -> Outline:
    """Return the outline of what `training_history` returns; both frames empty where nothing was loaded.

    :param connection: in `one_snapshot`, so that `training_pieces` finds the same rows.
    """
    bounds = training_bounds(connection, days)
    transactions = read_columns(
        connection,
        "training_outline",
        bounds,
        texts=["transaction_id", "customer_id", "merchant_id"],
        numbers=["amount"],
        instants=["occurred_at"],
    )
    return Outline(transactions, training_labels(connection, bounds))


def training_pieces(connection: Connection, outline: Outline, delay: timedelta, most: int) -> Iterator["Piece"]:
    """Yield the outline's rows with what their features depend on, oldest first.

    :param delay: how long a bank waits before it believes a label.
    :param most: rows of a piece, more only where so many share an instant.
    """
    import pandas as pd

    from ml.long_history import Piece

    ids, is_fraud = outline.labels["transaction_id"], outline.labels["is_fraud"]
    # The labels of what nobody ever called fraud change no feature.
    labels = outline.labels[ids.isin(ids[is_fraud])]
    seen = None
    for since, until in _spans(outline.transactions["occurred_at"], most):
        rows = training_transactions(connection, {"since": since, "until": until})
        if seen is not None:
            seen = pd.concat([seen[seen["occurred_at"] > since - longest_window() - delay], rows], ignore_index=True)
        seen = rows if seen is None else seen
        yield Piece(seen, labels, rows["transaction_id"])


def _spans(occurred_at: "pd.Series", most: int) -> Iterator[tuple[datetime, datetime]]:
    """Cut time after an instant: rows of one instant see each other, so they stay together."""
    if occurred_at.empty:
        return
    begin = occurred_at.iloc[0] - timedelta(microseconds=1)
    # A dict keeps the order, and each instant once.
    ends = list(dict.fromkeys([*occurred_at.iloc[most - 1 :: most], occurred_at.iloc[-1]]))
    yield from zip([begin, *ends[:-1]], ends, strict=True)
