"""A member whose scores are probabilities: its ranking is its own, its level is learned from rows it has not seen."""

from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin

from ml.models import Estimator
from ml.odds import expit, log_odds

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SMALLEST_SLOPE: Final = 0.05
LARGEST_SLOPE: Final = 20.0


class Calibrated(ClassifierMixin, BaseEstimator):
    """A fitted member with a line laid through its log-odds: `intercept + slope * log-odds`.

    The slope is positive, so every ranking by the member stays as it was.
    Source: Platt, Probabilistic outputs for support vector machines, 1999; on log-odds: Kull, Silva Filho and Flach,
    Beyond sigmoids, 2017.

    :param estimator: the member itself.
    """

    def __init__(self, estimator: Estimator, intercept: float = 0.0, slope: float = 1.0) -> None:
        self.estimator = estimator
        self.intercept = intercept
        self.slope = slope

    def fit(self, x: pd.DataFrame, y: Flags) -> Self:
        """Fit the member; the line stays as it was given."""
        self.estimator.fit(x, y)
        return self.as_fitted()

    def as_fitted(self) -> Self:
        """Count as fitted, where the member is."""
        self.classes_ = np.array([False, True])
        return self

    def predict_proba(self, x: pd.DataFrame) -> Floats:
        """Return (rows, 2): the probability of honest and of fraud."""
        fraud = expit(self.intercept + self.slope * log_odds(self.estimator.predict_proba(x)[:, 1]))
        return np.column_stack([1 - fraud, fraud])

    def predict(self, x: pd.DataFrame) -> Flags:
        """Say for each row whether fraud is more probable than not."""
        likely: Flags = self.predict_proba(x)[:, 1] >= 0.5
        return likely

    def __sklearn_is_fitted__(self) -> bool:
        """Be fitted when `fit` or `as_fitted` was called."""
        return hasattr(self, "classes_")


def fit_line(probabilities: npt.NDArray[np.floating[Any]], is_fraud: Flags) -> tuple[float, float]:
    """Return the intercept and the slope that make log-odds most likely, on rows that the member has not seen.

    Where there is no fraud or nothing else, nothing can be learned: 0 and 1.
    """
    if is_fraud.all() or not is_fraud.any():
        return 0.0, 1.0
    odds = log_odds(probabilities)
    # The softest of priors, one row's worth: it keeps the line finite where the member makes no mistake.
    start = np.array([0.0, 1.0])
    bounds = [(None, None), (SMALLEST_SLOPE, LARGEST_SLOPE)]
    found = minimize(_loss, start, args=(odds, is_fraud), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), float(found.x[1])


def _loss(line: Floats, odds: Floats, is_fraud: Flags) -> tuple[float, Floats]:
    raw = line[0] + line[1] * odds
    off = line - np.array([0.0, 1.0])
    value = float(np.logaddexp(0.0, raw).sum() - raw[is_fraud].sum() + 0.5 * off @ off)
    error = expit(raw) - is_fraud
    return value, np.array([error.sum(), error @ odds]) + off
