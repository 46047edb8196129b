"""What the customer did before: counts, means and habits over windows `(t - w, t]` that hold the row itself."""

import numpy as np

from ml.features.logarithm import MILLIONTHS, log_millionths
from ml.features.names import LONGEST_DAYS, WINDOW_DAYS
from ml.features.rows import MICROSECONDS_PER_DAY, MICROSECONDS_PER_HOUR, Rows
from ml.features.timeline import Floats, Integers, Timeline

MOST_HOURS = LONGEST_DAYS * 24.0
FIRST_LATE_HOUR, LAST_EARLY_HOUR = 22, 3


def customer_columns(rows: Rows) -> dict[str, Floats]:
    """Return the customer's features of the wanted rows in order of time."""
    timeline = Timeline(rows.customers, rows.instants)
    order = _with_ties_by_id(rows, timeline.order)
    seen = np.flatnonzero(rows.is_wanted[order])
    who, when = rows.customers[order[seen]], rows.instants[order[seen]]
    begins = {days: timeline.position(who, when - days * MICROSECONDS_PER_DAY) for days in WINDOW_DAYS}
    columns = _amounts(rows.thousandths[order], begins, seen)
    columns |= _logarithms(log_millionths(rows.thousandths)[order], begins, seen)
    columns["customer_hours_since_last"] = _hours_since_last(rows, order)[seen]
    hours = rows.hours[order]
    nights = _before((hours >= FIRST_LATE_HOUR) | (hours <= LAST_EARLY_HOUR))
    columns["customer_night_count_1d"] = (nights[seen + 1] - nights[begins[1]]).astype(np.float64)
    columns["customer_merchant_count_30d"] = _at_same_merchant(rows, order, begins[LONGEST_DAYS], seen)
    slots = rows.slots[order[seen]]
    return {name: _scattered(values, slots) for name, values in columns.items()}


def _amounts(thousandths: Integers, begins: dict[int, Integers], seen: Integers) -> dict[str, Floats]:
    # The sum may wrap around in 64 bits: the difference of two of them is right all the same.
    sums = _before(thousandths)
    columns: dict[str, Floats] = {}
    for days, begin in begins.items():
        count = seen + 1 - begin
        columns[f"customer_count_{days}d"] = count.astype(np.float64)
        columns[f"customer_mean_{days}d"] = (sums[seen + 1] - sums[begin]) / (count * 1_000)
    return columns


def _logarithms(logs: Integers, begins: dict[int, Integers], seen: Integers) -> dict[str, Floats]:
    sums, begin = _before(logs), begins[LONGEST_DAYS]
    others = seen - begin
    ratio = (logs[seen] * others - (sums[seen] - sums[begin])) / (np.maximum(others, 1) * MILLIONTHS)
    day = (sums[seen + 1] - sums[begins[1]]) / ((seen + 1 - begins[1]) * MILLIONTHS)
    month = (sums[seen + 1] - sums[begin]) / ((others + 1) * MILLIONTHS)
    return {
        "customer_amount_ratio_30d": ratio,
        "customer_amount_spread_30d": _spread(logs // 1_000, begin, seen),
        "customer_log_mean_1d": day - month,
    }


def _spread(milli: Integers, begin: Integers, seen: Integers) -> Floats:
    """Return the standard deviation of the rows in `[begin, seen)`, 0 where there are fewer than two."""
    sums, squares = _before(milli), _before(milli * milli)
    count = np.maximum(seen - begin, 1)
    mean = (sums[seen] - sums[begin]) / count
    variance = (squares[seen] - squares[begin]) / count - mean * mean
    spread: Floats = np.sqrt(np.maximum(variance, 0.0)) / 1_000
    return spread


def _hours_since_last(rows: Rows, order: Integers) -> Floats:
    hours = np.full(len(order), MOST_HOURS)
    who, when = rows.customers[order], rows.instants[order]
    elapsed = np.minimum(np.diff(when) / MICROSECONDS_PER_HOUR, MOST_HOURS)
    hours[1:] = np.where(who[1:] == who[:-1], elapsed, MOST_HOURS)
    return hours


def _at_same_merchant(rows: Rows, order: Integers, begin: Integers, seen: Integers) -> Floats:
    """Count the rows in `[begin, seen]` of each wanted one that are of the same merchant."""
    pairs = rows.customers[order] * (rows.merchants.max(initial=0) + 1) + rows.merchants[order]
    pairs = np.unique(pairs, return_inverse=True)[1]
    places = Timeline(pairs, np.arange(len(order)))
    at = pairs[seen]
    return (places.position(at, seen) - places.position(at, begin - 1)).astype(np.float64)


def _with_ties_by_id(rows: Rows, order: Integers) -> Integers:
    """Order the few rows that share customer and instant by id as text."""
    who, when = rows.customers[order], rows.instants[order]
    is_same = (who[1:] == who[:-1]) & (when[1:] == when[:-1])
    is_tied = np.concatenate([is_same, [False]]) | np.concatenate([[False], is_same])
    tied = np.flatnonzero(is_tied[: len(order)])
    runs = np.cumsum(~np.concatenate([[False], is_same])[: len(order)])[tied]
    ranks = np.unique(rows.texts_of(order[tied]), return_inverse=True)[1]
    order = order.copy()
    order[tied] = order[tied][np.lexsort((ranks, runs))]
    return order


def _before(values: "Integers | np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Integers:
    """Return the sum of the values before each place, and of all."""
    sums = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def _scattered(values: Floats, slots: Integers) -> Floats:
    scattered = np.empty_like(values)
    scattered[slots] = values
    return scattered
