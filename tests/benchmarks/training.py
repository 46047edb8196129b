"""Training of the panel on the whole file, beside its members fitted once and one bare XGBoost on the same rows."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from ml.models import FIT_JOBS, MEMBERS
from tests.benchmarks.labelled import SOURCE
from tests.benchmarks.stack import ROOT
from tests.benchmarks.training_methods import METHODS

TRIES = 3
_TIMES = ("seconds", "cpu_seconds")


def measure() -> Iterator[dict[str, Any]]:
    """Measure each method in turn, several times, so that a busy minute hits all of them."""
    with TemporaryDirectory(prefix="jikimi-bench-") as folder:
        file = prepare(Path(folder))
        runs: dict[str, list[dict[str, Any]]] = {method: [] for method in METHODS}
        for _ in range(TRIES):
            for method, done in runs.items():
                done.append(json.loads(run("training_methods", method, str(file))))
    ours, *_ = METHODS
    for method, done in runs.items():
        against = {} if method == ours else _times(runs[ours], done)
        yield _figure(method, done) | against


def prepare(folder: Path) -> Path:
    """Write the rows with their features, in a process that takes its memory with it."""
    file = folder / "rows.parquet"
    run("labelled", str(file))
    return file


def run(module: str, *words: str, **variables: str) -> str:
    """Run a module of the benchmarks in a process of its own; returns what it printed."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"} | variables
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def _figure(method: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    middle = {name: round(median(run[name] for run in runs), 1) for name in _TIMES}
    return {
        "measurement": "training",
        "figure": "seconds",
        "method": method,
        "value": middle["seconds"],
        "of_tries": [round(run["seconds"], 1) for run in runs],
        "cpu_seconds": middle["cpu_seconds"],
        "threads": FIT_JOBS,
        "members": list(MEMBERS),
        "source": SOURCE,
        "rows": runs[0]["rows"],
        "frauds": runs[0]["frauds"],
        "peak_rss_mb": max(run["peak_rss_mb"] for run in runs),
        "rss_with_the_input_mb": runs[0]["rss_with_the_input_mb"],
    }


def _times(ours: list[dict[str, Any]], others: list[dict[str, Any]]) -> dict[str, float]:
    """Say how many times as long the panel takes, each try beside the other of its minute."""
    ratios = {name: [a[name] / b[name] for a, b in zip(ours, others, strict=True)] for name in _TIMES}
    return {f"the_panel_takes_times_{name}": round(median(values), 2) for name, values in ratios.items()}
