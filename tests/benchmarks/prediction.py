"""Rows a second that each member and the panel score in one thread, beside the estimators inside them alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.features import ONE_THREAD
from tests.benchmarks.labelled import SOURCE
from tests.benchmarks.training import prepare, run


def measure() -> Iterator[dict[str, Any]]:
    """Measure small and large batches."""
    with TemporaryDirectory(prefix="jikimi-bench-") as folder:
        printed = run("prediction_methods", str(prepare(Path(folder))), **ONE_THREAD)
    for line in printed.splitlines():
        about = {"measurement": "prediction", "figure": "rows_per_second", "source": SOURCE, "threads": 1}
        yield about | json.loads(line)
