"""How true scores are as probabilities."""

from typing import Final

import numpy as np
import pandas as pd

from ml.evaluation.rows import Flags, Floats

BINS: Final = 10


def probability_figures(is_fraud: Flags, scores: Floats) -> dict[str, float]:
    """Measure scores as probabilities of fraud.

    :return: `brier`, the mean squared error (Brier, 1950); `calibration_error`; `calibration_ratio`, the fraud that
        the scores announce per fraud that there was, NaN where there was none.
    """
    if len(scores) == 0:
        return dict.fromkeys(("brier", "calibration_error", "calibration_ratio"), float("nan"))
    frauds = int(is_fraud.sum())
    return {
        "brier": float(np.mean((scores - is_fraud) ** 2)),
        "calibration_error": calibration_error(is_fraud, scores),
        "calibration_ratio": float(scores.sum()) / frauds if frauds else float("nan"),
    }


def calibration_error(is_fraud: Flags, scores: Floats, bins: int = BINS) -> float:
    """Return how far mean score and share of fraud lie apart, meaned over bins of equal counts.

    Rows with equal scores come into one bin, so that the order of the rows does not matter.
    Source: Naeini, Cooper and Hauskrecht (2015), the expected calibration error, with bins of equal counts.
    """
    rows = len(scores)
    middle = pd.Series(scores).rank(method="average").to_numpy(np.float64) - 0.5
    place = (middle * bins / rows).astype(np.int64)
    excess = np.bincount(place, weights=scores - is_fraud, minlength=bins)
    return float(np.abs(excess).sum() / rows)
