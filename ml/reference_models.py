"""The handbook's own models on its own features: they prove that a protocol measures what was published."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

from ml.evaluation import Floats
from ml.features import HANDBOOK_NAMES
from ml.fitting import LabelledRows
from ml.models import FIT_JOBS, Estimator, single_threaded


def logistic_regression(seed: int) -> Estimator:
    """Return a linear logistic model of scaled features."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000, random_state=seed))  # type: ignore[no-any-return]


def random_forest(seed: int) -> Estimator:
    """Return 100 trees of depth 20, the choice of chapter 5."""
    return RandomForestClassifier(n_estimators=100, max_depth=20, n_jobs=FIT_JOBS, random_state=seed)  # type: ignore[no-any-return]


def xgboost(seed: int) -> Estimator:
    """Return 100 boosted trees of depth 3 with the start and the fine bins that XGBoost had when it was published."""
    return XGBClassifier(  # type: ignore[no-any-return]
        n_estimators=100,
        learning_rate=0.1,
        max_depth=3,
        base_score=0.5,
        max_bin=4096,
        n_jobs=FIT_JOBS,
        random_state=seed,
    )


REFERENCE_MODELS: Final[dict[str, Callable[[int], Estimator]]] = {
    "reference_logistic_regression": logistic_regression,
    "reference_random_forest": random_forest,
    "reference_xgboost": xgboost,
}


def fit_reference(name: str, rows: LabelledRows, seed: int) -> Estimator:
    """Fit one of `REFERENCE_MODELS` on `ml.features.HANDBOOK_NAMES`, without calibration; it scores with one thread.

    One thread, because threads add up a forest's trees in the order in which they finish.
    """
    return single_threaded(REFERENCE_MODELS[name](seed).fit(rows.features[list(HANDBOOK_NAMES)], rows.is_fraud))


def reference_scores(model: Estimator, features: pd.DataFrame) -> Floats:
    """Return the model's probability of fraud, one per row."""
    scores: Floats = model.predict_proba(features[list(HANDBOOK_NAMES)])[:, 1].astype(np.float64)
    return scores
