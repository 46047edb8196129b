"""How well scores put fraud first."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from ml.evaluation.rows import Flags, Floats, Integers, JudgedRows

CARDS_PER_DAY: Final = 100
FALSE_POSITIVE_RATE: Final = 0.001
MEASURES: Final = ("auc_roc", "average_precision", "card_precision_at_100", "recall_at_fpr_0.001")


def ranking_figures(rows: JudgedRows, scores: Floats) -> dict[str, float]:
    """Measure how well scores rank fraud first, without the cards that are already known.

    :return: `MEASURES`; all NaN where the rows are of one class.
    """
    fresh = ~rows.is_known_card
    truth, scores = rows.is_fraud[fresh], scores[fresh]
    if not truth.any() or truth.all():
        return dict.fromkeys(MEASURES, float("nan"))
    return {
        "auc_roc": float(roc_auc_score(truth, scores)),
        "average_precision": float(average_precision_score(truth, scores)),
        "card_precision_at_100": card_precision_at_k(rows.day[fresh], rows.customer[fresh], truth, scores),
        "recall_at_fpr_0.001": recall_at_false_positive_rate(truth, scores),
    }


def card_precision_at_k(
    day: Integers, customer: npt.NDArray[Any], is_fraud: Flags, scores: Floats, k: int = CARDS_PER_DAY
) -> float:
    """Return the share of truly compromised cards among the k cards with the highest score, meaned over the days.

    A card has its highest score of the day, and is compromised on a day with a fraud. Compromised cards found on an
    earlier day are dropped afterwards. Days without any row do not count; cards that tie are taken by their id.
    Source: Reproducible Machine Learning for Credit Card Fraud Detection, chapter 4 (card precision top-k).

    :return: NaN where no row is fraud, or where no day has k cards, because then any order finds the same.
    """
    cards = _cards_of_days(day, customer, is_fraud, scores)
    if not is_fraud.any() or cards["day"].value_counts().max() < k:
        return float("nan")
    found = np.zeros(cards["card"].max() + 1, dtype=bool)
    precisions = []
    for _, today in cards.groupby("day", sort=True):
        card, is_compromised = today["card"].to_numpy(), today["is_fraud"].to_numpy()
        top = np.flatnonzero(~found[card])[:k]
        hits = card[top][is_compromised[top]]
        found[hits] = True
        precisions.append(len(hits) / k)
    return float(np.mean(precisions))


def _cards_of_days(day: Integers, customer: npt.NDArray[Any], is_fraud: Flags, scores: Floats) -> pd.DataFrame:
    """Return one row per day and card, in order of day and score, the highest first."""
    card, _ = pd.factorize(customer, sort=True)
    rows = pd.DataFrame({"day": day, "card": card, "is_fraud": is_fraud, "score": scores})
    cards = rows.groupby(["day", "card"], as_index=False).max()
    return cards.sort_values(["day", "score", "card"], ascending=[True, False, True], ignore_index=True)


def recall_at_false_positive_rate(is_fraud: Flags, scores: Floats, rate: float = FALSE_POSITIVE_RATE) -> float:
    """Return the largest share of fraud that can be found with at most `rate` of the honest rows called fraud.

    :return: NaN where the rows are of one class.
    """
    if not is_fraud.any() or is_fraud.all():
        return float("nan")
    # Every point of the curve: the ones on a straight line between two others are possible thresholds, too.
    false_positives, recall, _ = roc_curve(is_fraud, scores, drop_intermediate=False)
    return float(recall[false_positives <= rate].max())
