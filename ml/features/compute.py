"""One function for all features, in bulk and in micro-batches."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from ml.features.customers import customer_columns, pair_columns
from ml.features.frauds import View
from ml.features.merchants import merchant_columns
from ml.features.names import LABEL_DELAY, NUMERIC_NAMES
from ml.features.purchases import categories, purchase_columns
from ml.features.rows import Rows
from ml.features.timeline import Floats, Integers


def compute_features(
    transactions: pd.DataFrame,
    labels: pd.DataFrame,
    targets: Sequence[str] | None = None,
    delay: pd.Timedelta = LABEL_DELAY,
    zone: str = "UTC",
    counted: Callable[[], pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Compute the features of transactions from the rows and the labels known at their instants.

    A customer's windows `(t - w, t]` hold the row itself; rows of one customer at one instant are ordered by
    transaction id (as text) and see those up to themselves. A merchant's windows `(t - delay - w, t - delay]` hold
    whole instants; a row in them counts as fraud if its latest label with `known_at <= t` says so (of labels known at
    the same instant the last one in the frame), so that late and corrected labels change later rows only.
    Sums are of whole thousandths of the amount and whole millionths of its logarithm, and every division is of two
    such sums, so a micro-batch with its history gives the same bits as the whole history does.
    Source: Reproducible Machine Learning for Credit Card Fraud Detection, chapter 3 (feature transformation), for
    `HANDBOOK_NAMES`.

    :param transactions: `transaction_id`, `occurred_at`, `customer_id`, `merchant_id`, `amount`, in any order: the
        targets and every row in their windows. Where `category` and the four `COORDINATES` are missing, what depends
        on them is "" and NaN.
    :param labels: `transaction_id`, `is_fraud`, `known_at`; labels of transactions that are not given are ignored.
    :param targets: ids of the rows wanted, or None for every row.
    :param delay: how long a row takes to be labelled; more than zero.
    :param zone: the bank's time zone, which decides what is night and weekend.
    :param counted: where not every row of the merchants is given, returns how many they had: `merchant_id`,
        `occurred_at` and `rows`, the number of rows at that instant and before it, since the last instant of
        `instants_to_count` before it. It is called when all else is computed. Of the merchants' rows the transactions
        then need to hold the targets and those ever called fraud only.
    :return: columns `FEATURE_NAMES`, float64 except the text `category`, indexed by `transaction_id`, in the order of
        `targets`.
    :raises ValueError: a transaction id twice, or a delay that is not positive.
    :raises KeyError: a target that is not among the transactions.
    """
    if delay <= pd.Timedelta(0):
        raise ValueError(f"delay must be positive, not {delay}: a merchant's windows end before the row itself")
    rows = Rows(transactions, targets, zone)
    # One block with the columns as its rows: the frame takes it as it is, without a second copy.
    values = np.empty((len(NUMERIC_NAMES), len(rows.places)))
    for slots, columns in _parts(rows, transactions, labels, delay, counted):
        for name, column in columns.items():
            values[NUMERIC_NAMES.index(name)][slots] = column
    index = pd.Index(rows.ids[rows.places], name="transaction_id")
    features = pd.DataFrame(values.T, index, list(NUMERIC_NAMES), copy=False)
    features["category"] = categories(transactions, rows).set_axis(index)
    return features


def _parts(
    rows: Rows,
    transactions: pd.DataFrame,
    labels: pd.DataFrame,
    delay: pd.Timedelta,
    counted: Callable[[], pd.DataFrame] | None,
) -> Iterator[tuple[Integers, dict[str, Floats]]]:
    """Yield the slots and the columns of each part; the merchants' last, for their counts may be on their way."""
    yield purchase_columns(rows, transactions)
    yield customer_columns(rows)
    yield pair_columns(rows)
    yield merchant_columns(View(rows, labels, delay // pd.Timedelta(microseconds=1)), counted() if counted else None)
