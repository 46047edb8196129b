"""What one batch was judged by is not kept for the next."""

import gc
from datetime import UTC, datetime, timedelta

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine

from ml.expectations import validate
from ml.schema import COLUMN_NAMES

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROW = {"transaction_id": "a", "occurred_at": "2026-05-01T10:00:00Z", "customer_id": "c", "merchant_id": "m"}


def test_batches_leave_nothing_behind() -> None:
    landed = pd.DataFrame([dict.fromkeys(COLUMN_NAMES) | ROW | {"amount": "1", "currency": "KRW"}], dtype="str")
    metrics = []
    for minutes in range(3):
        assert len(validate(landed, NOW + timedelta(minutes=minutes)).valid) == 1
        engines = [each for each in gc.get_objects() if type(each) is PandasExecutionEngine]
        metrics.append(
            sum(len(engine._metric_cache) + len(engine.batch_manager.batch_data_cache) for engine in engines)
        )
    assert len(engines) > 0
    assert metrics[1:] == metrics[:1] * 2
