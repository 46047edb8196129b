"""A file's rows in order of time, and the parts of them that a fold trains on and tests."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.backtest.protocol import DAY, BacktestError, FoldWindows
from ml.evaluation import Flags, Integers, JudgedRows, known_cards
from ml.features import compute_features
from ml.fitting import LabelledRows

_NEEDED = {
    "transactions": ("transaction_id", "occurred_at", "customer_id", "merchant_id", "amount"),
    "labels": ("transaction_id", "is_fraud", "known_at"),
}


@dataclass(frozen=True)
class History:
    """All rows in order of time, those of one instant in order of their ids: one entry per row.

    :param features: columns `ml.features.FEATURE_NAMES`, indexed by `transaction_id`.
    :param occurred_at: UTC.
    :param amount: in the main unit.
    :param is_fraud: what the latest label says; False without a label.
    :param label_row: of each label in the order in which they became known: the row that it is about.
    :param label_is_fraud: what it says.
    :param label_known_at: since when.
    """

    features: pd.DataFrame
    occurred_at: pd.DatetimeIndex
    customer: npt.NDArray[Any]
    amount: npt.NDArray[np.float64]
    is_fraud: Flags
    label_row: Integers
    label_is_fraud: Flags
    label_known_at: pd.DatetimeIndex

    def __len__(self) -> int:
        return len(self.amount)

    def rows_of(self, begin: pd.Timestamp, end: pd.Timestamp) -> slice:
        """Return the rows from `begin` until before `end`."""
        return slice(*(int(self.occurred_at.searchsorted(instant, side="left")) for instant in (begin, end)))

    def fraud_as_of(self, instant: pd.Timestamp) -> Flags:
        """Return for each row whether its latest label with `known_at <= instant` says fraud; False without one."""
        known = int(self.label_known_at.searchsorted(instant, side="right"))
        return _latest(len(self), self.label_row[:known], self.label_is_fraud[:known])

    def training_rows(self, fold: FoldWindows) -> LabelledRows:
        """Return a fold's training rows with their labels as they were known when the test began."""
        chosen = self.rows_of(fold.trained_from, fold.trained_until)
        return LabelledRows(
            features=self.features.iloc[chosen],
            is_fraud=self.fraud_as_of(fold.tested_from)[chosen],
            occurred_at=self.occurred_at[chosen],
            customer=self.customer[chosen],
            amount=self.amount[chosen],
        )

    def test_rows(
        self, fold: FoldWindows, delay_days: float, keep_known_cards: bool
    ) -> tuple[pd.DataFrame, JudgedRows]:
        """Return a fold's test rows: their features, and what is true of them.

        :param keep_known_cards: call no card known.
        """
        recent = self.rows_of(fold.tested_from - 2 * pd.Timedelta(days=delay_days), fold.tested_until)
        own = self.rows_of(fold.tested_from, fold.tested_until)
        day = np.asarray((self.occurred_at[recent] - fold.tested_from) // DAY, dtype=np.int64)
        is_known = known_cards(self.customer[recent], day, self.is_fraud[recent], delay_days)
        tested = slice(own.start - recent.start, None)
        rows = JudgedRows(
            is_fraud=self.is_fraud[own],
            customer=self.customer[own],
            day=day[tested],
            is_known_card=is_known[tested] & (not keep_known_cards),
            days=(fold.tested_until - fold.tested_from) / DAY,
            amount=self.amount[own],
        )
        return self.features.iloc[own], rows


def history_of(transactions: pd.DataFrame, labels: pd.DataFrame, delay_days: float, zone: str = "UTC") -> History:
    """Sort a file's rows, so that their order in the file means nothing, and compute their features once.

    :param transactions: as `ml.features.compute_features` takes them, in any order.
    :param labels: `transaction_id`, `is_fraud`, `known_at`.
    :raises BacktestError: no row is fraud.
    """
    ordered = transactions.sort_values(["occurred_at", "transaction_id"], ignore_index=True)
    labels = labels.sort_values("known_at", kind="stable")
    row = pd.Index(ordered["transaction_id"]).get_indexer(labels["transaction_id"])
    labels, row = labels[row >= 0], row[row >= 0]
    says_fraud = labels["is_fraud"].to_numpy(bool)
    is_fraud = _latest(len(ordered), row, says_fraud)
    if not is_fraud.any():
        raise BacktestError(f"none of {len(ordered):,} rows is fraud: give a file whose labels mark some as fraud")
    return History(
        features=compute_features(ordered, labels, delay=pd.Timedelta(days=delay_days), zone=zone),
        occurred_at=pd.DatetimeIndex(ordered["occurred_at"]),
        customer=ordered["customer_id"].to_numpy(object),
        amount=ordered["amount"].to_numpy(np.float64),
        is_fraud=is_fraud,
        label_row=row,
        label_is_fraud=says_fraud,
        label_known_at=pd.DatetimeIndex(labels["known_at"]),
    )


def _latest(rows: int, label_row: Integers, label_is_fraud: Flags) -> Flags:
    is_fraud = np.zeros(rows, dtype=bool)
    is_fraud[label_row] = label_is_fraud  # of several labels of a row the last one stays
    return is_fraud


def demand_rows(transactions: pd.DataFrame, labels: pd.DataFrame) -> None:
    """Refuse what cannot be measured before anything is computed.

    :raises BacktestError: a column, a value, every row or every label is missing, or an id is there twice.
    """
    for (what, names), frame in zip(_NEEDED.items(), (transactions, labels), strict=True):
        if missing := [name for name in names if name not in frame.columns]:
            raise BacktestError(f"the {what} lack the column {', '.join(missing)}")
    if transactions.empty:
        raise BacktestError("the file has no row")
    if labels.empty:
        raise BacktestError("no row has a label: give a file with a column that says which rows were fraud")
    for name in _NEEDED["transactions"]:
        _demand_values(transactions, name)
    if (is_again := transactions["transaction_id"].duplicated()).any():
        first = transactions.loc[is_again.to_numpy(), "transaction_id"].iloc[0]
        raise BacktestError(f"transaction {first} is in the file more than once: keep one row of each transaction")


def _demand_values(transactions: pd.DataFrame, name: str) -> None:
    is_missing = transactions[name].isna().to_numpy()
    if count := int(is_missing.sum()):
        rows = "1 row has" if count == 1 else f"{count:,} rows have"
        first = transactions.loc[is_missing, "transaction_id"].iloc[0]
        raise BacktestError(f"{rows} no {name} that can be read, the first is {first}: mend them or leave them out")
