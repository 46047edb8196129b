"""The points of the reliability diagram."""

import numpy as np
import pytest

from ml.tracking.curves import reliability_points


def test_scores_that_are_true_probabilities_lie_on_the_diagonal() -> None:
    rng = np.random.default_rng(5)
    scores = rng.beta(0.1, 3.0, 200_000)
    mean, share, low, high = reliability_points(rng.random(len(scores)) < scores, scores)
    assert len(mean) == 10
    assert ((low <= mean) & (mean <= high)).sum() >= 8
    assert np.all((low <= share) & (share <= high))


def test_scores_that_promise_twice_the_fraud_lie_below_it() -> None:
    rng = np.random.default_rng(5)
    scores = rng.beta(0.1, 3.0, 200_000)
    mean, _, _, high = reliability_points(rng.random(len(scores)) < scores / 2, scores)
    assert np.all(high < mean)


def test_points_that_would_rest_on_chance_are_not_drawn() -> None:
    mean, share, _, _ = reliability_points(np.array([False, True, False]), np.array([0.1, 0.9, 0.2]))
    assert mean.tolist() == pytest.approx([0.4])
    assert share.tolist() == pytest.approx([1 / 3])
