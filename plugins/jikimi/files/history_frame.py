"""A whole file as the frames from which features are computed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jikimi.files.chunks import read_chunks
from jikimi.files.formats import Format
from jikimi.files.selection import Selection

if TYPE_CHECKING:
    import pandas as pd


class History(NamedTuple):
    """Frames for `ml.features.compute_features`, in the file's order.

    :param transactions: with category and coordinates where the format has them.
    :param labels: of the rows that have one; empty where the file has none.
    :param ids: the file's own id of each transaction, under the file's own name.
    """

    transactions: pd.DataFrame
    labels: pd.DataFrame
    ids: pd.Series


def read_history(path: Path, form: Format, label_delay: timedelta) -> History:
    """Return the transactions and labels of a file.

    :param label_delay: time from a purchase to its label, where the file does not say it.
    :raises BadFile: the file cannot be read, does not fit the format, or has no row.
    """
    import pandas as pd

    chunks = list(read_chunks(path, form, Selection(), label_delay))
    landed = pd.concat([chunk.landed.assign(occurred_at=chunk.occurred_at) for chunk in chunks], ignore_index=True)
    numbers = ["amount", "customer_latitude", "customer_longitude", "merchant_latitude", "merchant_longitude"]
    transactions = landed.drop(columns=["merchant_name", "currency", "card_number"])
    transactions[numbers] = transactions[numbers].astype("float64")
    labels = [chunk.labels for chunk in chunks if chunk.labels is not None]
    empty = pd.DataFrame({"transaction_id": [], "is_fraud": [], "known_at": []})
    known = pd.concat(labels, ignore_index=True) if labels else empty
    return History(transactions, known, transactions["transaction_id"].rename(form.columns["transaction_id"]))
