"""How good scores and messages are, at the data's own share of fraud, on rows later than the training data.

A figure that cannot be computed (no fraud, no honest row, no row at all) is NaN: never a 0 that nobody measured.
"""

from ml.evaluation.judging import Figures, judge_scores
from ml.evaluation.messages import message_figures
from ml.evaluation.probabilities import calibration_error, probability_figures
from ml.evaluation.ranking import card_precision_at_k, ranking_figures, recall_at_false_positive_rate
from ml.evaluation.rows import Flags, Floats, Integers, JudgedRows, known_cards

__all__ = [
    "Figures",
    "Flags",
    "Floats",
    "Integers",
    "JudgedRows",
    "calibration_error",
    "card_precision_at_k",
    "judge_scores",
    "known_cards",
    "message_figures",
    "probability_figures",
    "ranking_figures",
    "recall_at_false_positive_rate",
]
