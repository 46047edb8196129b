"""Why the panel finds a transaction suspicious: what would have calmed it most, as short codes."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from ml.features import LABEL_DELAY, WINDOW_DAYS
from ml.features.customers import FIRST_LATE_HOUR, LAST_EARLY_HOUR

MOST_REASONS: Final = 3
SMALLEST_DROP: Final = 0.05
"""A change that lowers the panel's score by less than this explains nothing."""
UNUSUAL_COMBINATION: Final = "unusual_combination"
AFTERNOON: Final = 14.0
NEARBY_KM: Final = 10.0
NO_FRAUD_DAYS: Final = LABEL_DELAY / pd.Timedelta(days=1) + max(WINDOW_DAYS)
"""What the features say of a merchant without a known fraud."""


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
    # Of the logarithms the usual one is the mean of the others, so that the ratio is at most 1.
    fallen = features["customer_amount_ratio_30d"].clip(lower=0.0)
    shares = 1 / features["customer_count_1d"] - 1 / features["customer_count_30d"]
    return features.assign(
        amount=usual,
        customer_amount_ratio_30d=features["customer_amount_ratio_30d"] - fallen,
        customer_amount_to_mean_30d=features["customer_amount_to_mean_30d"].clip(upper=1.0),
        customer_log_mean_1d=features["customer_log_mean_1d"] - fallen * shares,
        **means,
    )


def _with_usual_spending(features: pd.DataFrame) -> pd.DataFrame:
    """Let the last day and week cost no more per purchase than the last month."""
    month = features["customer_mean_30d"]
    return features.assign(
        customer_mean_1d=features["customer_mean_1d"].clip(upper=month),
        customer_mean_7d=features["customer_mean_7d"].clip(upper=month),
        customer_log_mean_1d=features["customer_log_mean_1d"].clip(upper=0.0),
        customer_surge_7d=features["customer_surge_7d"].clip(upper=1.0),
    )


def _with_usual_count(features: pd.DataFrame) -> pd.DataFrame:
    """Let the customer buy as often in the last day and week as in the last month."""
    per_day = features["customer_count_30d"] / 30
    a_day = np.minimum(features["customer_count_1d"], np.maximum(1, per_day))
    return features.assign(
        customer_count_1d=a_day,
        customer_count_7d=np.minimum(features["customer_count_7d"], np.maximum(1, 7 * per_day)),
        customer_night_count_1d=np.minimum(features["customer_night_count_1d"], a_day),
        customer_hours_since_last=np.maximum(features["customer_hours_since_last"], 24 / np.maximum(1, per_day)),
    )


def _with_honest_merchant(features: pd.DataFrame) -> pd.DataFrame:
    """Let no fraud be known at the merchant."""
    return features.assign(
        **{f"merchant_risk_{days}d": 0.0 for days in WINDOW_DAYS},
        merchant_risk_since_first_fraud=0.0,
        merchant_days_since_first_fraud=NO_FRAUD_DAYS,
        merchant_days_since_last_fraud=NO_FRAUD_DAYS,
        merchant_honest_since_last_fraud=features["merchant_count_30d"],
        merchant_fraud_log_amount_30d=0.0,
    )


def _by_day(features: pd.DataFrame) -> pd.DataFrame:
    """Let the purchase happen in the afternoon."""
    hour = features["hour"]
    is_late = (hour >= FIRST_LATE_HOUR) | (hour <= LAST_EARLY_HOUR)
    return features.assign(
        is_night=0.0,
        hour=hour.mask(is_late | (features["is_night"] > 0), AFTERNOON),
        customer_night_count_1d=(features["customer_night_count_1d"] - is_late).clip(lower=0.0),
    )


def _nearby(features: pd.DataFrame) -> pd.DataFrame:
    """Let the merchant be where the customer is."""
    return features.assign(distance_km=features["distance_km"].clip(upper=NEARBY_KM))


QUESTIONS: Final[dict[str, Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "amount_far_above_usual": _with_usual_amount,
    "spending_above_usual": _with_usual_spending,
    "purchases_more_often_than_usual": _with_usual_count,
    "fraud_at_this_merchant": _with_honest_merchant,
    "at_night": _by_day,
    "far_from_the_customer": _nearby,
}
