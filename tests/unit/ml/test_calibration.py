"""A line through the log-odds makes scores probabilities and leaves every ranking as it was."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from ml.calibration import LARGEST_SLOPE, SMALLEST_SLOPE, Calibrated, fit_line
from ml.odds import expit, log_odds


def overconfident(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores whose log-odds are twice and 4 too large, and the frauds that were drawn from the true ones."""
    rng = np.random.default_rng(seed)
    true_odds = rng.normal(-4, 2, count)
    return expit(2 * true_odds + 4), rng.random(count) < expit(true_odds)


def test_the_line_that_was_bent_is_found_again() -> None:
    intercept, slope = fit_line(*overconfident(60_000, seed=1))
    assert slope == pytest.approx(0.5, rel=0.05)
    assert intercept == pytest.approx(-2.0, abs=0.1)


def test_calibrated_scores_add_up_to_the_frauds_of_later_rows() -> None:
    line = fit_line(*overconfident(40_000, seed=1))
    later, is_fraud = overconfident(40_000, seed=2)
    ratio = expit(line[0] + line[1] * log_odds(later)).sum() / is_fraud.sum()
    assert ratio == pytest.approx(1, abs=0.06)
    assert later.sum() / is_fraud.sum() > 1.3


@pytest.mark.parametrize(
    "is_fraud", [pytest.param([False] * 4, id="no fraud"), pytest.param([True] * 4, id="nothing but fraud")]
)
def test_one_class_teaches_nothing(is_fraud: list[bool]) -> None:
    assert fit_line(np.array([0.1, 0.2, 0.3, 0.4]), np.array(is_fraud)) == (0.0, 1.0)


@pytest.mark.parametrize(
    "scores",
    [
        pytest.param([0.0, 0.0, 1.0, 1.0], id="perfect and certain"),
        pytest.param([1.0, 1.0, 0.0, 0.0], id="always wrong"),
        pytest.param([0.5, 0.5, 0.5, 0.5], id="constant"),
    ],
)
def test_the_line_stays_finite_and_rises(scores: list[float]) -> None:
    intercept, slope = fit_line(np.array(scores), np.array([False, False, True, True]))
    assert np.isfinite(intercept)
    assert SMALLEST_SLOPE <= slope <= LARGEST_SLOPE


def test_ranking_is_the_members_own() -> None:
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.normal(size=(500, 2)), columns=["a", "b"])
    is_fraud = (x["a"] + rng.normal(size=500) > 1).to_numpy()
    member = LogisticRegression().fit(x, is_fraud)
    calibrated = Calibrated(LogisticRegression(), -2.0, 0.3).fit(x, is_fraud)
    ranks = [pd.Series(each.predict_proba(x)[:, 1]).rank().to_list() for each in (member, calibrated)]
    assert ranks[0] == ranks[1]
    assert calibrated.predict(x).tolist() == (calibrated.predict_proba(x)[:, 1] >= 0.5).tolist()


def test_a_copy_has_the_same_parameters() -> None:
    copy = clone(Calibrated(LogisticRegression(C=3), -2.0, 0.3))
    assert (copy.intercept, copy.slope, copy.estimator.C) == (-2.0, 0.3, 3)
