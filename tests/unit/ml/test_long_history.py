"""What is computed and learned piece by piece is what all rows at once give."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from ml.features import FEATURE_NAMES, compute_features
from ml.long_history import Piece, features_on_disk, fit_in_pieces, slices
from ml.models import MEMBERS
from ml.simulation import simulate
from ml.training import fraud_as_of

END = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def history():
    """Transactions in order of time, and their labels."""
    transactions, labels = simulate(customers=60, merchants=20, days=70, seed=3, end=END)
    return transactions.sort_values(["occurred_at", "transaction_id"], ignore_index=True), labels


@pytest.fixture(scope="module")
def rows(history):
    """Features and fraud or not, all at once."""
    transactions, labels = history
    return compute_features(*history), fraud_as_of(transactions["transaction_id"], labels, labels["known_at"].max())


def pieces_of(history, most):
    transactions, labels = history
    for piece in slices(len(transactions), most):
        yield Piece(transactions[: piece.stop], labels, transactions["transaction_id"][piece])


@pytest.mark.parametrize("most", [pytest.param(977, id="several pieces"), pytest.param(10**9, id="one piece")])
def test_features_on_disk_are_the_bits_of_those_in_memory(history, rows, tmp_path, most):
    features = features_on_disk(pieces_of(history, most), len(history[0]), tmp_path / "features")
    pd.testing.assert_frame_equal(features, rows[0], check_exact=True)


def test_numbers_stay_in_the_file(history, tmp_path):
    features = features_on_disk(pieces_of(history, 977), len(history[0]), tmp_path / "features")
    size = (tmp_path / "features").stat().st_size
    assert size == (len(FEATURE_NAMES) - 1) * len(features) * 8
    assert np.shares_memory(features["amount"].to_numpy(), features.iloc[100:]["amount"].to_numpy())


@pytest.mark.parametrize("off", [pytest.param(-1, id="too many"), pytest.param(1, id="too few")])
def test_another_number_of_rows_than_announced_is_refused(history, tmp_path, off):
    with pytest.raises(ValueError, match="announced"):
        features_on_disk(pieces_of(history, 977), len(history[0]) + off, tmp_path / "features")


def test_no_rows_are_no_features(tmp_path):
    features = features_on_disk([], 0, tmp_path / "features")
    assert len(features) == 0
    assert set(features) == set(FEATURE_NAMES)


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_a_member_fitted_in_pieces_gives_the_scores_of_one_fitted_at_once(name, rows, tmp_path, monkeypatch):
    features, is_fraud = rows[0], rows[1].to_numpy(bool)
    monkeypatch.setattr("ml.long_history.PIECE_ROWS", 1_000)
    pieces, whole = (MEMBERS[name](7) for _ in range(2))
    for member in (pieces, whole):
        small = {key: 20 for key in member.get_params() if key.endswith("n_estimators")}
        member.set_params(**small)
    scores = fit_in_pieces(pieces, features, is_fraud, tmp_path).predict_proba(features)
    np.testing.assert_allclose(scores, whole.fit(features, is_fraud).predict_proba(features), atol=0.02)
    assert list(tmp_path.iterdir()) == []


def test_slices_cover_every_row_once():
    assert [row for piece in slices(10, 4) for row in range(10)[piece]] == list(range(10))
