"""Each member keeps what the panel relies on: it learns amounts, repeats itself, and works in a forked process."""

import multiprocessing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from xgboost import XGBClassifier

from ml.features import FEATURE_NAMES
from ml.models import MEMBERS, single_threaded


def make_rows(count: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows whose frauds are dear and happen at merchants with a history."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(rng.gamma(2.0, 10.0, (count, len(FEATURE_NAMES))), columns=list(FEATURE_NAMES))
    is_fraud = rng.random(count) < 0.02
    rows.loc[is_fraud, "amount"] += 100
    return rows, is_fraud


def sparkov_like_amounts(count: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """One column shaped like Sparkov's: honest amounts below about 250, fraud small, near 300 or near 900."""
    rng = np.random.default_rng(seed)
    is_fraud = rng.random(count) < 0.003
    honest = rng.lognormal(3.6, 1.1, count).clip(max=20_000)
    kinds = rng.choice(3, count, p=[0.1, 0.45, 0.45])
    fraud = np.choose(kinds, rng.normal([[12], [310], [900]], [[5], [30], [110]], (3, count)).clip(1))
    return pd.DataFrame({"amount": np.where(is_fraud, fraud, honest).round(2)}), is_fraud


@pytest.fixture(scope="module", params=list(MEMBERS))
def member(request: pytest.FixtureRequest) -> str:
    return request.param


def test_member_ranks_fraud_above_honest_rows(member: str) -> None:
    fitted = MEMBERS[member](7).fit(*make_rows(6_000, seed=1))
    later, is_fraud = make_rows(3_000, seed=2)
    probabilities = fitted.predict_proba(later)
    assert probabilities.shape == (3_000, 2)
    assert roc_auc_score(is_fraud, probabilities[:, 1]) > 0.95


def test_same_seed_gives_the_same_scores(member: str) -> None:
    rows, is_fraud = make_rows(3_000, seed=1)
    first, second = (single_threaded(MEMBERS[member](7).fit(rows, is_fraud)).predict_proba(rows) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_member_scores_in_a_forked_process(member: str) -> None:
    rows, is_fraud = make_rows(3_000, seed=1)
    fitted = single_threaded(MEMBERS[member](7).fit(rows, is_fraud))
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sender.send(fitted.predict_proba(rows)))
    child.start()
    try:
        assert receiver.poll(30), "the forked process hangs"
        np.testing.assert_array_equal(receiver.recv(), fitted.predict_proba(rows))
    finally:
        child.kill()
        child.join()


def test_nothing_stays_multi_threaded_after_training(member: str) -> None:
    parameters: dict[str, Any] = single_threaded(MEMBERS[member](7)).get_params()
    threads = {value for name, value in parameters.items() if name.endswith("n_jobs") and value is not None}
    assert threads <= {1}


def test_a_customer_who_buys_endlessly_moves_the_logistic_regression_no_further() -> None:
    rows, is_fraud = make_rows(3_000, seed=1)
    fitted = MEMBERS["logistic_regression"](7).fit(rows, is_fraud)
    busy = rows.head(1).assign(customer_count_1d=rows["customer_count_1d"].max())
    busier = busy.assign(customer_count_1d=1e6)
    np.testing.assert_allclose(fitted.predict_proba(busier), fitted.predict_proba(busy), rtol=1e-9)


def test_boosted_trees_learn_rare_fraud_from_the_amount_alone() -> None:
    train, later = sparkov_like_amounts(60_000, seed=1), sparkov_like_amounts(40_000, seed=2)
    assert amount_auc(MEMBERS["xgboost"](7), train, later) > 0.96


def test_the_defaults_of_xgboost_3_fail_where_ours_do_not() -> None:
    train, later = sparkov_like_amounts(60_000, seed=1), sparkov_like_amounts(40_000, seed=2)
    assert amount_auc(XGBClassifier(n_jobs=1, random_state=7), train, later) < 0.9


@pytest.mark.real_data
def test_boosted_trees_learn_sparkov_from_the_amount_alone(shared_data: Path) -> None:
    sparkov = pd.read_parquet(shared_data / "sparkov_2019-01_to_2019-06.parquet").sort_values("unix_time")
    cut = int(len(sparkov) * 0.75)
    amount, is_fraud = sparkov[["amt"]], sparkov["is_fraud"].to_numpy(bool)
    train, later = (amount[:cut], is_fraud[:cut]), (amount[cut:], is_fraud[cut:])
    assert amount_auc(MEMBERS["xgboost"](7), train, later) > 0.968


def amount_auc(estimator: Any, train: tuple[pd.DataFrame, np.ndarray], later: tuple[pd.DataFrame, np.ndarray]) -> float:
    return roc_auc_score(later[1], estimator.fit(*train).predict_proba(later[0])[:, 1])
