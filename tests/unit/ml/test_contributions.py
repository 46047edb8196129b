"""Contributions are exact: with one constant per member they sum up to the log-odds of every row."""

import numpy as np
import pandas as pd
import pytest

from ml.calibration import Calibrated
from ml.contributions import contributions
from ml.features import NUMERIC_NAMES
from ml.models import MEMBERS
from ml.odds import log_odds

EXPLAINED = ("logistic_regression", "xgboost")


def make_rows(count: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(rng.gamma(2.0, 10.0, (count, len(NUMERIC_NAMES))), columns=list(NUMERIC_NAMES))
    rows["category"] = rng.choice(["grocery", "travel"], count)
    is_fraud = rng.random(count) < np.where(rows["category"] == "travel", 0.1, 0.01)
    rows.loc[is_fraud & (rng.random(count) < 0.7), "amount"] += 60
    return rows, is_fraud


@pytest.fixture(scope="module", params=EXPLAINED)
def member(request: pytest.FixtureRequest) -> Calibrated:
    return Calibrated(MEMBERS[request.param](7), -0.4, 0.7).fit(*make_rows(4_000, seed=1))


def test_contributions_and_one_constant_are_the_log_odds(member: Calibrated) -> None:
    rows = make_rows(200, seed=2)[0]
    rest = log_odds(member.predict_proba(rows)[:, 1]) - contributions(member, rows).sum(axis=1).to_numpy()
    assert np.ptp(rest) < 1e-4
    assert np.ptp(log_odds(member.predict_proba(rows)[:, 1])) > 1


def test_contributions_name_the_features_that_tell(member: Calibrated) -> None:
    rows, is_fraud = make_rows(1_000, seed=2)
    found = contributions(member, rows)
    assert list(found.columns) == list(rows.columns)
    assert found.index.equals(rows.index)
    assert set(found.abs().mean().nlargest(2).index) == {"amount", "category"}
    assert (
        found.loc[rows["category"] == "travel", "category"].min()
        > found.loc[rows["category"] == "grocery", "category"].mean()
    )
    assert found.loc[is_fraud, "amount"].mean() > found.loc[~is_fraud, "amount"].mean() + 0.5


@pytest.mark.parametrize("name", [name for name in MEMBERS if name not in EXPLAINED])
def test_other_members_have_none(name: str) -> None:
    rows, is_fraud = make_rows(1_000, seed=1)
    assert contributions(MEMBERS[name](7).fit(rows, is_fraud), rows) is None
