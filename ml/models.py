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

from ml.contributions import contributions as contributions
from ml.inputs import CategoryNumbers, EvenScale, Thinned


class Estimator(Protocol):
    """What a member must offer; every classifier of scikit-learn and XGBoost does."""

    def fit(self, x: pd.DataFrame, y: npt.NDArray[np.bool_], /) -> Self:
        """Learn from features (rows, `ml.features.FEATURE_NAMES`) and fraud or not (rows)."""

    def predict_proba(self, x: pd.DataFrame, /) -> npt.NDArray[np.floating[Any]]:
        """Return (rows, 2): the probability of honest and of fraud."""

    def get_params(self) -> dict[str, Any]:
        """Return the parameters by name."""

    def set_params(self, **parameters: Any) -> Self:
        """Change parameters."""


FIT_JOBS: Final = 2

TRUSTED_TYPES: Final = [
    "ml.calibration.Calibrated",
    "ml.inputs.CategoryNumbers",
    "ml.inputs.EvenScale",
    "ml.inputs.Thinned",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
    "sklearn.tree._tree.Tree",
    "xgboost.core.Booster",
    "xgboost.sklearn.XGBClassifier",
]
"""What members hold besides plain arrays and scikit-learn's own; skops refuses to load any other code."""


def logistic_regression(seed: int) -> Estimator:
    """Return an additive logistic model: a broken line of seven pieces for each feature."""
    lines = SplineTransformer(n_knots=8, degree=1, knots="uniform", extrapolation="constant")
    logistic = LogisticRegression(C=0.05, solver="newton-cholesky", max_iter=50, random_state=seed)
    pipeline = make_pipeline(CategoryNumbers(), EvenScale(), lines, StandardScaler(), logistic)
    return Thinned(pipeline, most_honest=50_000, random_state=seed)


def random_forest(seed: int) -> Estimator:
    """Return a forest of deep trees, each of which sees some of the features."""
    forest = RandomForestClassifier(
        n_estimators=60,
        max_depth=14,
        min_samples_leaf=3,
        max_features=0.4,
        max_samples=0.5,
        n_jobs=FIT_JOBS,
        random_state=seed,
    )
    return Thinned(make_pipeline(CategoryNumbers(), forest), most_honest=50_000, random_state=seed)


def xgboost(seed: int) -> Estimator:
    """Return boosted trees that start from 0.5 and see fine bins.

    XGBoost 3 would start from the share of fraud, from where the first steps overshoot when fraud is rare, and would
    sort amounts into 256 bins: measured, both cost most of the average precision.
    """
    trees = XGBClassifier(
        n_estimators=400,
        learning_rate=0.05,
        max_depth=6,
        subsample=0.8,
        colsample_bytree=0.5,
        base_score=0.5,
        max_bin=1024,
        n_jobs=FIT_JOBS,
        random_state=seed,
    )
    return make_pipeline(CategoryNumbers(), trees)  # type: ignore[no-any-return]


MEMBERS: Final[dict[str, Callable[[int], Estimator]]] = {
    "logistic_regression": logistic_regression,
    "random_forest": random_forest,
    "xgboost": xgboost,
}


def single_threaded(estimator: Estimator) -> Estimator:
    """Set a fitted estimator to one thread: in a forked process a second one could wait for ever (OpenMP)."""
    threads = {name: value for name, value in estimator.get_params().items() if name.split("__")[-1] == "n_jobs"}
    return estimator.set_params(**{name: 1 for name, value in threads.items() if value is not None})
