"""A simulated file and a protocol that fits into it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pandas as pd
import pytest

from ml.backtest import Protocol
from ml.simulation import simulate
from tests.small_members import small_members

BEGIN = pd.Timestamp("2025-04-01", tz="UTC")


@pytest.fixture(scope="module", autouse=True)
def members() -> Iterator[None]:
    """Small members: a backtest does the same with all."""
    with small_members():
        yield


@pytest.fixture(scope="session")
def simulated() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Transactions and labels of April and May 2025, about 400 purchases a day."""
    transactions, labels = simulate(400, 100, 61, seed=5, end=datetime(2025, 6, 1, tzinfo=UTC))
    return transactions, labels


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    """Two folds of one member: the quickest that tests everything."""
    return Protocol(
        BEGIN + pd.Timedelta(days=46), train_days=30, folds=2, members=("random_forest",), messages_per_10k=200
    )
