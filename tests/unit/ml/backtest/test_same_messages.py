"""Panels and members are compared at exactly the same number of messages, whatever ties."""

import math

import numpy as np
import pandas as pd
import pytest

from ml.backtest.same_messages import at_same_messages, found_by_top, strictness

TRUTH = np.array([True, False, True, False, False, True, False, False])


def frame(**scores: list[int]) -> pd.DataFrame:
    return pd.DataFrame(scores) / 10


def test_the_highest_rows_are_taken() -> None:
    found = found_by_top(TRUTH, np.array([9, 8, 7, 1, 1, 6, 1, 1]) / 10, 3)
    assert found == {
        "messages": 3,
        "message_precision": pytest.approx(2 / 3),
        "message_recall": pytest.approx(2 / 3),
    }


def test_rows_that_tie_at_the_last_place_share_it() -> None:
    ranking = np.array([9, 5, 5, 5, 5, 1, 1, 1]) / 10
    found = found_by_top(TRUTH, ranking, 3)
    # The first row is fraud; of the two places left, four rows with one fraud among them share.
    assert found["message_precision"] == pytest.approx((1 + 2 * 1 / 4) / 3)
    backwards = found_by_top(TRUTH[::-1], ranking[::-1], 3)
    assert backwards == found


def test_luck_is_the_mean_of_all_ways_to_break_a_tie() -> None:
    rng = np.random.default_rng(1)
    ranking = np.array([3, 2, 2, 2, 2, 2, 1, 1]) / 10
    noisy = [found_by_top(TRUTH, ranking + rng.random(8) / 1_000, 4)["message_recall"] for _ in range(4_000)]
    assert found_by_top(TRUTH, ranking, 4)["message_recall"] == pytest.approx(np.mean(noisy), abs=0.01)


@pytest.mark.parametrize(
    ("truth", "messages", "unknown"),
    [
        pytest.param(TRUTH, 0, ["message_precision"], id="no message"),
        pytest.param(np.zeros(8, dtype=bool), 2, ["message_recall"], id="no fraud"),
        pytest.param(np.zeros(0, dtype=bool), 0, ["message_precision", "message_recall"], id="no row"),
    ],
)
def test_what_is_divided_by_nothing_is_not_known(truth: np.ndarray, messages: int, unknown: list[str]) -> None:
    found = found_by_top(truth, np.linspace(1, 0, len(truth)), messages)
    assert [name for name, value in found.items() if math.isnan(value)] == unknown


def test_everybody_sends_as_many_messages_as_the_unanimous_panel() -> None:
    scores = frame(a=[9, 8, 7, 6, 1, 1, 2, 3], b=[9, 1, 7, 8, 2, 1, 1, 1], c=[1, 2, 7, 9, 8, 9, 1, 1])
    same = {"a": 0.6, "b": 0.6, "c": 0.6}
    found = at_same_messages(TRUTH, scores, scores, {"unanimous": same, "majority": same})
    assert list(found) == ["unanimous", "majority", "a", "b", "c"]
    # All three agree on the third and the fourth row.
    assert {figures["messages"] for figures in found.values()} == {2}
    assert found["unanimous"]["message_precision"] == 0.5
    assert found["a"]["message_precision"] == 0.5
    # The fifth, sixth and fourth row tie for it at c: 9, 9, 8.
    assert found["c"]["message_precision"] == 0.5


def test_a_majority_is_made_stricter_by_one_factor_for_all() -> None:
    scores = frame(a=[9, 8, 7, 6], b=[9, 7, 8, 1], c=[1, 2, 3, 9])
    # On the held-out rows a may vote on half of the rows and b and c on a quarter: a vote of a comes twice as easily.
    thresholds = {"a": 0.75, "b": 0.85, "c": 0.85}
    by_hand = [
        [0.25 / 0.5, 0.25 / 0.25, 1.00 / 0.25],
        [0.50 / 0.5, 0.75 / 0.25, 0.75 / 0.25],
        [0.75 / 0.5, 0.50 / 0.25, 0.50 / 0.25],
        [1.00 / 0.5, 1.00 / 0.25, 0.25 / 0.25],
    ]
    majority = strictness(scores, scores, thresholds, "majority")
    assert majority.tolist() == pytest.approx([sorted(row)[1] for row in by_hand])
    assert strictness(scores, scores, thresholds, "unanimous").tolist() == pytest.approx([max(row) for row in by_hand])


def test_a_strictness_of_one_is_what_was_chosen() -> None:
    rng = np.random.default_rng(2)
    scores = pd.DataFrame(rng.random((500, 3)), columns=["a", "b", "c"])
    thresholds = {"a": 0.9, "b": 0.8, "c": 0.7}
    votes = (scores >= pd.Series(thresholds)).sum(axis="columns")
    is_loose_enough = strictness(scores, scores, thresholds, "majority") <= 1 + 1e-12
    assert is_loose_enough.tolist() == (votes >= 2).tolist()
