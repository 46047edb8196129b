"""Contributions name the features that move a member, whatever it is wrapped in."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler
from xgboost import XGBClassifier

from ml.calibration import Calibrated
from ml.tracking.contributions import sampled_contributions

ROWS = 400


@pytest.fixture
def rows() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(2)
    features = pd.DataFrame({name: rng.random(ROWS) for name in ("amount", "amount_share", "hour")})
    return features, features["amount_share"].to_numpy() > 0.8


@pytest.mark.parametrize(
    ("member", "unit"),
    [
        pytest.param(lambda: RandomForestClassifier(20, random_state=0), "probability", id="forest"),
        pytest.param(lambda: XGBClassifier(n_estimators=20, n_jobs=1), "log-odds", id="boosted trees"),
        pytest.param(
            lambda: make_pipeline(SplineTransformer(degree=1), StandardScaler(), LogisticRegression()),
            "log-odds",
            id="pipeline of lines",
        ),
    ],
)
def test_the_feature_that_decides_moves_scores_most(
    member: Callable[[], Any], unit: str, rows: tuple[pd.DataFrame, np.ndarray]
) -> None:
    fitted = Calibrated(member()).fit(*rows)
    found = sampled_contributions(fitted, *rows)
    assert found is not None
    assert found.unit == unit
    assert found.values.abs().mean().idxmax() == "amount_share"
    is_high = found.rows["amount_share"] > 0.9
    assert (found.values.loc[is_high, "amount_share"] > 0).all()


def test_a_member_of_another_kind_has_none(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    assert sampled_contributions(Calibrated(KNeighborsClassifier()).fit(*rows), *rows) is None
