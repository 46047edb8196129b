"""The handbook's own models prove the protocol: they reach what was measured with its code on the same weeks."""

import numpy as np
import pandas as pd
import pytest

from ml.backtest import Protocol, lay_folds
from ml.backtest.history import history_of
from ml.evaluation import ranking_figures
from ml.features import HANDBOOK_NAMES
from ml.fitting import LabelledRows
from ml.reference_models import REFERENCE_MODELS, fit_reference, reference_scores


@pytest.fixture
def rows() -> LabelledRows:
    rng = np.random.default_rng(6)
    features = pd.DataFrame(rng.random((400, len(HANDBOOK_NAMES))), columns=list(HANDBOOK_NAMES))
    return LabelledRows(
        features=features.assign(category="food", distance_km=np.nan),
        is_fraud=features["amount"].to_numpy() > 0.9,
        occurred_at=pd.date_range("2025-01-01", periods=400, freq="h", tz="UTC"),
        customer=np.full(400, "C1", dtype=object),
        amount=features["amount"].to_numpy(),
    )


@pytest.mark.parametrize("name", REFERENCE_MODELS)
def test_a_reference_learns_from_the_features_of_the_handbook_only(name: str, rows: LabelledRows) -> None:
    scores = reference_scores(fit_reference(name, rows, seed=0), rows.features)
    assert scores[rows.is_fraud].min() > scores[~rows.is_fraud].mean()
    other = rows.features.assign(category="fuel", distance_km=9.0)
    assert reference_scores(fit_reference(name, rows, seed=0), other).tolist() == scores.tolist()


@pytest.mark.real_data
def test_protocol_gives_what_was_measured_on_the_validation_folds(shared_data) -> None:
    table = pd.read_parquet(shared_data / "handbook_2018-04-01_to_2018-07-31.parquet")
    # The features of the first training row look 37 days back.
    table = table[table["TX_DATETIME"] >= "2018-05-13"]
    transactions = pd.DataFrame(
        {
            "transaction_id": table["TRANSACTION_ID"].astype(str),
            "occurred_at": table["TX_DATETIME"].dt.tz_localize("UTC"),
            "customer_id": table["CUSTOMER_ID"].astype(str),
            "merchant_id": table["TERMINAL_ID"].astype(str),
            "amount": table["TX_AMOUNT"],
        }
    )
    labels = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"],
            "is_fraud": table["TX_FRAUD"] == 1,
            "known_at": transactions["occurred_at"] + pd.Timedelta(days=7),
        }
    )
    history = history_of(transactions, labels, 7)
    folds = lay_folds(
        Protocol(pd.Timestamp("2018-07-04", tz="UTC"), train_days=7), history.occurred_at[0], history.occurred_at[-1]
    )
    figures = []
    for fold in folds:
        model = fit_reference("reference_xgboost", history.training_rows(fold), seed=0)
        features, tested = history.test_rows(fold, 7, keep_known_cards=False)
        figures.append(ranking_figures(tested, reference_scores(model, features)))
    mean = pd.DataFrame(figures).mean()
    assert mean["auc_roc"] == pytest.approx(0.877, abs=0.003)
    assert mean["average_precision"] == pytest.approx(0.704, abs=0.003)
    assert mean["card_precision_at_100"] == pytest.approx(0.289, abs=0.003)
