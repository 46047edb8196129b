"""On the handbook's own transactions the features are the handbook's, outside same-second ties."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.features import HANDBOOK_NAMES, compute_features
from tests.unit.ml.features.handbook import customer_windows, handbook_features, merchant_windows

FILE = "handbook_2018-04-01_to_2018-07-31.parquet"
NAMES = {
    "TRANSACTION_ID": "transaction_id",
    "TX_DATETIME": "occurred_at",
    "CUSTOMER_ID": "customer_id",
    "TERMINAL_ID": "merchant_id",
    "TX_AMOUNT": "amount",
    "TX_FRAUD": "is_fraud",
}


def features_of(rows: pd.DataFrame) -> pd.DataFrame:
    labels = rows[["transaction_id", "is_fraud"]].assign(known_at=rows["occurred_at"] + pd.Timedelta(days=7))
    return compute_features(rows, labels)


def is_tied(rows: pd.DataFrame) -> np.ndarray:
    return rows.duplicated(["customer_id", "occurred_at"], keep=False).to_numpy()


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> pd.DataFrame:
    rows = pd.read_parquet(shared_data / FILE, columns=list(NAMES)).rename(columns=NAMES)
    return rows.assign(occurred_at=rows["occurred_at"].dt.tz_localize("UTC"))


@pytest.fixture(scope="module")
def features(rows: pd.DataFrame) -> pd.DataFrame:
    return features_of(rows)


@pytest.mark.real_data
def test_customers_windows_are_the_handbook_s(rows: pd.DataFrame, features: pd.DataFrame) -> None:
    some = rows[rows["customer_id"] % 100 == 1]
    windows = some.groupby("customer_id", group_keys=False)[list(rows.columns)].apply(customer_windows).loc[some.index]
    assert is_tied(some).sum() < 100 < len(some)
    assert_equal(features.loc[some["transaction_id"]], windows, ~is_tied(some))


@pytest.mark.real_data
def test_merchants_windows_are_the_handbook_s_even_in_ties(rows: pd.DataFrame, features: pd.DataFrame) -> None:
    some = rows[rows["merchant_id"] % 100 == 1]
    windows = some.groupby("merchant_id", group_keys=False)[list(rows.columns)].apply(merchant_windows).loc[some.index]
    assert windows["merchant_risk_30d"].max() > 0
    assert_equal(features.loc[some["transaction_id"]], windows, np.ones(len(some), dtype=bool))


def test_all_15_are_the_handbook_s_on_a_small_set() -> None:
    rng = np.random.default_rng(1)
    seconds = np.sort(rng.choice(60 * 86_400, 800, replace=False))
    rows = pd.DataFrame(
        {
            "transaction_id": np.arange(800),
            "occurred_at": pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(seconds, unit="s"),
            "customer_id": rng.integers(0, 5, 800),
            "merchant_id": rng.integers(0, 5, 800),
            "amount": rng.integers(1, 10_000, 800) / 100,
            "is_fraud": rng.integers(0, 2, 800),
        }
    )
    expected = handbook_features(rows)
    assert tuple(expected.columns) == HANDBOOK_NAMES
    assert_equal(features_of(rows), expected, np.ones(len(rows), dtype=bool))


def assert_equal(features: pd.DataFrame, expected: pd.DataFrame, where: np.ndarray) -> None:
    for name in expected:
        ours, theirs = features[name].to_numpy()[where], expected[name].to_numpy()[where]
        # A rolling sum carries the rounding of all that passed through it, and the mean of amounts shows it.
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, err_msg=name)
        if "count" in name:
            np.testing.assert_array_equal(ours, theirs, err_msg=name)
