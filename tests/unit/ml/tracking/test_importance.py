"""What a member's ranking rests on is found, at the natural share of fraud."""

import numpy as np
import pandas as pd
import pytest

from ml.features import FEATURE_NAMES
from ml.tracking.importance import importances, sample


class AmountOnly:
    def predict_proba(self, x: pd.DataFrame) -> np.ndarray:
        fraud = x["amount"].to_numpy(float)
        return np.column_stack([1 - fraud, fraud])


@pytest.fixture
def rows() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(1)
    features = pd.DataFrame({name: rng.random(5_000) for name in FEATURE_NAMES})
    return features, features["amount"].to_numpy() > 0.95


def test_only_the_feature_that_is_used_matters(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    drops = importances(AmountOnly(), *rows)  # type: ignore[arg-type]
    assert drops.index[0] == "amount"
    assert drops["amount"] > 0.5
    assert (drops.drop("amount") == 0).all()


def test_a_sample_keeps_the_share_of_fraud_by_its_weights(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    is_fraud = rows[1]
    chosen, weights = sample(is_fraud, np.random.default_rng(0), frauds=20, honest=100)
    assert is_fraud[chosen].sum() == 20
    assert len(chosen) == 120
    assert np.average(is_fraud[chosen], weights=weights) == pytest.approx(is_fraud.mean())
