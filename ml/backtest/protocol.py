"""Which days a backtest trains on and which ones it tests."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from ml.models import MEMBERS

DAY: Final = pd.Timedelta(days=1)
BUDGET_STEPS: Final = (1, 2, 4)
"""The vote is compared at these multiples of the budget, too: at a small one all of a panel's messages are true."""


class BacktestError(ValueError):
    """The file and the protocol give nothing to measure; the message is one line that says what to do."""


@dataclass(frozen=True)
class Protocol:
    """What a person may choose about a backtest.

    :param first_test: first instant of the first fold's first test day, with a time zone.
    :param train_days: length of the training window; None for all days since the file begins.
    :param delay_days: how long a label takes: training ends so long before the test.
    :param test_days: length of a fold's test; the next fold begins where it ends.
    :param keep_known_cards: rank the cards, too, whose fraud was already known on the test day.
    :param messages_per_10k: the panel's budget: messages per 10,000 active customers and day.
    :param seed: of every member.
    """

    first_test: pd.Timestamp
    train_days: float | None = None
    delay_days: float = 7
    test_days: int = 7
    folds: int = 4
    keep_known_cards: bool = False
    members: tuple[str, ...] = tuple(MEMBERS)
    messages_per_10k: float = 50.0
    seed: int = 7

    def __post_init__(self) -> None:
        if min(self.folds, self.test_days) < 1:
            raise BacktestError("folds and test days must be at least 1")
        if self.delay_days <= 0 or (self.train_days is not None and self.train_days <= 0):
            raise BacktestError("the label delay and the training days must be more than 0")
        if unknown := [name for name in self.members if name not in MEMBERS]:
            raise BacktestError(f"no member is named {', '.join(unknown)}: choose from {', '.join(MEMBERS)}")
        if not self.members or len(set(self.members)) < len(self.members):
            raise BacktestError("name at least one member, and each one once")

    @property
    def budgets(self) -> tuple[float, ...]:
        """The budgets at which the vote is compared, the own one first."""
        return tuple(dict.fromkeys(step * self.messages_per_10k for step in BUDGET_STEPS))


@dataclass(frozen=True)
class FoldWindows:
    """The instants of a fold, each window without its end; between them the labels of the training rows come in."""

    trained_from: pd.Timestamp
    trained_until: pd.Timestamp
    tested_from: pd.Timestamp
    tested_until: pd.Timestamp


def lay_folds(protocol: Protocol, first: pd.Timestamp, last: pd.Timestamp) -> list[FoldWindows]:
    """Lay the folds of prequential validation: train, wait for the labels, test, and all of it again later.

    Source: Reproducible Machine Learning for Credit Card Fraud Detection, chapter 5 (prequential validation).

    :param first: the file's first instant.
    :param last: the file's last instant.
    :raises BacktestError: a test day lies outside the file's days.
    """
    begins = [protocol.first_test + fold * protocol.test_days * DAY for fold in range(protocol.folds)]
    _demand_days(protocol, begins[-1] + protocol.test_days * DAY, first, last)
    delay = pd.Timedelta(days=protocol.delay_days)
    return [
        FoldWindows(
            _trained_from(protocol, begin - delay, first), begin - delay, begin, begin + protocol.test_days * DAY
        )
        for begin in begins
    ]


def _trained_from(protocol: Protocol, until: pd.Timestamp, first: pd.Timestamp) -> pd.Timestamp:
    return first if protocol.train_days is None else until - pd.Timedelta(days=protocol.train_days)


def _demand_days(protocol: Protocol, end: pd.Timestamp, first: pd.Timestamp, last: pd.Timestamp) -> None:
    have = f"the file's days are {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    earliest = (first + pd.Timedelta(days=protocol.delay_days)).ceil("D")
    advice = (
        f"choose one after {earliest:%Y-%m-%d}" if earliest < last else "give a longer file or a shorter label delay"
    )
    if not first <= protocol.first_test <= last:
        raise BacktestError(
            f"the first test day {protocol.first_test:%Y-%m-%d} is outside the file: {have}, so {advice}"
        )
    if protocol.first_test - pd.Timedelta(days=protocol.delay_days) <= first:
        raise BacktestError(
            f"no row is {protocol.delay_days:g} days older than the first test day {protocol.first_test:%Y-%m-%d}, so "
            f"none can be trained on: {have}, so {advice}"
        )
    if end - DAY > last:
        fitting = int((last - protocol.first_test) // DAY + 1) // protocol.test_days
        raise BacktestError(
            f"the last test day {end - DAY:%Y-%m-%d} is outside the file: {have}, "
            + (
                f"so choose at most {fitting} folds or an earlier"
                if fitting
                else "so choose fewer test days or an earlier"
            )
            + " first test day"
        )
