"""Thresholds keep the message budget to the row and find as much fraud as it allows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.thresholds import choose_thresholds
from ml.voting import Policy, says_fraud, votes

ROWS = 40
SCORES = st.lists(st.integers(0, 12).map(lambda step: step / 12), min_size=ROWS, max_size=ROWS)


def messages(scores: pd.DataFrame, thresholds: dict[str, float], policy: Policy = "unanimous") -> np.ndarray:
    return says_fraud(votes(scores, thresholds), policy).to_numpy()


@settings(deadline=None, max_examples=60)
@given(SCORES, SCORES, SCORES, st.integers(0, ROWS), st.sampled_from(["unanimous", "majority"]))
def test_messages_never_exceed_the_budget(a: list, b: list, c: list, budget: int, policy: Policy) -> None:
    scores = pd.DataFrame({"a": a, "b": b, "c": c})
    is_fraud = np.arange(ROWS) % 5 == 0
    assert messages(scores, choose_thresholds(scores, is_fraud, budget, policy), policy).sum() <= budget


@pytest.mark.parametrize("policy", ["unanimous", "majority"])
def test_the_whole_budget_is_used_where_members_agree(policy: Policy) -> None:
    order = np.linspace(0, 1, ROWS)
    scores = pd.DataFrame({"a": order, "b": order**2, "c": order / 2})
    chosen = choose_thresholds(scores, order > 0.8, 7, policy)
    assert messages(scores, chosen, policy).nonzero()[0].tolist() == list(range(ROWS - 7, ROWS))


def test_a_weak_member_is_set_looser_where_that_finds_more_fraud() -> None:
    rng = np.random.default_rng(1)
    is_fraud = np.arange(2_000) < 40
    sharp = np.where(is_fraud, rng.uniform(0.8, 1.0, 2_000), rng.uniform(0.0, 0.85, 2_000))
    dull = np.where(is_fraud, rng.uniform(0.5, 1.0, 2_000), rng.uniform(0.0, 0.9, 2_000))
    scores = pd.DataFrame({"sharp": sharp, "dull": dull})
    sent = messages(scores, choose_thresholds(scores, is_fraud, 40, "unanimous"))
    cast = votes(scores, choose_thresholds(scores, is_fraud, 40, "unanimous")).sum()
    assert cast["dull"] > 2 * cast["sharp"]
    assert (sent & is_fraud).sum() > 25


@pytest.mark.parametrize(
    ("scores", "budget"),
    [
        pytest.param(pd.DataFrame({"a": [1.0] * 9, "b": [1.0] * 9}), 3, id="all rows tie at one"),
        pytest.param(pd.DataFrame({"a": np.linspace(0, 1, 9), "b": np.linspace(0, 1, 9)}), 0, id="no budget"),
    ],
)
def test_nothing_is_sent_where_no_message_fits_the_budget(scores: pd.DataFrame, budget: int) -> None:
    chosen = choose_thresholds(scores, np.arange(9) > 7, budget, "unanimous")
    assert messages(scores, chosen).sum() == 0
