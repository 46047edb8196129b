"""What the features are called, and the settings that their definitions share."""

from typing import Final

import pandas as pd

WINDOW_DAYS: Final = (1, 7, 30)
LONGEST_DAYS: Final = max(WINDOW_DAYS)
LABEL_DELAY: Final = pd.Timedelta(days=7)

HANDBOOK_NAMES: Final = (
    "amount",
    "is_weekend",
    "is_night",
    *(f"customer_{what}_{days}d" for days in WINDOW_DAYS for what in ("count", "mean")),
    *(f"merchant_{what}_{days}d" for days in WINDOW_DAYS for what in ("count", "risk")),
)
"""The 15 of Reproducible Machine Learning for Credit Card Fraud Detection, chapter 3."""

FURTHER_NAMES: Final = (
    "hour",
    "distance_km",
    "customer_hours_since_last",
    "customer_amount_ratio_30d",
    "customer_amount_spread_30d",
    "customer_amount_to_mean_30d",
    "customer_surge_7d",
    "customer_log_mean_1d",
    "customer_night_count_1d",
    "customer_merchant_count_30d",
    "merchant_days_since_first_fraud",
    "merchant_days_since_last_fraud",
    "merchant_risk_since_first_fraud",
    "merchant_honest_since_last_fraud",
    "merchant_fraud_log_amount_30d",
)
NUMERIC_NAMES: Final = (*HANDBOOK_NAMES, *FURTHER_NAMES)
FEATURE_NAMES: Final = (*NUMERIC_NAMES, "category")
COORDINATES: Final = ("customer_latitude", "customer_longitude", "merchant_latitude", "merchant_longitude")
"""Columns of the transactions that may be missing; so may `category`."""
