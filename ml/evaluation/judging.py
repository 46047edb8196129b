"""All figures of a panel and of its members on the same rows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.evaluation.messages import message_figures
from ml.evaluation.probabilities import probability_figures
from ml.evaluation.ranking import ranking_figures
from ml.evaluation.rows import JudgedRows
from ml.voting import Policy, panel_score, says_fraud, votes


@dataclass(frozen=True)
class Figures:
    """What a panel and its members reached: measure -> value, and member -> measure -> value."""

    panel: dict[str, float]
    members: dict[str, dict[str, float]]


def judge_scores(rows: JudgedRows, scores: pd.DataFrame, thresholds: dict[str, float], policy: Policy) -> Figures:
    """Measure a panel's scores.

    :param scores: one row per judged row, one column per member.
    :param thresholds: member -> threshold, of every member of the panel.
    """
    cast = votes(scores, thresholds)
    panel = ranking_figures(rows, panel_score(scores).to_numpy(np.float64))
    panel |= message_figures(rows, says_fraud(cast, policy).to_numpy(bool))
    return Figures(panel, {str(member): _member_figures(rows, scores[member], cast[member]) for member in thresholds})


def _member_figures(rows: JudgedRows, scores: "pd.Series[float]", cast: "pd.Series[bool]") -> dict[str, float]:
    values = scores.to_numpy(np.float64)
    own = {
        "votes_per_day": float(cast.sum()) / rows.days,
        "score_spread": float(np.ptp(values)) if len(values) else float("nan"),
    }
    return ranking_figures(rows, values) | own | probability_figures(rows.is_fraud, values)
