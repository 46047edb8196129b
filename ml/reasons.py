"""Why the panel finds a transaction suspicious: what would have calmed it most, as short codes."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from ml.features import WINDOW_DAYS

MOST_REASONS: Final = 3
SMALLEST_DROP: Final = 0.05
"""A change that lowers the panel's score by less than this explains nothing."""
UNUSUAL_COMBINATION: Final = "unusual_combination"


def reasons_for(features: pd.DataFrame, panel_scores: Callable[[pd.DataFrame], "pd.Series[float]"]) -> list[list[str]]:
    """Give up to three codes per row, the strongest first, or `unusual_combination` where no single one explains it.

    Each code stands for a question "what if not": the row is changed so that this one thing is ordinary, and scored
    again. The further the panel's score falls, the stronger the reason.
    Source: counterfactual explanations, Wachter, Mittelstadt and Russell 2017, with one change per question.

    :param features: rows to explain, columns `ml.features.FEATURE_NAMES`.
    :param panel_scores: gives the panel's score, 0..1, of rows of features.
    """
    if features.empty:
        return []
    # One call for all questions: a forest takes as long for one row as for a hundred.
    changed = pd.concat([features, *(calm(features) for calm in QUESTIONS.values())])
    scores = panel_scores(changed).to_numpy(np.float64).reshape(len(QUESTIONS) + 1, len(features))
    drops = pd.DataFrame((scores[0] - scores[1:]).T, columns=list(QUESTIONS))
    return [_strongest(drops.iloc[place]) for place in range(len(drops))]


def _strongest(drops: "pd.Series[float]") -> list[str]:
    telling = drops[drops >= SMALLEST_DROP].nlargest(MOST_REASONS)
    return [str(code) for code in telling.index] or [UNUSUAL_COMBINATION]


def _with_usual_amount(features: pd.DataFrame) -> pd.DataFrame:
    """Let the purchase cost what the customer's others of the last 30 days cost on average."""
    others = features["customer_count_30d"] - 1
    total = features["customer_mean_30d"] * features["customer_count_30d"] - features["amount"]
    usual = (total / others.where(others > 0)).fillna(features["amount"]).clip(upper=features["amount"])
    saved = features["amount"] - usual
    means = {
        f"customer_mean_{days}d": features[f"customer_mean_{days}d"] - saved / features[f"customer_count_{days}d"]
        for days in WINDOW_DAYS
    }
    return features.assign(amount=usual, **means)


def _with_usual_spending(features: pd.DataFrame) -> pd.DataFrame:
    """Let the last day and week cost no more per purchase than the last month."""
    month = features["customer_mean_30d"]
    return features.assign(
        customer_mean_1d=features["customer_mean_1d"].clip(upper=month),
        customer_mean_7d=features["customer_mean_7d"].clip(upper=month),
    )


def _with_usual_count(features: pd.DataFrame) -> pd.DataFrame:
    """Let the customer buy as often in the last day and week as in the last month."""
    per_day = features["customer_count_30d"] / 30
    return features.assign(
        customer_count_1d=np.minimum(features["customer_count_1d"], np.maximum(1, per_day)),
        customer_count_7d=np.minimum(features["customer_count_7d"], np.maximum(1, 7 * per_day)),
    )


def _with_honest_merchant(features: pd.DataFrame) -> pd.DataFrame:
    """Let no fraud be known at the merchant."""
    return features.assign(**{f"merchant_risk_{days}d": 0.0 for days in WINDOW_DAYS})


def _by_day(features: pd.DataFrame) -> pd.DataFrame:
    return features.assign(is_night=0.0)


QUESTIONS: Final[dict[str, Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "amount_far_above_usual": _with_usual_amount,
    "spending_above_usual": _with_usual_spending,
    "purchases_more_often_than_usual": _with_usual_count,
    "fraud_at_this_merchant": _with_honest_merchant,
    "at_night": _by_day,
}
