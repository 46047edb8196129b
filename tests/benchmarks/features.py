"""The features of the handbook's whole file by three methods, each in a process of its own on one core."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from ml.features import HANDBOOK_NAMES
from tests.benchmarks.feature_methods import METHODS
from tests.benchmarks.stack import ROOT
from tests.conftest import SHARED_DATA

FILE = Path(os.environ.get("JIKIMI_SHARED_DATA", SHARED_DATA)) / "handbook_2018-04-01_to_2018-07-31.parquet"
TRIES = 3
AIM = "under 2 s on one core and under 1500 MB"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
CLOSE = 1e-9
"""Means by other methods carry the rounding of their sums; ours are exact."""


def measure() -> Iterator[dict[str, Any]]:
    """Measure the three methods on the same rows, compare their values, and time the whole command."""
    if not FILE.exists():
        print(f"features: skipped, {FILE.name} is not here")
        return
    with TemporaryDirectory(prefix="jikimi-bench-") as folder:
        files = {method: Path(folder) / f"{number}.parquet" for number, method in enumerate(METHODS)}
        for method, out in files.items():
            yield _figure(method, [_run(method, out) for _ in range(TRIES if method == "ours" else 1)])
        ours, *others = files
        for other in others:
            yield {"measurement": "features", "figure": "values"} | _compare(files[ours], files[other], other)
        yield _command(Path(folder) / "features.parquet")


def _run(method: str, out: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.feature_methods", method, str(FILE), str(out)]
    done = subprocess.run(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def _environment() -> dict[str, str]:
    return os.environ | ONE_THREAD | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"}


def _figure(method: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    best = min(runs, key=lambda run: run["seconds"])
    return {
        "measurement": "features",
        "figure": "seconds",
        "method": method,
        "value": round(best["seconds"], 2),
        "of_tries": [round(run["seconds"], 2) for run in runs],
        "cpu_seconds": round(best["cpu_seconds"], 2),
        "rows": best["rows"],
        "features": best["features"],
        "rows_per_second": round(best["rows"] / best["seconds"]),
        "peak_rss_mb": max(run["peak_rss_mb"] for run in runs),
        "rss_with_the_input_mb": best["rss_with_the_input_mb"],
    } | ({"aim": AIM} if method == "ours" else {})


def _compare(ours: Path, theirs: Path, method: str) -> dict[str, Any]:
    """Count the values that differ outside rows of one customer in one second, where our tie rule holds."""
    left = pd.read_parquet(ours, columns=list(HANDBOOK_NAMES))
    right = pd.read_parquet(theirs, columns=list(HANDBOOK_NAMES)).loc[left.index]
    tied = pd.read_parquet(FILE, columns=["CUSTOMER_ID", "TX_DATETIME"]).duplicated(keep=False).to_numpy()
    different = ~np.isclose(left, right, rtol=CLOSE, atol=CLOSE)
    return {
        "method": method,
        "compared": int((~tied).sum()) * len(HANDBOOK_NAMES),
        "different_outside_ties": int(different[~tied].sum()),
        "rows_in_ties": int(tied.sum()),
        "different_in_ties": int(different[tied].sum()),
    }


def _command(out: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", "from jikimi.cli import app; app()", "features", str(FILE), str(out)]
    began = time.monotonic()
    subprocess.run([*command, "--format", "handbook"], cwd=ROOT, env=_environment(), check=True, stdout=subprocess.PIPE)
    figure = {"measurement": "features", "figure": "whole_command_s", "command": "jikimi features, file to file"}
    return figure | {"value": round(time.monotonic() - began, 1)}
