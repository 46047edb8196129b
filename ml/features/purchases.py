"""What the purchase itself says: amount, hour, distance, category."""

import numpy as np
import pandas as pd

from ml.features.names import COORDINATES
from ml.features.rows import MICROSECONDS_PER_DAY, Rows
from ml.features.timeline import Floats, Integers

LAST_HOUR_OF_NIGHT = 6
FIRST_DAY_OF_WEEKEND = 5
EARTH_RADIUS_KM = 6_371.0088


def purchase_columns(rows: Rows, transactions: pd.DataFrame) -> tuple[Integers, dict[str, Floats]]:
    """Return the slots of the wanted rows in the result, and what their own purchase says."""
    places = rows.by_time[rows.wanted.rows]
    hours = rows.hours[rows.wanted.rows]
    # 1970-01-01 was a Thursday, and Monday is 0.
    weekdays = (rows.local[rows.wanted.rows] // MICROSECONDS_PER_DAY + 3) % 7
    return rows.wanted.slots, {
        "amount": transactions["amount"].to_numpy(np.float64)[places],
        "is_weekend": (weekdays >= FIRST_DAY_OF_WEEKEND).astype(np.float64),
        "is_night": (hours <= LAST_HOUR_OF_NIGHT).astype(np.float64),
        "hour": hours.astype(np.float64),
        "distance_km": _distance(transactions.iloc[places] if _has_coordinates(transactions) else None, len(places)),
    }


def categories(transactions: pd.DataFrame, rows: Rows) -> "pd.Series[str]":
    """Return the category of the wanted rows in order of the result, "" where it is not known."""
    if "category" not in transactions:
        return pd.Series([""], dtype="str").repeat(len(rows.places))
    return transactions["category"].iloc[rows.places].astype("str").fillna("")


def distance_km(latitude: Floats, longitude: Floats, other_latitude: Floats, other_longitude: Floats) -> Floats:
    """Return the great-circle distance in kilometres, rounded to metres; NaN where a coordinate is.

    Source: the haversine formula, on a sphere with the Earth's mean radius.
    """
    phi, other_phi = np.radians(latitude), np.radians(other_latitude)
    half_lambda = np.radians(other_longitude - longitude) / 2
    square = np.sin((other_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(other_phi) * np.sin(half_lambda) ** 2
    angle: Floats = 2 * np.arcsin(np.sqrt(np.minimum(square, 1.0)))
    return np.rint(angle * (EARTH_RADIUS_KM * 1_000)) / 1_000


def _has_coordinates(transactions: pd.DataFrame) -> bool:
    return all(name in transactions for name in COORDINATES)


def _distance(transactions: pd.DataFrame | None, count: int) -> Floats:
    if transactions is None:
        return np.full(count, np.nan)
    # Rows read from a database hold None where nothing is known, so the column may be of objects.
    coordinates = transactions[list(COORDINATES)].astype("float64").to_numpy(np.float64)
    return distance_km(*np.ascontiguousarray(coordinates.T))
