"""The features once more, as plainly as Python allows: one row, every other row looked at, exact fractions."""

import math
import statistics
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

DAY = pd.Timedelta(days=1)
WINDOWS = {days: days * DAY for days in (1, 7, 30)}


class Case(NamedTuple):
    """Transactions and labels, and how they are to be seen."""

    transactions: pd.DataFrame
    labels: pd.DataFrame
    delay: pd.Timedelta = 7 * DAY
    zone: str = "UTC"


def features_of(case: Case, row: Any) -> dict[str, float | str]:
    """Return every feature of one row of the case."""
    return _own(case, row) | _customers(case, row) | _merchants(case, row)


def was_fraud(labels: pd.DataFrame, transaction_id: str, now: pd.Timestamp) -> bool:
    """Tell what the latest label known by now says."""
    verdict, latest = False, pd.Timestamp.min.tz_localize("UTC")
    for label in labels.itertuples():
        if label.transaction_id == transaction_id and latest <= label.known_at <= now:
            verdict, latest = label.is_fraud, label.known_at
    return verdict


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance by the angle between two vectors, which needs no haversine."""
    a, b = _vector(latitude, longitude), _vector(other_latitude, other_longitude)
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return 6371.0088 * math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b, strict=True)))


def _own(case: Case, row: Any) -> dict[str, float | str]:
    local = row.occurred_at.tz_convert(case.zone)
    return {
        "amount": row.amount,
        "is_weekend": float(local.day_of_week in (5, 6)),
        "is_night": float(local.hour <= 6),
        "hour": float(local.hour),
        "distance_km": distance_km(
            row.customer_latitude, row.customer_longitude, row.merchant_latitude, row.merchant_longitude
        ),
        "category": row.category if isinstance(row.category, str) else "",
    }


def _customers(case: Case, row: Any) -> dict[str, float | str]:
    now = row.occurred_at
    before = [
        other
        for other in case.transactions.itertuples()
        if other.customer_id == row.customer_id
        and (other.occurred_at, other.transaction_id) <= (now, row.transaction_id)
    ]
    seen = {days: [each for each in before if each.occurred_at > now - window] for days, window in WINDOWS.items()}
    values: dict[str, float | str] = {}
    for days, rows in seen.items():
        values[f"customer_count_{days}d"] = float(len(rows))
        values[f"customer_mean_{days}d"] = float(sum(Fraction(Decimal(repr(each.amount))) for each in rows) / len(rows))
    others = [each for each in seen[30] if each.transaction_id != row.transaction_id]
    latest = max((each.occurred_at for each in others), default=now - WINDOWS[30])
    hours = [each.occurred_at.tz_convert(case.zone).hour for each in seen[1]]
    ratio = _log(row) - _mean(others) if others else Fraction(0)
    mean = sum(map(_amount, others)) / len(others) if others else Fraction(0)
    week = [each for each in seen[7] if each.transaction_id != row.transaction_id]
    return values | {
        "customer_hours_since_last": (now - latest) / pd.Timedelta(hours=1),
        "customer_amount_ratio_30d": float(ratio),
        "customer_amount_spread_30d": statistics.pstdev(float(_log(each)) for each in others) if others else 0.0,
        "customer_amount_to_mean_30d": float(_amount(row) / mean) if mean else 1.0,
        "customer_surge_7d": _root_mean_square(week) / float(mean) if week and mean else 1.0,
        "customer_log_mean_1d": float(_mean(seen[1])) - float(_mean(seen[30])),
        "customer_night_count_1d": float(sum(hour >= 22 or hour <= 3 for hour in hours)),
        "customer_merchant_count_30d": float(sum(each.merchant_id == row.merchant_id for each in seen[30])),
    }


def _merchants(case: Case, row: Any) -> dict[str, float | str]:
    now, end = row.occurred_at, row.occurred_at - case.delay
    past = [
        other
        for other in case.transactions.itertuples()
        if other.merchant_id == row.merchant_id and end - WINDOWS[30] < other.occurred_at <= end
    ]
    found = [each for each in past if was_fraud(case.labels, each.transaction_id, now)]
    frauds = [each.occurred_at for each in found]
    values: dict[str, float | str] = {}
    for days, window in WINDOWS.items():
        count = sum(each.occurred_at > end - window for each in past)
        fraud = sum(at > end - window for at in frauds)
        values[f"merchant_count_{days}d"] = float(count)
        values[f"merchant_risk_{days}d"] = float(Fraction(fraud, count)) if count else 0.0
    first, last = min(frauds, default=end - WINDOWS[30]), max(frauds, default=end - WINDOWS[30])
    since_first = sum(each.occurred_at >= first for each in past)
    return values | {
        "merchant_days_since_first_fraud": (now - first) / DAY,
        "merchant_days_since_last_fraud": (now - last) / DAY,
        "merchant_risk_since_first_fraud": float(Fraction(len(frauds), since_first)) if frauds else 0.0,
        "merchant_honest_since_last_fraud": float(sum(each.occurred_at > last for each in past)),
        "merchant_fraud_log_amount_30d": float(_mean(found)) if found else 0.0,
    }


def _amount(row: Any) -> Fraction:
    return Fraction(Decimal(repr(row.amount)))


def _root_mean_square(rows: list[Any]) -> float:
    return math.sqrt(sum(min(_amount(each) * 10 // 1, 10**8) ** 2 for each in rows) / len(rows)) / 10


def _log(row: Any) -> Fraction:
    return Fraction(round(Decimal(repr(row.amount)).ln() * 1_000_000), 1_000_000)


def _mean(rows: list[Any]) -> Fraction:
    return Fraction(sum(map(_log, rows)), len(rows))


def _vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    phi, lam = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
