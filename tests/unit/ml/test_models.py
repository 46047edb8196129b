"""Each member keeps what the panel relies on: it learns, repeats itself, takes what is unknown, and can be stored."""

import multiprocessing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.metrics import roc_auc_score
from xgboost import XGBClassifier

from ml.calibration import Calibrated
from ml.features import FEATURE_NAMES, NUMERIC_NAMES
from ml.models import MEMBERS, TRUSTED_TYPES, Estimator, single_threaded
from ml.odds import expit, log_odds


def make_rows(count: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows whose frauds are dear and happen at merchants with a history."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(rng.gamma(2.0, 10.0, (count, len(NUMERIC_NAMES))), columns=list(NUMERIC_NAMES))
    rows["category"] = rng.choice(["grocery", "travel", ""], count)
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


@pytest.fixture(scope="module")
def fitted(member: str) -> Estimator:
    return single_threaded(MEMBERS[member](7).fit(*make_rows(3_000, seed=1)))


def test_member_ranks_fraud_above_honest_rows(member: str) -> None:
    fitted = MEMBERS[member](7).fit(*make_rows(6_000, seed=1))
    later, is_fraud = make_rows(3_000, seed=2)
    probabilities = fitted.predict_proba(later)
    assert probabilities.shape == (3_000, 2)
    assert roc_auc_score(is_fraud, probabilities[:, 1]) > 0.95


def test_same_seed_gives_the_same_scores(member: str, fitted: Estimator) -> None:
    rows, is_fraud = make_rows(3_000, seed=1)
    again = single_threaded(MEMBERS[member](7).fit(rows, is_fraud))
    np.testing.assert_array_equal(again.predict_proba(rows), fitted.predict_proba(rows))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({name: np.nan for name in NUMERIC_NAMES if name != "amount"}, id="nothing known but the amount"),
        pytest.param({"category": "never seen"}, id="unknown category"),
        pytest.param({"category": ""}, id="no category"),
        pytest.param(dict.fromkeys(NUMERIC_NAMES, 1000000000000.0), id="beyond everything seen"),
        pytest.param(dict.fromkeys(NUMERIC_NAMES, 0.0), id="all zero"),
    ],
)
@pytest.mark.parametrize("count", [1, 50])
def test_scores_are_probabilities_whatever_comes(fitted: Estimator, change: dict[str, Any], count: int) -> None:
    rows = make_rows(50, seed=3)[0].head(count).assign(**change)
    probabilities = fitted.predict_proba(rows)
    assert probabilities.shape == (count, 2)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-6)


def test_a_source_without_category_and_places_can_be_learned(member: str) -> None:
    without = {"category": "", "distance_km": np.nan, "hour": 12.0}
    rows, is_fraud = make_rows(3_000, seed=1)
    later, truth = make_rows(3_000, seed=2)
    fitted = MEMBERS[member](7).fit(rows.assign(**without), is_fraud)
    assert roc_auc_score(truth, fitted.predict_proba(later.assign(**without))[:, 1]) > 0.95


def test_order_of_columns_does_not_matter(fitted: Estimator) -> None:
    rows = make_rows(100, seed=3)[0]
    np.testing.assert_array_equal(fitted.predict_proba(rows[list(reversed(FEATURE_NAMES))]), fitted.predict_proba(rows))


def test_stored_member_gives_the_same_scores_and_holds_no_other_code(fitted: Estimator) -> None:
    rows, is_fraud = make_rows(3_000, seed=1)
    stored = skops.io.dumps(Calibrated(fitted, -0.5, 1.5).fit(rows, is_fraud))
    reloaded = skops.io.loads(stored, trusted=TRUSTED_TYPES)
    expected = expit(-0.5 + 1.5 * log_odds(fitted.predict_proba(rows)[:, 1]))
    np.testing.assert_allclose(reloaded.predict_proba(rows)[:, 1], expected, rtol=1e-12)


def test_member_scores_in_a_forked_process(fitted: Estimator) -> None:
    rows = make_rows(3_000, seed=1)[0]
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


def test_nothing_stays_multi_threaded_after_training(fitted: Estimator) -> None:
    parameters: dict[str, Any] = fitted.get_params()
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
