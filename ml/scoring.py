"""Let every member of a panel score transactions and vote on them."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ml.features import FEATURE_NAMES
from ml.models import Estimator
from ml.reasons import reasons_for
from ml.voting import panel_score, votes


class Scores(NamedTuple):
    """What a panel says.

    :param predictions: one row per transaction and member: `transaction_id`, `member`, `score`, `is_fraud_vote`.
    :param verdicts: one row per transaction: `transaction_id`, `votes` (for fraud), `voters` (members that gave a
        score), `members` (that the panel names), `panel_score`, `reasons` (codes; empty unless most voted fraud).
    """

    predictions: pd.DataFrame
    verdicts: pd.DataFrame


def score(features: pd.DataFrame, members: Mapping[str, Estimator], thresholds: Mapping[str, float]) -> Scores:
    """Score transactions, let the members vote, and give reasons where most of them vote fraud.

    :param features: columns `ml.features.FEATURE_NAMES`, indexed by `transaction_id`.
    :param members: fitted, by name; a member that the thresholds name and that is missing here has not voted.
    :param thresholds: member -> threshold, of every member of the panel.
    """
    present = {name: members[name] for name in thresholds if name in members}
    scores = score_members(features, present)
    cast = votes(scores, thresholds)
    counts = cast.sum(axis="columns")
    suspicious = features[(2 * counts > len(thresholds)).to_numpy(bool)]
    reasons = dict(zip(suspicious.index, reasons_for(suspicious, lambda x: _panel_scores(x, present)), strict=True))
    verdicts = pd.DataFrame(
        {
            "transaction_id": features.index,
            "votes": counts.to_numpy(np.int64),
            "voters": len(present),
            "members": len(thresholds),
            "panel_score": panel_score(scores).to_numpy(np.float64),
            "reasons": [reasons.get(each, []) for each in features.index],
        }
    )
    return Scores(_predictions(scores, cast), verdicts)


def score_members(features: pd.DataFrame, members: Mapping[str, Estimator]) -> pd.DataFrame:
    """Return each member's probability of fraud, float64 in 0..1: one row per transaction, one column per member."""
    x = features[list(FEATURE_NAMES)]
    columns = {name: _probabilities(member, x) for name, member in members.items()}
    return pd.DataFrame(columns, index=features.index, columns=list(members), dtype=np.float64)


def _probabilities(member: Estimator, x: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if x.empty:
        return np.empty(0)
    # Single precision of XGBoost may round a hair beyond 1, and the database takes no score beyond it.
    return np.clip(member.predict_proba(x)[:, 1].astype(np.float64), 0.0, 1.0)


def _panel_scores(x: pd.DataFrame, members: Mapping[str, Estimator]) -> "pd.Series[float]":
    return panel_score(score_members(x, members))


def _predictions(scores: pd.DataFrame, cast: pd.DataFrame) -> pd.DataFrame:
    names = list(scores.columns)
    return pd.DataFrame(
        {
            "transaction_id": np.repeat(scores.index.to_numpy(object), len(names)),
            "member": names * len(scores),
            "score": scores.to_numpy(np.float64).ravel(),
            "is_fraud_vote": cast[names].to_numpy(bool).ravel(),
        }
    )
