"""From scores to votes, and from votes to what the panel says."""

from collections.abc import Mapping
from typing import Final, Literal

import pandas as pd

Policy = Literal["unanimous", "majority"]
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
    """Return the mean of the members' probabilities: what the panel is ranked and compared by.

    All members are trained on the natural share of fraud, so their probabilities mean the same and may be averaged.
    """
    return scores.mean(axis="columns").rename("panel_score")


def needed_votes(members: int, policy: Policy) -> int:
    """Return how many members must vote fraud before the panel says fraud."""
    return members if policy == "unanimous" else members // 2 + 1


def says_fraud(cast: pd.DataFrame, policy: Policy) -> "pd.Series[bool]":
    """Return for each row of votes whether the panel says fraud."""
    return cast.sum(axis="columns") >= needed_votes(cast.shape[1], policy)


def is_unanimous(cast: pd.DataFrame) -> "pd.Series[bool]":
    """Return for each row of votes whether every member said fraud."""
    return says_fraud(cast, "unanimous")
