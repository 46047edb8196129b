"""What a panel is trained on passes a suite as well: enough rows, rare fraud, and no label from the future."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from ml.expectations.running import name_of, result_json, run
from ml.expectations.suites import training_expectations

_COLUMNS = ["transaction_id", "occurred_at", "customer_id", "merchant_id", "amount"]


@dataclass(frozen=True)
class TrainingCheck:
    """Whether a panel may be trained on the data.

    :param failed: names of the expectations that do not hold.
    :param result: JSON of Great Expectations' result, without personal data.
    """

    is_success: bool
    failed: tuple[str, ...]
    result: dict[str, Any]


def validate_training(
    transactions: pd.DataFrame,
    labels: pd.DataFrame,
    as_of: datetime,
    minimum_rows: int = 1000,
    maximum_share: float = 0.5,
) -> TrainingCheck:
    """Check what a panel is to be trained on.

    :param transactions: typed transactions.
    :param labels: transaction_id, is_fraud, known_at; several rows of one transaction are corrections, and a
        transaction without any counts as genuine.
    :param as_of: aware instant up to which labels may be used: one that became known later would be a leak.
    :param minimum_rows: fewer rows teach nothing.
    :param maximum_share: largest share of fraud among the transactions, 0..1.
    """
    newest = labels.sort_values("known_at", kind="stable").drop_duplicates("transaction_id", keep="last")
    frame = transactions[_COLUMNS].merge(
        newest[["transaction_id", "is_fraud", "known_at"]], on="transaction_id", how="left"
    )
    frame["is_fraud"] = frame["is_fraud"].eq(True).astype("float64")
    outcomes = run(frame, training_expectations(as_of, minimum_rows, maximum_share))
    failed = tuple(name_of(outcome) for outcome in outcomes if not outcome.success)
    return TrainingCheck(
        not failed, failed, result_json("training_data", outcomes, as_of, frame.index, {"rows": len(frame)})
    )
