"""What a batch of 500 rows costs with little and much history, and with a merchant of a million rows, as figures."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.features import ONE_THREAD
from tests.benchmarks.training import run


def measure() -> Iterator[dict[str, Any]]:
    """Measure on three databases in turn, in a process of its own with one thread for linear algebra."""
    with TemporaryDirectory(prefix="jikimi-bench-") as folder:
        Path(folder).chmod(0o755)
        printed = run("batch_cost_methods", folder, **ONE_THREAD, AIRFLOW_HOME=f"{folder}/airflow")
    for line in printed.splitlines():
        if line.startswith("{"):
            yield {"measurement": "batch_cost"} | json.loads(line)
