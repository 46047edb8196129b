"""When each row was held to be a fraud, and which known frauds each row of a merchant sees."""

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.features.logarithm import log_millionths
from ml.features.rows import MICROSECONDS_PER_DAY, Rows, instants_of, positions
from ml.features.timeline import Integers, Ranked

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Frauds:
    """Spans of time in which a row was held to be a fraud: from the label that said so until the one that took it back.

    Each array has one entry per span, in order of when the row occurred; instants in microseconds, logarithms of the
    amounts in millionths.
    """

    merchants: Integers
    occurred: Integers
    since: Integers
    until: Integers
    logs: Integers


class View:
    """The wanted rows in order of merchant and time, and the frauds that they may see.

    :param delay: label delay in microseconds.
    """

    def __init__(self, rows: Rows, labels: pd.DataFrame, delay: int) -> None:
        self.rows, self.delay = rows, delay
        self.seen = rows.seen(rows.of_merchants.order)
        self.merchants = rows.merchants[self.seen.rows]
        self.instants = rows.instants[self.seen.rows]
        self.frauds = known_frauds(rows, labels)
        self._wanted = Ranked(self.merchants, self.seen.rows, len(rows.ids))

    def spans(self, days: int) -> tuple[Integers, Integers]:
        """Return from and until which of the wanted rows each fraud is known and in the window of so many days.

        A fraud enters when it is known and has entered the window, and leaves when either ends.
        """
        frauds, entered = self.frauds, self.frauds.occurred + self.delay
        begin = np.maximum(frauds.since, entered)
        end = np.minimum(frauds.until, entered + days * MICROSECONDS_PER_DAY)
        first, last = (
            self._wanted.place(frauds.merchants, np.searchsorted(self.rows.instants, at)) for at in (begin, end)
        )
        return first, np.maximum(first, last)


def known_frauds(rows: Rows, labels: pd.DataFrame) -> Frauds:
    """Return the spans that the labels tell; labels of unknown rows are ignored."""
    row, label = _rows_of(rows, pd.Index(labels["transaction_id"]), labels["is_fraud"].to_numpy(bool))
    known, is_fraud = instants_of(labels["known_at"])[label], labels["is_fraud"].to_numpy(bool)[label]
    order = np.lexsort((known, row))
    row, known, is_fraud = row[order], known[order], is_fraud[order]
    # Of two labels known at one instant the first lasts no time at all, which leaves the last one to count.
    until = np.full(len(row), _NEVER)
    until[:-1][row[1:] == row[:-1]] = known[1:][row[1:] == row[:-1]]
    row, since, until = row[is_fraud], known[is_fraud], until[is_fraud]
    return Frauds(rows.merchants[row], rows.instants[row], since, until, log_millionths(rows.thousandths[row]))


def _rows_of(rows: Rows, ids: "pd.Index[Any]", is_fraud: npt.NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Return the rows that were ever called fraud and their labels, as places; no other label changes a feature."""
    if rows.ids.equals(ids):
        label = np.flatnonzero(is_fraud)
        return rows.place_of(label), label
    called = ids[is_fraud].unique()
    label = np.flatnonzero(positions(ids, called) >= 0)
    place = np.flatnonzero(positions(rows.ids, called) >= 0)
    found = positions(ids[label], rows.ids[place])
    return rows.place_of(place[found[found >= 0]]), label[found >= 0]


def oldest_and_newest(begin: Integers, end: Integers, count: int) -> tuple[Integers, Integers]:
    """Return for each of `count` places the first and the last of the spans `[begin, end)` that hold it, else -1.

    A sweep over the spans' ends with two heaps: its cost depends on the number of spans, not on their lengths.
    """
    coming = iter(np.argsort(begin, kind="stable").tolist())
    begins, ends = begin.tolist(), end.tolist()
    borders = np.unique(np.concatenate([begin, end, [0]]))
    following = next(coming, None)
    old: list[int] = []
    new: list[int] = []
    oldest, newest = [], []
    for border in borders.tolist():
        while following is not None and begins[following] == border:
            heappush(old, following)
            heappush(new, -following)
            following = next(coming, None)
        while old and ends[old[0]] <= border:
            heappop(old)
        while new and ends[-new[0]] <= border:
            heappop(new)
        oldest.append(old[0] if old else -1)
        newest.append(-new[0] if new else -1)
    lengths = np.diff(borders, append=count)
    return np.repeat(np.array(oldest), lengths), np.repeat(np.array(newest), lengths)
