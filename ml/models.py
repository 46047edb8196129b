"""The members of the panel: a member is one function that returns an unfitted estimator, listed in one place."""

from collections.abc import Callable
from typing import Any, Final, Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler
from xgboost import XGBClassifier


class Estimator(Protocol):
    """What a member must offer; every classifier of scikit-learn and XGBoost does."""

    def fit(self, x: pd.DataFrame, y: npt.NDArray[np.bool_], /) -> Self:
        """Learn from features (rows, 15) and fraud or not (rows)."""

    def predict_proba(self, x: pd.DataFrame, /) -> npt.NDArray[np.floating[Any]]:
        """Return (rows, 2): the probability of honest and of fraud."""

    def get_params(self) -> dict[str, Any]:
        """Return the parameters by name."""

    def set_params(self, **parameters: Any) -> Self:
        """Change parameters."""


FIT_JOBS: Final = 2


def logistic_regression(seed: int) -> Estimator:
    """Return an additive logistic model: a broken line of five pieces for each feature.

    The lines are flat beyond the training data, so a customer who suddenly buys a hundred times a day gets an
    unremarkable score for it, not an absurd one.
    """
    lines = SplineTransformer(n_knots=6, degree=1, knots="uniform", extrapolation="constant")
    return make_pipeline(StandardScaler(), lines, StandardScaler(), LogisticRegression(max_iter=200, random_state=seed))  # type: ignore[no-any-return]


def random_forest(seed: int) -> Estimator:
    """Return a forest of shallow trees, each grown on a tenth of the rows: a tenth of the time, the same ranking."""
    return RandomForestClassifier(  # type: ignore[no-any-return]
        n_estimators=40,
        max_depth=12,
        min_samples_leaf=2,
        max_samples=0.1,
        max_features=0.4,
        n_jobs=FIT_JOBS,
        random_state=seed,
    )


def xgboost(seed: int) -> Estimator:
    """Return boosted trees that start from 0.5 and see fine bins.

    XGBoost 3 would start from the share of fraud, from where the first steps overshoot when fraud is rare, and would
    sort amounts into 256 bins: measured, both cost most of the average precision.
    """
    return XGBClassifier(  # type: ignore[no-any-return]
        n_estimators=150,
        learning_rate=0.1,
        max_depth=4,
        subsample=0.8,
        colsample_bytree=0.8,
        base_score=0.5,
        max_bin=4096,
        n_jobs=FIT_JOBS,
        random_state=seed,
    )


MEMBERS: Final[dict[str, Callable[[int], Estimator]]] = {
    "logistic_regression": logistic_regression,
    "random_forest": random_forest,
    "xgboost": xgboost,
}


def single_threaded(estimator: Estimator) -> Estimator:
    """Set a fitted estimator to one thread: in a forked process a second one could wait for ever (OpenMP)."""
    parameters = {name: 1 for name in estimator.get_params() if name == "n_jobs" or name.endswith("__n_jobs")}
    return estimator.set_params(**parameters)
