"""The rows that a panel is judged on."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class JudgedRows:
    """The rows that a panel is judged on: arrays of one entry per row.

    :param day: whole days since the judging window began.
    :param is_known_card: the customer's fraud was known before that day, so finding it again is no merit.
    :param days: length of the window.
    :param amount: in the main unit of the currency.
    """

    is_fraud: Flags
    customer: npt.NDArray[Any]
    day: Integers
    is_known_card: Flags
    days: float
    amount: Floats

    def __len__(self) -> int:
        return len(self.is_fraud)

    @property
    def active_customers(self) -> float:
        """How many customers bought something in a week, on average over the whole weeks of the window.

        Not in all of it: the longer a window, the more customers buy in it, and a budget that was kept on a month
        would be broken on a week.
        """
        weeks = int(self.days // DAYS_OF_A_WEEK)
        if weeks < 1:
            return float(pd.Series(self.customer).nunique())
        week = self.day // DAYS_OF_A_WEEK
        return sum(pd.Series(self.customer[week == each]).nunique() for each in range(weeks)) / weeks

    def max_messages(self, messages_per_10k: float) -> int:
        """Return how many messages a budget per 10,000 active customers and day allows in the window."""
        return int(messages_per_10k * self.active_customers * self.days / 10_000)

    def only(self, chosen: Flags) -> Self:
        """Return the chosen rows of the same window."""
        arrays = {name: value[chosen] for name, value in vars(self).items() if name != "days"}
        return replace(self, **arrays)


def known_cards(customer: npt.NDArray[Any], day: Integers, is_fraud: Flags, delay_days: float) -> Flags:
    """Say which rows belong to a card whose fraud is already known on the row's day.

    On day D these are the cards with a fraud on the days -2 * delay … D - delay - 1, counted from the first judged day.
    Source: the handbook's protocol (chapter 5); two delays back, so it does not depend on the training window.

    :param day: days since the first judged day, negative for the rows before.
    """
    is_evidence = is_fraud & (day >= -2 * delay_days)
    first = pd.Series(day[is_evidence]).groupby(customer[is_evidence]).min()
    first_of_row = pd.Series(customer).map(first).to_numpy(np.float64)
    is_known: Flags = first_of_row <= day - delay_days - 1
    return is_known
