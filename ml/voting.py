"""From scores to votes, and from votes to what the panel says."""

from collections.abc import Mapping
from typing import Final, Literal, TypeVar

import numpy as np
import pandas as pd

from ml.odds import expit, log_odds

Policy = Literal["unanimous", "majority"]
Members = TypeVar("Members", int, "pd.Series[int]")
POLICIES: Final[tuple[Policy, ...]] = ("unanimous", "majority")


def votes(scores: pd.DataFrame, thresholds: Mapping[str, float]) -> pd.DataFrame:
    """Let each member vote: fraud at or above its threshold.

    :param scores: one row per transaction, one column per member that gave a score; NaN where it gave none.
    :param thresholds: member -> threshold, of every member of the panel.
    :return: bool, one column per member of the panel; a missing score is no vote for fraud.
    """
    limits = pd.Series(thresholds, dtype="float64")
    return scores.reindex(columns=limits.index).ge(limits, axis="columns")


def panel_score(scores: pd.DataFrame) -> "pd.Series[float]":
    """Return what the panel is ranked and compared by: the probability whose log-odds are the mean of the members'.

    One confident member cannot outvote the others as it could in a mean of probabilities, and one hesitant member does
    not silence them as it would in a minimum. Measured on validation weeks it ranks best (docs/models.md). Under either
    policy: that changes the votes, not the ranking.
    Source: Genest and Zidek, Combining probability distributions, 1986 (logarithmic opinion pool).

    :param scores: calibrated probabilities, one row per transaction, one column per member; NaN where it gave none.
    :return: 0..1; NaN where no member gave a score.
    """
    odds = pd.DataFrame(log_odds(scores.to_numpy(np.float64)), index=scores.index)
    return pd.Series(expit(odds.mean(axis="columns").to_numpy(np.float64)), index=scores.index, name="panel_score")


def needed_votes(members: Members, policy: Policy) -> Members:
    """Return how many members must vote fraud before the panel says fraud."""
    return members if policy == "unanimous" else members // 2 + 1


def says_fraud(cast: pd.DataFrame, policy: Policy) -> "pd.Series[bool]":
    """Return for each row of votes whether the panel says fraud."""
    return cast.sum(axis="columns") >= needed_votes(cast.shape[1], policy)
