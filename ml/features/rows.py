"""The transactions as arrays in order of time, and which of them are wanted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.features.timeline import Integers

MICROSECONDS_PER_HOUR = 3_600_000_000
MICROSECONDS_PER_DAY = 24 * MICROSECONDS_PER_HOUR
"""Every instant is a whole number of microseconds since 1970, as PostgreSQL keeps it."""


class Rows:
    """Transactions in order of time, equal instants as they came.

    :param transactions: as in `ml.features.compute_features`.
    :param targets: ids of the rows wanted, or None for every row.
    :param zone: the bank's time zone.
    :raises ValueError: a transaction id twice.
    :raises KeyError: a target that is not among the transactions.
    """

    def __init__(self, transactions: pd.DataFrame, targets: Sequence[str] | None, zone: str) -> None:
        self.ids = pd.Index(transactions["transaction_id"])
        if not self.ids.is_unique:
            raise ValueError(f"transaction id twice: {self.ids[self.ids.duplicated()][0]}")
        instants = instants_of(transactions["occurred_at"])
        self.by_time = np.argsort(instants, kind="stable")
        """Place in the frame of each row."""
        self.place: Integers = np.empty_like(self.by_time)
        """Row of each place in the frame."""
        self.place[self.by_time] = np.arange(len(self.by_time))
        self.instants = instants[self.by_time]
        self.local = _local(self.instants, zone)
        self.customers = _codes(transactions["customer_id"])[self.by_time]
        self.merchants = _codes(transactions["merchant_id"])[self.by_time]
        self.thousandths = np.rint(transactions["amount"].to_numpy(np.float64)[self.by_time] * 1_000).astype(np.int64)
        self.places = np.arange(len(self.ids)) if targets is None else _positions(self.ids, targets)
        """Place in the frame of each row of the result."""
        self.is_wanted = np.zeros(len(self.ids), dtype=bool)
        self.is_wanted[self.place[self.places]] = True
        self.wanted = np.flatnonzero(self.is_wanted)
        self.slots = np.cumsum(self.is_wanted) - 1
        """Where each wanted row stands among the wanted ones."""

    @property
    def hours(self) -> Integers:
        """Local hour of each row, 0 to 23."""
        hours: Integers = self.local // MICROSECONDS_PER_HOUR % 24
        return hours

    def texts_of(self, rows: Integers) -> npt.NDArray[Any]:
        """Return the ids of some rows as text."""
        return self.ids[self.by_time[rows]].astype("str").to_numpy(dtype=object)


def instants_of(values: pd.Series) -> Integers:
    """Return instants in microseconds since 1970."""
    return pd.DatetimeIndex(values).as_unit("us").asi8


def _local(instants: Integers, zone: str) -> Integers:
    if zone == "UTC":
        return instants
    local: Integers = (
        pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC").tz_convert(zone).tz_localize(None).asi8
    )
    return local


def _positions(ids: "pd.Index[Any]", targets: Sequence[str]) -> Integers:
    positions = ids.get_indexer(pd.Index(pd.Series(list(targets), dtype=str)))
    if (positions < 0).any():
        raise KeyError(f"no transaction has the id {targets[int(np.argmin(positions))]}")
    return positions.astype(np.int64)


def _codes(values: pd.Series) -> Integers:
    return pd.factorize(values)[0].astype(np.int64)
