"""A real MLflow server and one training that was logged to it, shared by the tests of tracking."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from ml.features import compute_features
from ml.simulation import simulate
from ml.tracking import LoggedTraining, log_training
from ml.training import TrainedPanel, TrainingSpec, train
from tests.conftest import free_port
from tests.small_members import small_members

SPEC = TrainingSpec(messages_per_10k=100)


class Server(NamedTuple):
    uri: str
    artefacts: Path


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mlflow")
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "files"),
    ]
    environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    uri = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(uri, process)
        yield Server(uri, folder / "files")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _wait_until_healthy(uri: str, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{uri}/health", timeout=2).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.3)
        else:
            return
    pytest.fail("the MLflow server did not come up")


@pytest.fixture(scope="package")
def spec() -> TrainingSpec:
    return SPEC


@pytest.fixture(scope="package")
def history() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    transactions, labels = simulate(400, 100, 60, seed=3, end=datetime(2025, 6, 1, tzinfo=UTC))
    return compute_features(transactions, labels), transactions, labels


@pytest.fixture(scope="package")
def panel(history: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> TrainedPanel:
    with small_members():
        return train(*history, SPEC)


@pytest.fixture(scope="package")
def logged(
    server: Server, panel: TrainedPanel, history: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
) -> LoggedTraining:
    return log_training(panel, history[0], SPEC, server.uri, context={"started_by": "a test"})


@pytest.fixture
def closed_port() -> int:
    """A port that nobody listens on."""
    return free_port()
