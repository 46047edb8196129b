"""The history of a training, read piece by piece: of its columns for features only a window's length is in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from jikimi.store.columns import read_columns
from jikimi.store.connection import Connection, query
from jikimi.store.windows import longest_window

if TYPE_CHECKING:
    import pandas as pd

    from ml.long_history import Piece

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_TEXTS = ("transaction_id", "customer_id", "merchant_id")
_PLACES = ("customer_latitude", "customer_longitude", "merchant_latitude", "merchant_longitude")


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
    """Return the outline of what `store.windows.training_history` returns; both frames empty where nothing was loaded.

    :param connection: in `one_snapshot`, so that `training_pieces` finds the same rows.
    """
    found = connection.execute(query("newest_transaction")).fetchone() or {}
    newest, labelled = found.get("occurred_at"), found.get("labelled_at")
    since = labelled - timedelta(days=days) if labelled and days else _LONG_AGO
    bounds = {"since": since, "until": newest or _LONG_AGO}
    transactions = read_columns(
        connection, "training_outline", bounds, texts=_TEXTS, numbers=["amount"], instants=["occurred_at"]
    )
    labels = read_columns(
        connection,
        "training_label_columns",
        bounds,
        texts=["transaction_id"],
        numbers=["is_fraud"],
        instants=["known_at"],
    )
    return Outline(transactions, labels.astype({"is_fraud": bool}))


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
    for begin, end in _spans(outline.transactions["occurred_at"], most):
        rows = _rows(connection, begin, end)
        if seen is not None:
            seen = pd.concat([seen[seen["occurred_at"] > begin - longest_window() - delay], rows], ignore_index=True)
        seen = rows if seen is None else seen
        yield Piece(seen, labels, rows["transaction_id"])


def _rows(connection: Connection, begin: datetime, end: datetime) -> "pd.DataFrame":
    return read_columns(
        connection,
        "training_piece",
        {"begin": begin, "end": end},
        texts=[*_TEXTS, "category"],
        numbers=["amount", *_PLACES],
        instants=["occurred_at"],
    )


def _spans(occurred_at: "pd.Series", most: int) -> Iterator[tuple[datetime, datetime]]:
    """Cut time where an instant begins: rows of one instant see each other, so they stay together."""
    if occurred_at.empty:
        return
    begins = occurred_at.iloc[::most].drop_duplicates().tolist()
    yield from zip(begins, [*begins[1:], occurred_at.iloc[-1] + timedelta(microseconds=1)], strict=True)
