"""The handbook's own way to its features: pandas, one customer and one terminal at a time, with rolling windows."""

import pandas as pd

DAYS = (1, 7, 30)
DELAY = 7


def handbook_features(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the handbook's 15 features of labelled rows.

    Source: Reproducible Machine Learning for Credit Card Fraud Detection, chapter 3 (feature transformation).

    :param rows: transaction_id, occurred_at, customer_id, merchant_id, amount, is_fraud (0 or 1), in order of time.
    :return: indexed by transaction_id, in the order of the rows.
    """
    when = rows["occurred_at"].dt
    features = pd.DataFrame({"transaction_id": rows["transaction_id"], "amount": rows["amount"]})
    features["is_weekend"] = when.day_of_week.map(lambda day: int(day >= 5))
    features["is_night"] = when.hour.map(lambda hour: int(hour <= 6))
    of_customers = rows.groupby("customer_id", group_keys=False)[list(rows.columns)].apply(customer_windows)
    of_merchants = rows.groupby("merchant_id", group_keys=False)[list(rows.columns)].apply(merchant_windows)
    return features.join(of_customers).join(of_merchants).set_index("transaction_id").astype("float64")


def customer_windows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the windows of one customer's rows."""
    amounts = rows.set_index("occurred_at")["amount"]
    columns = {}
    for days in DAYS:
        window = amounts.rolling(f"{days}D")
        columns[f"customer_count_{days}d"] = window.count().to_numpy()
        columns[f"customer_mean_{days}d"] = (window.sum() / window.count()).to_numpy()
    return pd.DataFrame(columns, index=rows.index)


def merchant_windows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the windows of one terminal's rows: a longer window less the days of the delay."""
    frauds = rows.set_index("occurred_at")["is_fraud"]
    recent = frauds.rolling(f"{DELAY}D")
    columns = {}
    for days in DAYS:
        longer = frauds.rolling(f"{DELAY + days}D")
        count = longer.count() - recent.count()
        risk = (longer.sum() - recent.sum()) / count
        columns[f"merchant_count_{days}d"] = count.to_numpy()
        columns[f"merchant_risk_{days}d"] = risk.fillna(0).to_numpy()
    return pd.DataFrame(columns, index=rows.index)
