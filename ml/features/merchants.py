"""What was known of the merchant: rows and frauds over windows that end a label delay before the row."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ml.features.frauds import Frauds, known_frauds, oldest_and_newest
from ml.features.logarithm import MILLIONTHS
from ml.features.names import LONGEST_DAYS, WINDOW_DAYS
from ml.features.rows import MICROSECONDS_PER_DAY, Rows
from ml.features.timeline import Floats, Integers, Ranked


class Window(NamedTuple):
    """What the longest window of each wanted row holds, and until where it reaches among the merchant's rows."""

    end: Integers
    rows: Integers
    frauds: Integers
    logs: Integers
    oldest: Integers
    newest: Integers


def merchant_columns(rows: Rows, labels: pd.DataFrame, delay: int) -> tuple[Integers, dict[str, Floats]]:
    """Return the slots of the wanted rows in the result, and the merchant's features for these.

    :param delay: label delay in microseconds.
    """
    seen = rows.seen(rows.of_merchants.order)
    merchants = rows.merchants[seen.rows]
    ranked = rows.of_merchants.ranked
    wanted = Ranked(merchants, seen.rows, len(rows.ids))
    frauds = known_frauds(rows, labels)
    end = ranked.place(merchants, rows.rows_until(delay)[seen.nth])
    columns: dict[str, Floats] = {}
    for days in WINDOW_DAYS:
        span = days * MICROSECONDS_PER_DAY
        count = end - ranked.place(merchants, rows.rows_until(delay + span)[seen.nth])
        first, last = _places(rows, wanted, frauds, delay, span)
        fraud = _cover(first, last, len(merchants))
        columns[f"merchant_count_{days}d"] = count.astype(np.float64)
        columns[f"merchant_risk_{days}d"] = np.divide(fraud, count, out=np.zeros(len(count)), where=count > 0)
    logs = _cover(first, last, len(merchants), frauds.logs)
    window = Window(end, count, fraud, logs, *oldest_and_newest(first, last, len(merchants)))
    return seen.slots, columns | _since_fraud(rows, frauds, window, rows.instants[seen.rows], delay)


def _places(rows: Rows, wanted: Ranked, frauds: Frauds, delay: int, span: int) -> tuple[Integers, Integers]:
    """Return from and until which of the wanted rows each fraud is known and in the window.

    A fraud enters when it is known and has entered the window, and leaves when either ends.
    """
    begin = np.maximum(frauds.since, frauds.occurred + delay)
    end = np.minimum(frauds.until, frauds.occurred + delay + span)
    first, last = (wanted.place(frauds.merchants, np.searchsorted(rows.instants, at)) for at in (begin, end))
    return first, np.maximum(first, last)


def _cover(first: Integers, last: Integers, count: int, weights: Integers | None = None) -> Integers:
    """Count for each place the spans `[first, last)` that hold it, or add up their weights."""
    changes = np.bincount(first, weights, count + 1) - np.bincount(last, weights, count + 1)
    # Sums of weights are floats, but of whole numbers far below 2**53, so they are exact.
    return np.cumsum(changes.astype(np.int64))[:count]


def _since_fraud(rows: Rows, frauds: Frauds, window: Window, instants: Integers, delay: int) -> dict[str, Floats]:
    """Return what happened since the oldest and since the newest fraud known in the longest window."""
    at = np.flatnonzero(window.oldest >= 0)
    oldest, newest = window.oldest[at], window.newest[at]
    before = rows.of_merchants.position(frauds.merchants, frauds.occurred - 1)
    until = rows.of_merchants.position(frauds.merchants, frauds.occurred)
    nothing = np.full(len(instants), delay / MICROSECONDS_PER_DAY + LONGEST_DAYS)
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
