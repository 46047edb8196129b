"""How good scores and messages are, at the data's own share of fraud, on rows later than the training data."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from ml.voting import Policy, panel_score, says_fraud, votes

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]

CARDS_PER_DAY: Final = 100
FALSE_POSITIVE_RATE: Final = 0.001


@dataclass(frozen=True)
class JudgedRows:
    """The rows that a panel is judged on: arrays of one entry per row.

    :param day: whole days since the judging window began.
    :param is_known_card: the customer's fraud was known before that day, so finding it again is no merit.
    :param days: length of the window.
    """

    is_fraud: Flags
    customer: npt.NDArray[Any]
    day: Integers
    is_known_card: Flags
    days: int

    @property
    def active_customers(self) -> int:
        """How many customers bought something in the window."""
        return len(np.unique(self.customer))

    def max_messages(self, messages_per_10k: float) -> int:
        """Return how many messages a budget per 10,000 active customers and day allows in the window."""
        return int(messages_per_10k * self.active_customers * self.days / 10_000)


@dataclass(frozen=True)
class Figures:
    """What a panel and its members reached: measure -> value, and member -> measure -> value."""

    panel: dict[str, float]
    members: dict[str, dict[str, float]]


def judge_scores(rows: JudgedRows, scores: pd.DataFrame, thresholds: dict[str, float], policy: Policy) -> Figures:
    """Measure a panel's scores.

    :param scores: one row per judged row, one column per member.
    """
    cast = votes(scores, thresholds)
    panel = ranking_figures(rows, panel_score(scores).to_numpy(np.float64))
    panel |= message_figures(rows, says_fraud(cast, policy).to_numpy(bool))
    return Figures(panel, {str(member): _member_figures(rows, scores[member], cast[member]) for member in thresholds})


def _member_figures(rows: JudgedRows, scores: "pd.Series[float]", cast: "pd.Series[bool]") -> dict[str, float]:
    values = scores.to_numpy(np.float64)
    figures = ranking_figures(rows, values)
    return figures | {"votes_per_day": float(cast.sum()) / rows.days, "score_spread": float(np.ptp(values))}


def ranking_figures(rows: JudgedRows, scores: Floats) -> dict[str, float]:
    """Measure how well scores rank fraud first, without the cards that are already known."""
    fresh = ~rows.is_known_card
    truth, scores = rows.is_fraud[fresh], scores[fresh]
    return {
        "average_precision": float(average_precision_score(truth, scores)),
        "auc": float(roc_auc_score(truth, scores)),
        "card_precision_at_100": card_precision_at_k(rows.day[fresh], rows.customer[fresh], truth, scores),
        "recall_at_0.1_percent_fpr": recall_at_false_positive_rate(truth, scores),
    }


def message_figures(rows: JudgedRows, is_message: Flags) -> dict[str, float]:
    """Measure the messages of a panel: how many, how many of them true, how much of all fraud."""
    messages, hits, frauds = (int(flags.sum()) for flags in (is_message, is_message & rows.is_fraud, rows.is_fraud))
    per_day = messages / rows.days
    return {
        "messages_per_day": per_day,
        "messages_per_10k": per_day / rows.active_customers * 10_000,
        "message_precision": hits / messages if messages else 0.0,
        "message_recall": hits / frauds if frauds else 0.0,
    }


def card_precision_at_k(
    day: Integers, customer: npt.NDArray[Any], is_fraud: Flags, scores: Floats, k: int = CARDS_PER_DAY
) -> float:
    """Return the share of truly compromised cards among the k cards with the highest score, meaned over the days.

    Cards found on an earlier day are dropped afterwards.
    Source: Reproducible Machine Learning for Credit Card Fraud Detection, chapter 4 (card precision top-k).
    """
    rows = pd.DataFrame({"day": day, "customer": customer, "is_fraud": is_fraud, "score": scores})
    cards = rows.groupby(["day", "customer"], as_index=False).agg({"is_fraud": "max", "score": "max"})
    found: set[Any] = set()
    precisions = []
    for _, today in cards.groupby("day"):
        top = today[~today["customer"].isin(found)].nlargest(k, "score")
        hits = top.loc[top["is_fraud"], "customer"]
        found.update(hits)
        precisions.append(len(hits) / k)
    return float(np.mean(precisions))


def recall_at_false_positive_rate(is_fraud: Flags, scores: Floats, rate: float = FALSE_POSITIVE_RATE) -> float:
    """Return the largest share of fraud that can be found with at most `rate` of the honest rows called fraud."""
    false_positives, recall, _ = roc_curve(is_fraud, scores)
    return float(recall[false_positives <= rate].max())


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
