"""The transactions as arrays in order of time, and which of them are wanted."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from ml.features.timeline import Integers, Timeline

MICROSECONDS_PER_HOUR = 3_600_000_000
MICROSECONDS_PER_DAY = 24 * MICROSECONDS_PER_HOUR
"""Every instant is a whole number of microseconds since 1970, as PostgreSQL keeps it."""


class Seen(NamedTuple):
    """The wanted rows in some order of all rows.

    :param places: where they stand in that order, ascending.
    :param rows: which rows they are.
    :param nth: which of the wanted rows they are.
    :param slots: where their features go in the result.
    """

    places: Integers
    rows: Integers
    nth: Integers
    slots: Integers


class Rows:
    """Transactions in order of time; rows of one customer at one instant by id as text, others as they came.

    :param transactions: as in `ml.features.compute_features`.
    :param targets: ids of the rows wanted, or None for every row.
    :param zone: the bank's time zone.
    :raises ValueError: a transaction id twice, or a target twice.
    :raises KeyError: a target that is not among the transactions.
    """

    def __init__(self, transactions: pd.DataFrame, targets: Sequence[str] | None, zone: str) -> None:
        self.ids = pd.Index(transactions["transaction_id"])
        _refuse_duplicates(self.ids)
        instants = instants_of(transactions["occurred_at"])
        by_time = np.argsort(instants, kind="stable")
        self.instants = instants[by_time]
        self.customers = _codes(transactions["customer_id"])[0][by_time]
        self.of_customers = Timeline(self.customers, self.instants)
        self.by_time = self._with_ties_by_id(by_time)
        """Place in the frame of each row."""
        merchants, self.merchant_ids = _codes(transactions["merchant_id"])
        self.merchants = merchants[self.by_time]
        self.of_merchants = Timeline(self.merchants, self.instants)
        self.thousandths = np.rint(transactions["amount"].to_numpy(np.float64)[self.by_time] * 1_000).astype(np.int64)
        self.local = _local(self.instants, zone)
        self.hours: Integers = self.local // MICROSECONDS_PER_HOUR % 24
        """Local hour, 0 to 23."""
        self.places = np.arange(len(self.ids)) if targets is None else _places(self.ids, targets)
        """Place in the frame of each row of the result."""
        slots = np.full(len(self.ids), -1)
        slots[self.places] = np.arange(len(self.places))
        self._slots = slots[self.by_time]
        self._is_wanted = self._slots >= 0
        self.wanted = self.seen(np.arange(len(instants)))
        self._ranks: dict[int, Integers] = {}

    def seen(self, order: Integers) -> Seen:
        """Return the wanted rows in an order of all rows."""
        if self._is_wanted.all():
            return Seen(np.arange(len(order)), order, order, self._slots[order])
        places = np.flatnonzero(self._is_wanted[order])
        rows = order[places]
        return Seen(places, rows, np.searchsorted(np.flatnonzero(self._is_wanted), rows), self._slots[rows])

    def rows_until(self, ago: int) -> Integers:
        """Return for each wanted row how many rows of anyone came until so many microseconds before it."""
        if ago not in self._ranks:
            instants = self.instants[self.wanted.rows] - ago
            self._ranks[ago] = np.searchsorted(self.instants, instants, side="right")
        return self._ranks[ago]

    def place_of(self, places: Integers) -> Integers:
        """Return which rows stand at some places of the frame."""
        row = np.empty_like(self.by_time)
        row[self.by_time] = np.arange(len(row))
        return row[places]

    def _with_ties_by_id(self, by_time: Integers) -> Integers:
        """Order the few rows that share customer and instant by id as text."""
        order = self.of_customers.order
        who, when = self.customers[order], self.instants[order]
        is_same = (who[1:] == who[:-1]) & (when[1:] == when[:-1])
        tied = np.flatnonzero(np.append(is_same, False) | np.insert(is_same, 0, False))
        runs = np.cumsum(~np.insert(is_same, 0, False))[tied]
        rows = order[tied]
        ids = self.ids[by_time[rows]].astype("str").to_numpy(dtype=object)
        ordered = by_time.copy()
        ordered[rows] = by_time[rows[np.lexsort((np.unique(ids, return_inverse=True)[1], runs))]]
        return ordered


def instants_of(values: pd.Series) -> Integers:
    """Return instants in microseconds since 1970."""
    return pd.DatetimeIndex(values).as_unit("us").asi8


def _refuse_duplicates(ids: "pd.Index[Any]") -> None:
    if not _are_ascending_numbers(ids) and (is_second := ids.to_series().duplicated()).any():
        raise ValueError(f"transaction id twice: {ids[is_second][0]}")


def _are_ascending_numbers(ids: "pd.Index[Any]") -> bool:
    """Tell of ids that count upwards that they are distinct, twenty times faster than by hashing them all."""
    try:
        ids[:1].astype("int64[pyarrow]")
        numbers = ids.astype("int64[pyarrow]").to_numpy()
    except (ValueError, TypeError):
        return False
    return bool((numbers[1:] > numbers[:-1]).all())


def positions(ids: "pd.Index[Any]", among: "pd.Index[Any]") -> Integers:
    """Return for each id its place among distinct others, -1 where it is not one of them."""
    if not (ids.dtype == among.dtype == "str"):
        return among.get_indexer(ids).astype(np.int64)
    # Arrow takes a tenth of the time: pandas makes an object of every text.
    found = compute.index_in(pa.array(ids), value_set=pa.array(among)).fill_null(-1)
    places: Integers = found.to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def _places(ids: "pd.Index[Any]", targets: Sequence[str]) -> Integers:
    wanted = pd.Index(pd.Series(list(targets), dtype=ids.dtype))
    if not wanted.is_unique:
        raise ValueError(f"target twice: {wanted[wanted.duplicated()][0]}")
    # The ids may be a million, the targets a few: what is hashed and kept is the targets.
    found = positions(ids, wanted)
    places = np.full(len(wanted), -1)
    places[found[found >= 0]] = np.flatnonzero(found >= 0)
    if (places < 0).any():
        raise KeyError(f"no transaction has the id {wanted[int(np.argmin(places))]}")
    return places


def _codes(values: pd.Series) -> tuple[Integers, "pd.Index[Any]"]:
    codes, uniques = pd.factorize(values)
    return codes.astype(np.int64), pd.Index(uniques)


def _local(instants: Integers, zone: str) -> Integers:
    if zone == "UTC":
        return instants
    in_utc = pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC")
    return in_utc.tz_convert(zone).tz_localize(None).asi8
