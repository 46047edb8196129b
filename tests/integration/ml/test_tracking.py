"""A training is logged to a real MLflow server, and its members come back from it as they were."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.models import get_model_info

from ml.features import FEATURE_NAMES, compute_features
from ml.scoring import score_members
from ml.simulation import simulate
from ml.tracking import LoggedTraining, load_member, log_decision, log_training, set_champion
from ml.training import TrainedPanel, TrainingSpec, train

SPEC = TrainingSpec(messages_per_10k=100)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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
        yield uri
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


@pytest.fixture(scope="module")
def history() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    transactions, labels = simulate(400, 100, 60, seed=3, end=datetime(2025, 6, 1, tzinfo=UTC))
    return compute_features(transactions, labels), transactions, labels


@pytest.fixture(scope="module")
def panel(history: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> TrainedPanel:
    return train(*history, SPEC)


@pytest.fixture(scope="module")
def logged(
    server: str, panel: TrainedPanel, history: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
) -> LoggedTraining:
    return log_training(panel, history[0], SPEC, server)


def test_every_member_has_a_nested_run_with_the_same_metrics(
    server: str, logged: LoggedTraining, panel: TrainedPanel
) -> None:
    client = MlflowClient(server)
    parent = client.get_run(logged.run_id)
    nested = client.search_runs([parent.info.experiment_id], f"tags.`mlflow.parentRunId` = '{logged.run_id}'")
    assert {run.info.run_name: run.data.metrics for run in nested} == panel.member_figures
    assert parent.data.metrics == panel.figures
    assert parent.data.params["messages_per_10k"] == "100"


def test_members_score_the_same_after_they_were_loaded(
    server: str, logged: LoggedTraining, panel: TrainedPanel, history: tuple
) -> None:
    loaded = {member: load_member(name, number, server) for member, (name, number) in logged.versions.items()}
    rows = history[0].tail(300)
    pd.testing.assert_frame_equal(score_members(rows, loaded), score_members(rows, panel.members), check_exact=True)
    assert loaded["random_forest"].get_params()["n_jobs"] == 1
    assert loaded["xgboost"].get_params()["n_jobs"] == 1


def test_a_version_that_does_not_exist_is_an_error(server: str, logged: LoggedTraining) -> None:
    name, _ = logged.versions["xgboost"]
    with pytest.raises(MlflowException):
        load_member(name, 99, server)


def test_registered_models_say_what_they_take(server: str, logged: LoggedTraining) -> None:
    name, number = logged.versions["logistic_regression"]
    assert name == "jikimi_logistic_regression"
    signature = get_model_info(f"models:/{name}/{number}").signature
    assert signature.inputs.input_names() == list(FEATURE_NAMES)


def test_the_champion_alias_moves_to_the_versions_given(server: str, logged: LoggedTraining) -> None:
    set_champion(dict(logged.versions.values()), server)
    for name, number in logged.versions.values():
        assert int(MlflowClient(server).get_model_version_by_alias(name, "champion").version) == number


def test_the_decision_stands_on_the_run(server: str, logged: LoggedTraining) -> None:
    log_decision(logged.run_id, True, "Promoted as the first panel.", server)
    tags = MlflowClient(server).get_run(logged.run_id).data.tags
    assert (tags["is_promoted"], tags["decision"]) == ("true", "Promoted as the first panel.")
