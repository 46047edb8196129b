"""A whole file as the frames from which features are computed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jikimi.files.chunks import FRAUD_WORDS
from jikimi.files.formats import Format
from jikimi.files.whole_columns import WholeColumns

if TYPE_CHECKING:
    import pandas as pd

_COORDINATES = ("customer_latitude", "customer_longitude", "merchant_latitude", "merchant_longitude")


class History(NamedTuple):
    """Frames for `ml.features.compute_features`, in the file's order.

    :param transactions: ids as text; with category and coordinates where the file has them.
    :param labels: of the rows that have one; no row where the file has no column for them.
    :param ids: the file's own id of each transaction, with the type and under the name that it has there.
    """

    transactions: pd.DataFrame
    labels: pd.DataFrame
    ids: pd.Series


def read_history(path: Path, form: Format, label_delay: timedelta) -> History:
    """Return the transactions and labels of a file.

    :param label_delay: time from a purchase to its label, where the file does not say it.
    :raises BadFile: the file cannot be read, does not fit the format, has no row, or a value in it cannot be read; the
        column that says what was fraud may be missing.
    """
    import pandas as pd

    columns = WholeColumns(path, form)
    columns.refuse_repeats("transaction_id")
    transactions = pd.DataFrame(
        {
            "transaction_id": columns.texts("transaction_id"),
            "occurred_at": columns.instants("occurred_at"),
            "customer_id": columns.texts("customer_id"),
            "merchant_id": columns.texts("merchant_id"),
            "amount": columns.numbers("amount"),
        }
    )
    if "category" in columns:
        transactions["category"] = columns.texts("category", is_required=False)
    for name in _COORDINATES:
        if name in columns:
            transactions[name] = columns.numbers(name, is_required=False)
    labels = _labels(columns, transactions, label_delay)
    return History(transactions, labels, columns.raw("transaction_id"))


def _labels(columns: WholeColumns, transactions: pd.DataFrame, delay: timedelta) -> pd.DataFrame:
    known_at = transactions["occurred_at"] + delay
    if "known_at" in columns:
        known_at = columns.instants("known_at", is_required=False).fillna(known_at)
    labels = transactions[["transaction_id"]].assign(is_fraud=None, known_at=known_at)
    if "is_fraud" in columns:
        labels["is_fraud"] = columns.choices("is_fraud", FRAUD_WORDS)
    return labels.dropna().astype({"is_fraud": "bool"})
