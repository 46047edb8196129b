"""Let every member of a panel score transactions and vote on them."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ml.explanations import UNEXPLAINED, Explanation, explain
from ml.features import FEATURE_NAMES
from ml.models import Estimator
from ml.reasons import reasons_for
from ml.voting import needed_votes, panel_score, votes

ROWS_AT_ONCE: Final = 20_000
"""A bulk is scored so many rows at a time: what members make of them stays small."""
BLOCK: Final = 16
"""Products of matrices go through rows in blocks; measured, OpenBLAS rounds those of a smaller last block otherwise."""


class Scores(NamedTuple):
    """What a panel says.

    :param predictions: one row per transaction and member: `transaction_id`, `member`, `score`, `is_fraud_vote`.
    :param verdicts: one row per transaction: `transaction_id`, `votes` (for fraud), `voters` (members that gave a
        score), `members` (that the panel names), `panel_score`.
    """

    predictions: pd.DataFrame
    verdicts: pd.DataFrame


def score(features: pd.DataFrame, members: Mapping[str, Estimator], thresholds: Mapping[str, float]) -> Scores:
    """Score transactions and let the members vote.

    :param features: columns `ml.features.FEATURE_NAMES`, indexed by `transaction_id`.
    :param members: fitted, by name; a member that the thresholds name and that is missing here has not voted.
    :param thresholds: member -> threshold, of every member of the panel.
    """
    scores = score_members(features, _present(members, thresholds))
    cast = votes(scores, thresholds)
    return Scores(_predictions(scores, cast), _verdicts(scores, cast))


def is_suspicious(verdicts: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which transactions most of the members call fraud: of these it is said why."""
    return verdicts["votes"] >= needed_votes(verdicts["members"], "majority")


def with_reasons(
    verdicts: pd.DataFrame,
    features: pd.DataFrame,
    members: Mapping[str, Estimator],
    thresholds: Mapping[str, float],
    currencies: "pd.Series[str] | None" = None,
) -> pd.DataFrame:
    """Say why the panel finds transactions suspicious.

    :param verdicts: what `score` said, with the same members and thresholds, of those that `is_suspicious`.
    :param features: of the same transactions, in the same order.
    :param currencies: ISO 4217 by `transaction_id`, for amounts in sentences; without it they name none.
    :return: the verdicts with `reasons` (codes), `contributions`, `explanation_ko` and `explanation_en` (as in
        `ml.explanations.explain`; empty and None unless all voted fraud).
    """
    present = _present(members, thresholds)
    unanimous = np.flatnonzero(verdicts["votes"] >= needed_votes(verdicts["members"], "unanimous"))
    reasons = reasons_for(features, lambda x: panel_score(score_members(x, present)))
    why = [UNEXPLAINED] * len(features)
    for place, explanation in zip(unanimous, explain(features.iloc[unanimous], present, currencies), strict=True):
        why[place] = explanation
    told = pd.DataFrame(why, columns=Explanation._fields, index=verdicts.index, dtype=object)
    return verdicts.assign(reasons=pd.Series(reasons, index=verdicts.index, dtype=object), **told)


def score_past(
    features: pd.DataFrame, members: Mapping[str, Estimator], thresholds: Mapping[str, float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score millions of rows of the past, of which nobody asks why: the values of `score`.

    :return: each member's score, float64, one column per member that the thresholds name, NaN where it gave none; and
        `Scores.verdicts`.
    """
    present = _present(members, thresholds)
    scores = score_members(features, present)
    return scores.reindex(columns=list(thresholds)), _verdicts(scores, votes(scores, thresholds))


def score_members(features: pd.DataFrame, members: Mapping[str, Estimator]) -> pd.DataFrame:
    """Return each member's probability of fraud, float64 in 0..1: one row per transaction, one column per member.

    A row's scores are the same bits whatever other rows are scored with it, so many rows are scored some at a time.
    """
    scores = np.empty((len(features), len(members)))
    for begin in range(0, len(features), ROWS_AT_ONCE):
        some = features.iloc[begin : begin + ROWS_AT_ONCE]
        whole = _whole_blocks(some)
        for place, member in enumerate(members.values()):
            scores[begin : begin + len(some), place] = _probabilities(member, whole)[: len(some)]
    return pd.DataFrame(scores, index=features.index, columns=list(members))


def _probabilities(member: Estimator, features: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    x = features[_known_features(member)]
    # Single precision of XGBoost may round a hair beyond 1, and the database takes no score beyond it.
    return np.clip(member.predict_proba(x)[:, 1].astype(np.float64), 0.0, 1.0)


def _whole_blocks(features: pd.DataFrame) -> pd.DataFrame:
    """Repeat the last row up to a whole block: what is left over, linear algebra adds up in another order."""
    missing = -len(features) % BLOCK
    return features.iloc[np.minimum(np.arange(len(features) + missing), len(features) - 1)] if missing else features


def _known_features(member: Any) -> list[str]:
    """A member of an earlier release knows the features of its day only, and must go on voting until it is replaced."""
    named = member if hasattr(member, "feature_names_in_") else getattr(member, "estimator", member)
    return list(getattr(named, "feature_names_in_", FEATURE_NAMES))


def _present(members: Mapping[str, Estimator], thresholds: Mapping[str, float]) -> dict[str, Estimator]:
    return {name: members[name] for name in thresholds if name in members}


def _verdicts(scores: pd.DataFrame, cast: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "transaction_id": scores.index,
            "votes": cast.sum(axis="columns").to_numpy(np.int64),
            "voters": scores.shape[1],
            "members": cast.shape[1],
            "panel_score": panel_score(scores).to_numpy(np.float64),
        }
    )


def _predictions(scores: pd.DataFrame, cast: pd.DataFrame) -> pd.DataFrame:
    names = list(scores.columns)
    return pd.DataFrame(
        {
            "transaction_id": scores.index.repeat(len(names)),
            "member": np.tile(np.array(names, dtype=object), len(scores)),
            "score": scores.to_numpy(np.float64).ravel(),
            "is_fraud_vote": cast[names].to_numpy(bool).ravel(),
        }
    )
