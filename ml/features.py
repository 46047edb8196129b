"""The features of a transaction: one function for training and for scoring, from what was known at its instant."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WINDOW_DAYS: Final = (1, 7, 30)
FEATURE_NAMES: Final = (
    "amount",
    "is_weekend",
    "is_night",
    *(f"customer_{what}_{days}d" for days in WINDOW_DAYS for what in ("count", "mean")),
    *(f"merchant_{what}_{days}d" for days in WINDOW_DAYS for what in ("count", "risk")),
)
LABEL_DELAY: Final = pd.Timedelta(days=7)
LAST_HOUR_OF_NIGHT: Final = 6
FIRST_DAY_OF_WEEKEND: Final = 5

_DAY: Final = 86_400_000_000
"""Microseconds: every instant here is a whole number of them since 1970, as PostgreSQL keeps it."""
_NEVER: Final = np.iinfo(np.int64).max


def compute_features(
    transactions: pd.DataFrame,
    labels: pd.DataFrame,
    targets: Sequence[str] | None = None,
    delay: pd.Timedelta = LABEL_DELAY,
    zone: str = "UTC",
) -> pd.DataFrame:
    """Compute the handbook's 15 features of transactions from the rows and the labels known at their instants.

    A customer's windows `(t - w, t]` hold the row itself; rows of one customer at one instant are ordered by
    transaction id (as text) and see those up to themselves. A merchant's windows `(t - delay - w, t - delay]` hold
    whole instants; a row in them counts as fraud if its latest label with `known_at <= t` says so (of labels known at
    the same instant the last one in the frame), so that late and corrected labels change later rows only.
    Sums are of whole thousandths, so a micro-batch with its history gives the same bits as the whole history does.
    Source: Reproducible Machine Learning for Credit Card Fraud Detection, chapter 3 (feature transformation).

    :param transactions: `transaction_id`, `occurred_at`, `customer_id`, `merchant_id`, `amount`, in any order: the
        targets and every row in their windows.
    :param labels: `transaction_id`, `is_fraud`, `known_at`; labels of transactions that are not given are ignored.
    :param targets: ids of the rows wanted, or None for every row.
    :param delay: how long a row takes to be labelled; more than zero.
    :param zone: the bank's time zone, which decides what is night and weekend.
    :return: float64 columns `FEATURE_NAMES`, indexed by `transaction_id`, in the order of `targets`.
    :raises ValueError: a transaction id twice, or a delay that is not positive.
    :raises KeyError: a target that is not among the transactions.
    """
    if delay <= pd.Timedelta(0):
        raise ValueError(f"delay must be positive, not {delay}: a merchant's windows end before the row itself")
    rows = _Rows(transactions)
    wanted = np.arange(len(rows.ids)) if targets is None else _positions(rows.ids, targets)
    local = pd.DatetimeIndex(transactions["occurred_at"])[wanted].tz_convert(zone)
    columns = {
        "amount": transactions["amount"].to_numpy(np.float64)[wanted],
        "is_weekend": local.day_of_week >= FIRST_DAY_OF_WEEKEND,
        "is_night": local.hour <= LAST_HOUR_OF_NIGHT,
    }
    columns |= _customer_columns(rows, wanted)
    columns |= _merchant_columns(rows, wanted, labels, _microseconds(delay))
    index = pd.Index(rows.ids[wanted], name="transaction_id")
    return pd.DataFrame(columns, index=index, columns=list(FEATURE_NAMES), dtype=np.float64)


class Timeline:
    """Events of many groups in order of group and instant: answers how many came up to an instant.

    :param groups: one small whole number per event.
    :param instants: microseconds, one per event.
    :param ties: decides the order of events of one group at one instant.
    """

    def __init__(self, groups: Integers, instants: Integers, ties: Integers | None = None) -> None:
        self._instants = np.sort(instants)
        self._stride = len(instants) + 1
        # Group and instant do not fit into 64 bits together, group and the instant's rank do.
        keys = groups * self._stride + np.searchsorted(self._instants, instants, side="left")
        self.order: Integers = np.argsort(keys, kind="stable") if ties is None else np.lexsort((ties, keys))
        self._keys = keys[self.order]

    def position(self, groups: Integers, instants: Integers) -> Integers:
        """Return how many events lie in earlier groups, or in the same one at or before the instant."""
        ranks = np.searchsorted(self._instants, instants, side="right")
        return np.searchsorted(self._keys, groups * self._stride + ranks, side="left")


class _Rows:
    """The transactions as arrays: one entry per row, in the order of the frame."""

    def __init__(self, transactions: pd.DataFrame) -> None:
        self.ids = pd.Index(transactions["transaction_id"])
        if not self.ids.is_unique:
            raise ValueError(f"transaction id twice: {self.ids[self.ids.duplicated()][0]}")
        self.instants = _instants(transactions["occurred_at"])
        self.customers = _codes(transactions["customer_id"])
        self.merchants = _codes(transactions["merchant_id"])
        self.thousandths = np.rint(transactions["amount"].to_numpy(np.float64) * 1_000).astype(np.int64)


def _customer_columns(rows: _Rows, wanted: Integers) -> dict[str, Floats]:
    timeline = Timeline(rows.customers, rows.instants, _ties(rows))
    # The sum before each place. It may wrap around in 64 bits: the difference of two of them is right all the same.
    sums = np.concatenate([[0], rows.thousandths[timeline.order].cumsum()])
    place = np.empty(len(rows.ids), dtype=np.int64)
    place[timeline.order] = np.arange(len(rows.ids))
    end = place[wanted] + 1
    columns = {}
    for days in WINDOW_DAYS:
        begin = timeline.position(rows.customers[wanted], rows.instants[wanted] - days * _DAY)
        count = end - begin
        columns[f"customer_count_{days}d"] = count.astype(np.float64)
        columns[f"customer_mean_{days}d"] = (sums[end] - sums[begin]) / (count * 1_000)
    return columns


def _merchant_columns(rows: _Rows, wanted: Integers, labels: pd.DataFrame, delay: int) -> dict[str, Floats]:
    merchants, instants = rows.merchants[wanted], rows.instants[wanted]
    timeline = Timeline(rows.merchants, rows.instants)
    end = timeline.position(merchants, instants - delay)
    frauds = _FraudTimes(rows, labels)
    columns = {}
    for days in WINDOW_DAYS:
        count = end - timeline.position(merchants, instants - delay - days * _DAY)
        fraud = frauds.count(merchants, instants, delay, days * _DAY)
        columns[f"merchant_count_{days}d"] = count.astype(np.float64)
        columns[f"merchant_risk_{days}d"] = np.divide(fraud, count, out=np.zeros(len(count)), where=count > 0)
    return columns


class _FraudTimes:
    """When each row was held to be a fraud: from the label that said so until the one that took it back."""

    def __init__(self, rows: _Rows, labels: pd.DataFrame) -> None:
        row = rows.ids.get_indexer(pd.Index(labels["transaction_id"]))
        is_ours = row >= 0
        row = row[is_ours]
        known = _instants(labels["known_at"])[is_ours]
        is_fraud = labels["is_fraud"].to_numpy(bool)[is_ours]
        order = np.lexsort((known, row))
        row, known, is_fraud = row[order], known[order], is_fraud[order]
        # Of two labels known at one instant the first lasts no time at all, which leaves the last one to count.
        until = np.full(len(row), _NEVER)
        until[:-1][row[1:] == row[:-1]] = known[1:][row[1:] == row[:-1]]
        self._since, self._until = known[is_fraud], until[is_fraud]
        self._occurred = rows.instants[row[is_fraud]]
        self._merchants = rows.merchants[row[is_fraud]]

    def count(self, merchants: Integers, instants: Integers, delay: int, window: int) -> Integers:
        """Count the known frauds in each merchant's window at each instant `t`.

        A fraud enters the count when it is known and has entered the window, and leaves it when either ends.
        """
        begin = np.maximum(self._since, self._occurred + delay)
        end = np.minimum(self._until, self._occurred + delay + window)
        is_real = begin < end
        groups = self._merchants[is_real]
        entered = Timeline(groups, begin[is_real]).position(merchants, instants)
        # Both timelines have equally many events of each group, so those of earlier groups cancel.
        return entered - Timeline(groups, end[is_real]).position(merchants, instants)


def _ties(rows: _Rows) -> Integers:
    """Rank by id the few rows that share customer and instant; the others need no rank."""
    ranks = np.zeros(len(rows.ids), dtype=np.int64)
    is_tied = pd.DataFrame({"who": rows.customers, "when": rows.instants}).duplicated(keep=False).to_numpy()
    ids: npt.NDArray[Any] = rows.ids[is_tied].to_numpy(dtype=object)
    ranks[is_tied] = np.unique(ids, return_inverse=True)[1]
    return ranks


def _positions(ids: "pd.Index[str]", targets: Sequence[str]) -> Integers:
    positions = ids.get_indexer(pd.Index(pd.Series(list(targets), dtype=str)))
    if (positions < 0).any():
        raise KeyError(f"no transaction has the id {targets[int(np.argmin(positions))]}")
    return positions.astype(np.int64)


def _codes(values: pd.Series) -> Integers:
    return pd.factorize(values)[0].astype(np.int64)


def _instants(values: pd.Series) -> Integers:
    return pd.DatetimeIndex(values).as_unit("us").asi8


def _microseconds(span: pd.Timedelta) -> int:
    return span // pd.Timedelta(microseconds=1)
