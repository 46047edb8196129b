"""What a batch costs from landed rows to verdicts, beside COPY out, bare estimators and COPY in of the same rows."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.features import ONE_THREAD
from tests.benchmarks.training import run

AIM = 1.5


def measure() -> Iterator[dict[str, Any]]:
    """Measure small and large batches, in a process of its own with one thread for linear algebra."""
    with TemporaryDirectory(prefix="jikimi-bench-") as folder:
        Path(folder).chmod(0o755)
        printed = run("floor_methods", folder, **ONE_THREAD, AIRFLOW_HOME=f"{folder}/airflow")
    for line in printed.splitlines():
        if line.startswith("{"):
            yield {"measurement": "floor", "figure": "batch_ms"} | json.loads(line) | {"aim_times_the_floor": AIM}
