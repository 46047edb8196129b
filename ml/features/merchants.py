"""What was known of the merchant: rows and frauds over windows that end a label delay before the row."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ml.features.counted import counted_timeline
from ml.features.frauds import View, oldest_and_newest
from ml.features.logarithm import MILLIONTHS
from ml.features.names import LONGEST_DAYS, WINDOW_DAYS
from ml.features.rows import MICROSECONDS_PER_DAY
from ml.features.timeline import Floats, Integers, Timeline


class Window(NamedTuple):
    """What the longest window of each wanted row holds, and until where it reaches among the merchant's rows."""

    end: Integers
    rows: Integers
    frauds: Integers
    logs: Integers
    oldest: Integers
    newest: Integers


def merchant_columns(view: View, counted: pd.DataFrame | None) -> tuple[Integers, dict[str, Floats]]:
    """Return the slots of the wanted rows in the result, and the merchant's features for these.

    :param counted: as in `ml.features.compute_features`.
    """
    timeline = view.rows.of_merchants if counted is None else counted_timeline(view.rows, counted)
    end = _count_until(view, timeline, view.delay)
    columns: dict[str, Floats] = {}
    for days in WINDOW_DAYS:
        count = end - _count_until(view, timeline, view.delay + days * MICROSECONDS_PER_DAY)
        first, last = view.spans(days)
        fraud = _cover(first, last, len(count))
        columns[f"merchant_count_{days}d"] = count.astype(np.float64)
        columns[f"merchant_risk_{days}d"] = np.divide(fraud, count, out=np.zeros(len(count)), where=count > 0)
    logs = _cover(first, last, len(count), view.frauds.logs)
    window = Window(end, count, fraud, logs, *oldest_and_newest(first, last, len(count)))
    return view.seen.slots, columns | _since_fraud(view, timeline, window)


def _count_until(view: View, timeline: Timeline, ago: int) -> Integers:
    """Return how many rows of its merchant came until so many microseconds before each wanted row.

    And how many came to earlier merchants, which the difference of two such counts is free of.
    """
    rows = view.rows
    # The rows' own ranks are shared with the customers' windows.
    is_shared = timeline is rows.of_merchants
    ranks = rows.rows_until(ago) if is_shared else timeline.ranks(rows.instants[rows.wanted.rows] - ago)
    return timeline.count(view.merchants, ranks[view.seen.nth])


def _cover(first: Integers, last: Integers, count: int, weights: Integers | None = None) -> Integers:
    """Count for each place the spans `[first, last)` that hold it, or add up their weights."""
    changes = np.bincount(first, weights, count + 1) - np.bincount(last, weights, count + 1)
    # Sums of weights are floats, but of whole numbers far below 2**53, so they are exact.
    return np.cumsum(changes.astype(np.int64))[:count]


def _since_fraud(view: View, timeline: Timeline, window: Window) -> dict[str, Floats]:
    """Return what happened since the oldest and since the newest fraud known in the longest window."""
    frauds, instants = view.frauds, view.instants
    at = np.flatnonzero(window.oldest >= 0)
    oldest, newest = window.oldest[at], window.newest[at]
    before = timeline.position(frauds.merchants, frauds.occurred - 1)
    until = timeline.position(frauds.merchants, frauds.occurred)
    nothing = np.full(len(instants), view.delay / MICROSECONDS_PER_DAY + LONGEST_DAYS)
    return {
        "merchant_days_since_first_fraud": _replaced(nothing, at, _days(instants[at] - frauds.occurred[oldest])),
        "merchant_days_since_last_fraud": _replaced(nothing, at, _days(instants[at] - frauds.occurred[newest])),
        "merchant_risk_since_first_fraud": _replaced(
            np.zeros(len(instants)), at, window.frauds[at] / (window.end[at] - before[oldest])
        ),
        "merchant_honest_since_last_fraud": _replaced(window.rows, at, window.end[at] - until[newest]),
        "merchant_fraud_log_amount_30d": _replaced(
            np.zeros(len(instants)), at, window.logs[at] / (window.frauds[at] * MILLIONTHS)
        ),
    }


def _days(microseconds: Integers) -> Floats:
    return microseconds / MICROSECONDS_PER_DAY


def _replaced(values: Floats | Integers, at: Integers, others: Floats | Integers) -> Floats:
    replaced = values.astype(np.float64)
    replaced[at] = others
    return replaced
