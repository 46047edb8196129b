"""What was known of the merchant: rows and frauds over windows that end a label delay before the row."""

import numpy as np
import pandas as pd

from ml.features.frauds import Frauds, known_frauds, oldest_and_newest
from ml.features.names import LONGEST_DAYS, WINDOW_DAYS
from ml.features.rows import MICROSECONDS_PER_DAY, Rows
from ml.features.timeline import Floats, Integers, Timeline


def merchant_columns(rows: Rows, labels: pd.DataFrame, delay: int) -> dict[str, Floats]:
    """Return the merchant's features of the wanted rows in order of time.

    :param delay: label delay in microseconds.
    """
    timeline = Timeline(rows.merchants, rows.instants)
    is_wanted = rows.is_wanted[timeline.order]
    wanted, keys = timeline.order[is_wanted], timeline.keys[is_wanted]
    who, when = rows.merchants[wanted], rows.instants[wanted]
    end = timeline.position(who, when - delay)
    frauds = known_frauds(rows, labels)
    columns: dict[str, Floats] = {}
    for days in WINDOW_DAYS:
        count = end - timeline.position(who, when - delay - days * MICROSECONDS_PER_DAY)
        first, last = _places(timeline, keys, frauds, delay, days)
        fraud = _cover(first, last, len(wanted))
        columns[f"merchant_count_{days}d"] = count.astype(np.float64)
        columns[f"merchant_risk_{days}d"] = _share(fraud, count)
    columns |= _history(timeline, frauds, (first, last), end, when, fraud, count, delay)
    slots = rows.slots[wanted]
    return {name: _scattered(values, slots) for name, values in columns.items()}


def _places(timeline: Timeline, keys: Integers, frauds: Frauds, delay: int, days: int) -> tuple[Integers, Integers]:
    """Return from and until which of the wanted rows each fraud is known and in the window.

    A fraud enters when it is known and has entered the window, and leaves when either ends.
    """
    begin = np.maximum(frauds.since, frauds.occurred + delay)
    end = np.minimum(frauds.until, frauds.occurred + delay + days * MICROSECONDS_PER_DAY)
    first, last = (np.searchsorted(keys, timeline.key(frauds.merchants, at, "left")) for at in (begin, end))
    return first, np.maximum(first, last)


def _cover(first: Integers, last: Integers, count: int) -> Integers:
    """Count for each place the spans that hold it."""
    changes = np.bincount(first, minlength=count + 1) - np.bincount(last, minlength=count + 1)
    return np.cumsum(changes)[:count]


def _history(
    timeline: Timeline,
    frauds: Frauds,
    places: tuple[Integers, Integers],
    end: Integers,
    when: Integers,
    fraud: Integers,
    count: Integers,
    delay: int,
) -> dict[str, Floats]:
    oldest, newest = oldest_and_newest(*places, len(when))
    has_fraud = oldest >= 0
    oldest, newest = oldest[has_fraud], newest[has_fraud]
    since_first = np.full(len(when), delay / MICROSECONDS_PER_DAY + LONGEST_DAYS)
    since_last = since_first.copy()
    since_first[has_fraud] = (when[has_fraud] - frauds.occurred[oldest]) / MICROSECONDS_PER_DAY
    since_last[has_fraud] = (when[has_fraud] - frauds.occurred[newest]) / MICROSECONDS_PER_DAY
    before = np.searchsorted(timeline.keys, timeline.key(frauds.merchants, frauds.occurred, "left"))
    up_to = timeline.position(frauds.merchants, frauds.occurred)
    risk = np.zeros(len(when))
    risk[has_fraud] = fraud[has_fraud] / (end[has_fraud] - before[oldest])
    honest = count.astype(np.float64)
    honest[has_fraud] = end[has_fraud] - up_to[newest]
    return {
        "merchant_days_since_first_fraud": since_first,
        "merchant_days_since_last_fraud": since_last,
        "merchant_risk_since_first_fraud": risk,
        "merchant_honest_since_last_fraud": honest,
    }


def _share(part: Integers, whole: Integers) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def _scattered(values: Floats, slots: Integers) -> Floats:
    scattered = np.empty_like(values)
    scattered[slots] = values
    return scattered
