"""What counts as a vote, and when the panel says fraud."""

import pandas as pd
import pytest

from ml.voting import needed_votes, panel_score, says_fraud, votes

THRESHOLDS = {"a": 0.5, "b": 0.2, "c": 0.9}


def test_a_member_votes_fraud_at_or_above_its_threshold() -> None:
    scores = pd.DataFrame({"a": [0.5, 0.49], "b": [0.1, 0.2], "c": [0.9, 1.0]})
    assert votes(scores, THRESHOLDS).to_numpy().tolist() == [[True, False, True], [False, True, True]]


@pytest.mark.parametrize(
    "scores",
    [
        pd.DataFrame({"a": [1.0], "b": [1.0]}),
        pd.DataFrame({"a": [1.0], "b": [1.0], "c": [float("nan")]}),
    ],
    ids=["no column", "no score"],
)
def test_a_missing_member_is_not_agreement(scores: pd.DataFrame) -> None:
    cast = votes(scores, THRESHOLDS)
    assert cast["c"].tolist() == [False]
    assert says_fraud(cast, "unanimous").tolist() == [False]
    assert says_fraud(cast, "majority").tolist() == [True]


@pytest.mark.parametrize(
    ("members", "policy", "needed"),
    [
        pytest.param(3, "unanimous", 3, id="all of three"),
        pytest.param(3, "majority", 2, id="two of three"),
        pytest.param(4, "majority", 3, id="half of four is no majority"),
        pytest.param(1, "majority", 1, id="one alone"),
    ],
)
def test_needed_votes(members: int, policy: str, needed: int) -> None:
    assert needed_votes(members, policy) == needed


def test_panel_score_has_the_mean_log_odds_of_the_members() -> None:
    scores = pd.DataFrame({"a": [0.2, 0.5], "b": [0.8, 0.9]})
    assert panel_score(scores).tolist() == pytest.approx([0.5, 0.75])


def test_panel_score_is_of_the_members_that_gave_one() -> None:
    missing = float("nan")
    scores = pd.DataFrame({"a": [0.2, missing], "b": [missing, missing]}, index=["x", "y"])
    found = panel_score(scores)
    assert found["x"] == pytest.approx(0.2)
    assert pd.isna(found["y"])


def test_panel_score_stays_between_0_and_1_for_members_that_are_certain() -> None:
    found = panel_score(pd.DataFrame({"a": [0.0, 1.0, 0.0], "b": [0.0, 1.0, 1.0]}))
    assert found.between(0, 1).all()
    assert found.rank().tolist() == [1, 3, 2]


def test_one_confident_member_does_not_outrank_agreement() -> None:
    found = panel_score(pd.DataFrame({"a": [0.9, 0.6], "b": [0.001, 0.6]}))
    assert found[1] > found[0]
