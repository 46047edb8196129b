"""A training on the whole file with its features in memory and on disk, within one gigabyte and without a limit."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jikimi.files.formats import FORMATS
from jikimi.files.selection import Selection
from jikimi.files.source import Source
from jikimi.loading import load
from tests.benchmarks.labelled import FILE
from tests.benchmarks.memory_limit import NoLimit, run_limited
from tests.benchmarks.stack import ROOT
from tests.benchmarks.stage import LABEL_DELAY, database

LIMIT_MB = 1024
RUNS = (("memory", None), ("memory", LIMIT_MB), ("disk", None), ("disk", LIMIT_MB))


def measure() -> Iterator[dict[str, Any]]:
    """Load the file once, then train on it four times."""
    if not FILE.exists():
        print(f"long_history: skipped, {FILE.name} is not here")
        return
    with TemporaryDirectory(prefix="jikimi-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with database(folder):
            load(Source(FILE, FORMATS["handbook"], Selection(), LABEL_DELAY))
            for engine, limit in RUNS:
                yield _figure(engine, limit)


def _figure(engine: str, limit: int | None) -> dict[str, Any]:
    figure = {"measurement": "long_history", "figure": "training", "engine": engine, "limit_mb": limit or "none"}
    command = [sys.executable, "-m", "tests.benchmarks.long_history_methods", engine]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}", "OMP_NUM_THREADS": "2"}
    try:
        code, printed = run_limited(command, environment, limit)
    except NoLimit as error:
        return figure | {"outcome": f"not measured: {error}"}
    if code:
        return figure | {"outcome": "killed: more memory than the limit" if code == -9 else f"ended with {code}"}
    return figure | {"outcome": "trained"} | json.loads(printed.splitlines()[-1])
