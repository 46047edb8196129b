"""A small country of customers and merchants whose cards are sometimes misused, for demonstrations and tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml import simulation_names as names

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[Any]

LABEL_DELAY = timedelta(days=7)
DAY_SECONDS = 86_400
KOREA_OFFSET_SECONDS = 9 * 3_600

# How fraud happens. The three ways are those of the handbook's simulator (chapter 3); the rates keep its shares
# (about 0.8 % of all rows) in a world with ten times fewer merchants.
LARGE_AMOUNT_SHARE = 0.0008
MERCHANT_COMPROMISES_PER_DAY = 0.0002
MERCHANT_COMPROMISE_DAYS = 28
MERCHANT_FRAUD_SHARE = 0.9
CUSTOMER_COMPROMISES_PER_DAY = 0.0006
CUSTOMER_COMPROMISE_DAYS = 14
CUSTOMER_FRAUD_SHARE = 1 / 3
CUSTOMER_FRAUD_FACTOR = 5

AWAY_SHARE = 0.15
"""Share of purchases made outside the customer's own city."""


@dataclass(frozen=True)
class _World:
    """What does not change from day to day: arrays of one entry per customer, per merchant or per city."""

    customer_city: Integers
    customer_latitude: Floats
    customer_longitude: Floats
    customer_rate: Floats
    customer_mean: Floats
    customer_card: Texts
    merchant_category: Integers
    merchant_latitude: Floats
    merchant_longitude: Floats
    merchant_name: Texts
    popularity: Floats
    city_begins: Integers

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.customer_city)

    @property
    def merchants(self) -> int:
        """How many merchants there are."""
        return len(self.merchant_category)


def simulate(customers: int, merchants: int, days: int, seed: int, end: datetime) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Simulate card purchases of the `days` before `end`, with the fraud among them.

    About one purchase per customer and day. Fraud comes in the handbook's three ways: a very large amount; a merchant
    whose rows are mostly fraud for four weeks; a customer a third of whose rows cost five times as much for two weeks.
    Source: Reproducible Machine Learning for Credit Card Fraud Detection, chapter 3 (the transaction simulator).

    :param end: first instant after the last purchase, with a time zone.
    :return: transactions with all columns of `ml.schema` in order of time (amounts in won, ids that grow with time),
        and labels (`transaction_id`, `is_fraud`, `known_at`), one per transaction, known after seven days.
    :raises ValueError: a count below 1, or an `end` without a time zone.
    """
    if min(customers, merchants, days) < 1:
        raise ValueError("customers, merchants and days must be at least 1")
    if end.tzinfo is None:
        raise ValueError("end needs a time zone")
    rng = np.random.default_rng(seed)
    world = _build_world(rng, customers, merchants)
    end_second = int(end.timestamp())
    customer, second = _draw_visits(rng, world, end_second - days * DAY_SECONDS, end_second)
    merchant = _draw_merchants(rng, world, customer)
    amount = _draw_amounts(rng, world, customer, merchant)
    amount, is_fraud = _misuse(rng, world, customer, merchant, second, amount)
    transactions = _as_transactions(world, customer, merchant, second, amount)
    return transactions, _as_labels(transactions, is_fraud)


def simulate_customers(customers: int, seed: int) -> pd.DataFrame:
    """Give the same customers as `simulate` names: one tenth of them read English.

    :return: columns `customer_id`, `name`, `language` ("ko" or "en").
    """
    rng = np.random.default_rng([seed, 1])
    korean = _join(rng.choice(names.SURNAMES, customers), rng.choice(names.GIVEN_NAMES, customers))
    english = _join(
        rng.choice(names.ENGLISH_GIVEN_NAMES, customers), rng.choice(names.ENGLISH_SURNAMES, customers), " "
    )
    is_english = rng.random(customers) < 0.1
    return pd.DataFrame(
        {
            "customer_id": _customer_ids(np.arange(customers)),
            "name": np.where(is_english, english, korean),
            "language": np.where(is_english, "en", "ko"),
        }
    )


def _build_world(rng: np.random.Generator, customers: int, merchants: int) -> _World:
    weights = np.array([city.weight for city in names.CITIES])
    home = rng.choice(len(weights), customers, p=weights / weights.sum())
    place = np.sort(rng.choice(len(weights), merchants, p=weights / weights.sum()))
    category = rng.integers(len(names.CATEGORIES), size=merchants)
    customer_latitude, customer_longitude = _scatter(rng, home)
    merchant_latitude, merchant_longitude = _scatter(rng, place)
    return _World(
        customer_city=home,
        customer_latitude=customer_latitude,
        customer_longitude=customer_longitude,
        customer_rate=rng.gamma(4.0, 0.25, customers),
        customer_mean=rng.uniform(5_000, 100_000, customers),
        customer_card=_draw_cards(rng, customers),
        merchant_category=category,
        merchant_latitude=merchant_latitude,
        merchant_longitude=merchant_longitude,
        merchant_name=_draw_merchant_names(rng, place, category),
        popularity=np.concatenate([[0.0], rng.gamma(4.0, 0.25, merchants).cumsum()]),
        city_begins=np.searchsorted(place, np.arange(len(weights) + 1)),
    )


def _scatter(rng: np.random.Generator, city: Integers) -> tuple[Floats, Floats]:
    """Put each person or shop within some ten kilometres of the middle of its city."""
    latitude = np.array([place.latitude for place in names.CITIES])[city] + rng.normal(0, 0.04, len(city))
    longitude = np.array([place.longitude for place in names.CITIES])[city] + rng.normal(0, 0.05, len(city))
    return latitude.round(6), longitude.round(6)


def _draw_cards(rng: np.random.Generator, customers: int) -> Texts:
    # Numbers of cards that work only inside Korea begin with 9, so none of these is anybody's international card.
    return (9_400_000_000_000_000 + rng.integers(10**14, size=customers)).astype(str).astype(object)


def _draw_merchant_names(rng: np.random.Generator, city: Integers, category: Integers) -> Texts:
    brand = rng.choice(names.BRANDS, len(city))
    kind = np.array([each.korean for each in names.CATEGORIES], dtype=object)[category]
    branch = np.array([place.korean for place in names.CITIES], dtype=object)[city]
    return _join(_join(brand, kind), _join(branch, np.full(len(city), "점", dtype=object)), " ")


def _draw_visits(rng: np.random.Generator, world: _World, begin: int, end: int) -> tuple[Integers, Integers]:
    """Draw who buys when: customer numbers and Unix seconds, in order of time."""
    first_day = (begin + KOREA_OFFSET_SECONDS) // DAY_SECONDS
    days = (end - 1 + KOREA_OFFSET_SECONDS) // DAY_SECONDS - first_day + 1
    customer = np.repeat(np.arange(world.customers), rng.poisson(world.customer_rate * days))
    day = first_day + rng.integers(days, size=len(customer))
    # People buy around two in the afternoon, and some of them at any hour of the night.
    time_of_day = np.rint(rng.normal(14, 4.5, len(customer)) * 3_600).astype(np.int64) % DAY_SECONDS
    second = day * DAY_SECONDS + time_of_day - KOREA_OFFSET_SECONDS
    order = np.argsort(second, kind="stable")
    order = order[(second[order] >= begin) & (second[order] < end)]
    return customer[order], second[order]


def _draw_merchants(rng: np.random.Generator, world: _World, customer: Integers) -> Integers:
    """Draw a shop for each visit: mostly one of the own city, the popular ones more often."""
    city = world.customer_city[customer]
    begin, end = world.city_begins[city], world.city_begins[city + 1]
    is_away = (rng.random(len(customer)) < AWAY_SHARE) | (begin == end)
    low = world.popularity[np.where(is_away, 0, begin)]
    high = world.popularity[np.where(is_away, world.merchants, end)]
    drawn = np.searchsorted(world.popularity, low + rng.random(len(customer)) * (high - low), side="right") - 1
    return np.minimum(drawn, world.merchants - 1).astype(np.int64)


def _draw_amounts(rng: np.random.Generator, world: _World, customer: Integers, merchant: Integers) -> Floats:
    """Draw what an honest purchase costs, in won: around the customer's own mean, scaled by what is sold."""
    factor = np.array([each.factor for each in names.CATEGORIES])[world.merchant_category[merchant]]
    mean = world.customer_mean[customer] * factor
    amount = rng.normal(mean, mean / 2)
    honest: Floats = np.where(amount <= 0, rng.uniform(0.1, 2.0, len(mean)) * mean, amount)
    return honest


def _misuse(
    rng: np.random.Generator, world: _World, customer: Integers, merchant: Integers, second: Integers, amount: Floats
) -> tuple[Floats, Flags]:
    """Turn some purchases into fraud: return the amounts in whole tens of won, and which rows are fraud."""
    rows = len(second)
    is_large = rng.random(rows) < LARGE_AMOUNT_SHARE
    is_at_merchant = _compromised(
        rng, merchant, second, world.merchants * MERCHANT_COMPROMISES_PER_DAY, MERCHANT_COMPROMISE_DAYS
    ) & (rng.random(rows) < MERCHANT_FRAUD_SHARE)
    is_of_customer = _compromised(
        rng, customer, second, world.customers * CUSTOMER_COMPROMISES_PER_DAY, CUSTOMER_COMPROMISE_DAYS
    ) & (rng.random(rows) < CUSTOMER_FRAUD_SHARE)
    amount = np.where(is_of_customer, amount * CUSTOMER_FRAUD_FACTOR, amount)
    amount = np.where(is_large, rng.uniform(600_000, 3_000_000, rows), amount)
    return np.maximum(np.rint(amount / 10) * 10, 100.0), is_large | is_at_merchant | is_of_customer


def _compromised(
    rng: np.random.Generator, who: Integers, second: Integers, starts_per_day: float, duration_days: int
) -> Flags:
    """Choose victims and say which rows fall into a victim's time."""
    if len(second) == 0:
        return np.zeros(0, dtype=bool)
    duration = duration_days * DAY_SECONDS
    begin, end = int(second[0]) - duration, int(second[-1]) + 1
    starts = max(1, round(starts_per_day * (end - begin) / DAY_SECONDS))
    # One number holds victim and instant, so that one search finds a row's last start; seconds stay below `stride`.
    stride = end - begin + duration
    # Spread evenly, so that no stretch of days is without fraud by chance.
    start = ((np.arange(starts) + rng.random(starts)) * (end - begin) / starts).astype(np.int64)
    keys = np.sort(rng.choice(np.unique(who), starts) * stride + start)
    now = who * stride + second - begin
    last = np.searchsorted(keys, now, side="right") - 1
    is_within: Flags = (last >= 0) & (now - keys[last] < duration) & (keys[last] // stride == who)
    return is_within


def _as_transactions(
    world: _World, customer: Integers, merchant: Integers, second: Integers, amount: Floats
) -> pd.DataFrame:
    category = np.array([each.name for each in names.CATEGORIES], dtype=object)[world.merchant_category[merchant]]
    return pd.DataFrame(
        {
            "transaction_id": _numbered("SIM", np.arange(1, len(second) + 1), 8),
            "occurred_at": pd.DatetimeIndex(second.astype("datetime64[s]").astype("datetime64[us]"), tz="UTC"),
            "customer_id": _customer_ids(np.arange(world.customers))[customer],
            "merchant_id": _numbered("M", np.arange(1, world.merchants + 1), 5)[merchant],
            "merchant_name": world.merchant_name[merchant],
            "category": category,
            "amount": amount,
            "currency": "KRW",
            "card_number": world.customer_card[customer],
            "customer_latitude": world.customer_latitude[customer],
            "customer_longitude": world.customer_longitude[customer],
            "merchant_latitude": world.merchant_latitude[merchant],
            "merchant_longitude": world.merchant_longitude[merchant],
        }
    )


def _as_labels(transactions: pd.DataFrame, is_fraud: Flags) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"],
            "is_fraud": is_fraud,
            "known_at": transactions["occurred_at"] + LABEL_DELAY,
        }
    )


def _customer_ids(number: Integers) -> Texts:
    return _numbered("C", number + 1, 6)


def _numbered(prefix: str, number: Integers, digits: int) -> Texts:
    return np.array([f"{prefix}{each:0{digits}d}" for each in number.tolist()], dtype=object)


def _join(left: Texts, right: Texts, between: str = "") -> Texts:
    return np.array([f"{a}{between}{b}" for a, b in zip(left, right, strict=True)], dtype=object)
