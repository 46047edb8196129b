"""The rows that members learn from: the handbook's whole file, or simulated ones where it is not here."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from jikimi.files.formats import FORMATS
from jikimi.files.history_frame import read_history
from ml.backtest.history import history_of
from ml.features import FEATURE_NAMES
from ml.fitting import LabelledRows
from ml.simulation import simulate
from tests.conftest import SHARED_DATA

FILE = Path(os.environ.get("JIKIMI_SHARED_DATA", SHARED_DATA)) / "handbook_2018-04-01_to_2018-07-31.parquet"
ROWS = int(os.environ.get("ROWS", "0")) or None
"""Only the first so many rows, to see whether a measurement runs."""
SOURCE = f"{FILE.name if FILE.exists() else 'simulated'}{f', the first {ROWS:,} rows' if ROWS else ''}"
_DELAY = timedelta(days=7)


def read(file: str) -> LabelledRows:
    """Return the rows that `main` wrote."""
    frame = pd.read_parquet(file)
    return LabelledRows(
        features=frame[list(FEATURE_NAMES)],
        is_fraud=frame["is_fraud"].to_numpy(bool),
        occurred_at=pd.DatetimeIndex(frame["occurred_at"]),
        customer=frame["customer"].to_numpy(object),
        amount=frame["amount"].to_numpy(np.float64),
    )


def part(rows: LabelledRows, chosen: slice) -> LabelledRows:
    """Return some of the rows."""
    return LabelledRows(
        features=rows.features.iloc[chosen],
        is_fraud=rows.is_fraud[chosen],
        occurred_at=rows.occurred_at[chosen],
        customer=rows.customer[chosen],
        amount=rows.amount[chosen],
    )


def main(out: str) -> None:
    """Write the rows in order of time, with their features and labels, to a Parquet file."""
    history = history_of(*_transactions_and_labels(), delay_days=_DELAY.days)
    known = {"is_fraud": history.is_fraud, "occurred_at": history.occurred_at, "customer": history.customer}
    history.features.assign(**known)[:ROWS].to_parquet(out)


def _transactions_and_labels() -> tuple[pd.DataFrame, pd.DataFrame]:
    if FILE.exists():
        history = read_history(FILE, FORMATS["handbook"], _DELAY)
        return history.transactions, history.labels
    return simulate(customers=5_000, merchants=1_000, days=120, seed=7, end=datetime(2018, 8, 1, tzinfo=UTC))


if __name__ == "__main__":
    main(*sys.argv[1:])
