"""What the customer did before: counts, means and habits over windows `(t - w, t]` that hold the row itself."""

import numpy as np
import numpy.typing as npt

from ml.features.logarithm import MILLIONTHS, log_millionths
from ml.features.names import LONGEST_DAYS, WINDOW_DAYS
from ml.features.rows import MICROSECONDS_PER_DAY, MICROSECONDS_PER_HOUR, Rows, Seen
from ml.features.timeline import Floats, Integers, Ranked, order_of

MOST_HOURS = LONGEST_DAYS * 24.0
SURGE_DAYS = 7
MOST_TENTHS = 100_000_000
"""An amount above this many tenths counts as this much where it is squared, which would leave 64 bits otherwise."""
FIRST_LATE_HOUR, LAST_EARLY_HOUR = 22, 3

Columns = dict[str, Floats]


def customer_columns(rows: Rows) -> tuple[Integers, Columns]:
    """Return the slots of the wanted rows in the result, and the customer's features for these."""
    order = rows.of_customers.order
    seen = rows.seen(order)
    # Within the customers' order a window is the places from `begin` up to the row's own.
    begins = {days: _begin(rows, seen, days) for days in WINDOW_DAYS}
    hours = rows.hours[order]
    nights = _sums((hours >= FIRST_LATE_HOUR) | (hours <= LAST_EARLY_HOUR))
    columns = _amounts(rows.thousandths[order], begins, seen)
    columns |= _against_mean(rows.thousandths[order], begins, seen)
    columns |= _logarithms(log_millionths(rows.thousandths)[order], begins, seen)
    columns["customer_hours_since_last"] = _hours_since_last(rows, order)[seen.places]
    columns["customer_night_count_1d"] = (nights[seen.places + 1] - nights[begins[1]]).astype(np.float64)
    return seen.slots, columns


def _begin(rows: Rows, seen: Seen, days: int) -> Integers:
    ranks = rows.rows_until(days * MICROSECONDS_PER_DAY)[seen.nth]
    return rows.of_customers.ranked.place(rows.customers[seen.rows], ranks)


def pair_columns(rows: Rows) -> tuple[Integers, Columns]:
    """Return the slots of the wanted rows in the result, and how often the customer bought at the merchant."""
    order = rows.of_merchants.order
    order = order[order_of(rows.customers[order])]
    customers, merchants = rows.customers[order], rows.merchants[order]
    is_new = (customers[1:] != customers[:-1]) | (merchants[1:] != merchants[:-1])
    pairs = np.cumsum(np.insert(is_new, 0, False)[: len(order)])
    seen = rows.seen(order)
    ranks = rows.rows_until(LONGEST_DAYS * MICROSECONDS_PER_DAY)[seen.nth]
    begin = Ranked(pairs, order, len(order)).place(pairs[seen.places], ranks)
    return seen.slots, {"customer_merchant_count_30d": (seen.places + 1 - begin).astype(np.float64)}


def _amounts(thousandths: Integers, begins: dict[int, Integers], seen: Seen) -> Columns:
    # The sum may wrap around in 64 bits: the difference of two of them is right all the same.
    sums = _sums(thousandths)
    columns: Columns = {}
    for days, begin in begins.items():
        count = seen.places + 1 - begin
        columns[f"customer_count_{days}d"] = count.astype(np.float64)
        columns[f"customer_mean_{days}d"] = (sums[seen.places + 1] - sums[begin]) / (count * 1_000)
    return columns


def _against_mean(thousandths: Integers, begins: dict[int, Integers], seen: Seen) -> Columns:
    """Compare the amount, and the root mean square of the week's other amounts, with the mean of the month's others.

    1 where there are no others. The square is what a few purchases of five times the usual amount stand out in.
    """
    sums, month, week = _sums(thousandths), begins[LONGEST_DAYS], begins[SURGE_DAYS]
    tenths = np.minimum(thousandths // 100, MOST_TENTHS)
    total, others = sums[seen.places] - sums[month], seen.places - month
    square = _sums_of_large(tenths * tenths, week, seen.places) / np.maximum(seen.places - week, 1)
    return {
        "customer_amount_to_mean_30d": _ratio(thousandths[seen.places] * others, total),
        "customer_surge_7d": np.where(seen.places > week, _ratio(np.sqrt(square) * (100 * others), total), 1.0),
    }


def _ratio(values: Integers | Floats, total: Integers) -> Floats:
    """Return values / total, 1 where the total is 0."""
    return np.divide(values, total, out=np.ones(len(values)), where=total > 0)


def _logarithms(logs: Integers, begins: dict[int, Integers], seen: Seen) -> Columns:
    sums, begin, day_begin = _sums(logs), begins[LONGEST_DAYS], begins[1]
    own, others = logs[seen.places], seen.places - begin
    sum_of_others = sums[seen.places] - sums[begin]
    day = (sums[seen.places + 1] - sums[day_begin]) / ((seen.places + 1 - day_begin) * MILLIONTHS)
    month = (sum_of_others + own) / ((others + 1) * MILLIONTHS)
    return {
        "customer_amount_ratio_30d": (own * others - sum_of_others) / (np.maximum(others, 1) * MILLIONTHS),
        "customer_amount_spread_30d": _spread(logs // 1_000, begin, seen.places),
        "customer_log_mean_1d": day - month,
    }


def _spread(logs: Integers, begin: Integers, end: Integers) -> Floats:
    """Return the standard deviation of the rows in `[begin, end)`, 0 where there are fewer than two.

    :param logs: in thousandths, so that neither sums nor squares leave 64 bits.
    """
    sums, squares = _sums(logs), _sums(logs * logs)
    count = np.maximum(end - begin, 1)
    mean = (sums[end] - sums[begin]) / count
    variance = (squares[end] - squares[begin]) / count - mean * mean
    spread: Floats = np.sqrt(np.maximum(variance, 0.0)) / 1_000
    return spread


def _hours_since_last(rows: Rows, order: Integers) -> Floats:
    who, when = rows.customers[order], rows.instants[order]
    hours = np.full(len(order), MOST_HOURS)
    elapsed = np.minimum((when[1:] - when[:-1]) / MICROSECONDS_PER_HOUR, MOST_HOURS)
    hours[1:] = np.where(who[1:] == who[:-1], elapsed, MOST_HOURS)
    return hours


def _sums_of_large(values: Integers, begin: Integers, end: Integers) -> Floats:
    """Return the sum of the values in `[begin, end)`, exactly rounded also where it would leave 64 bits."""
    high, low = _sums(values >> 32), _sums(values & 0xFFFF_FFFF)
    return (high[end] - high[begin]) * 2.0**32 + (low[end] - low[begin])


def _sums(values: Integers | npt.NDArray[np.bool_]) -> Integers:
    """Return the sum of the values before each place, and of all."""
    sums = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=sums[1:])
    return sums
