"""A training in MLflow: a run with one nested run per member, later the decision on it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final

import mlflow
import pandas as pd
from mlflow import MlflowClient

from ml.models import Estimator
from ml.tracking.members import LoggedMember, log_model
from ml.tracking.server import demand_server
from ml.training import TrainedPanel, TrainingSpec

EXPERIMENT: Final = "jikimi"


@dataclass(frozen=True)
class LoggedTraining:
    """Where a training is kept.

    :param run_id: of the parent run.
    :param versions: by member.
    """

    run_id: str
    versions: dict[str, LoggedMember]


def log_training(
    panel: TrainedPanel,
    features: pd.DataFrame,
    spec: TrainingSpec,
    tracking_uri: str,
    experiment: str = EXPERIMENT,
    context: Mapping[str, str] = MappingProxyType({}),
) -> LoggedTraining:
    """Log a training and register its members as `jikimi_<member>`.

    :param features: some rows of features: the members' signature and example are made of the first ones.
    :param context: tags of the parent run: who or what started the training.
    :raises mlflow.exceptions.MlflowException: the server cannot be reached or refuses.
    """
    demand_server(tracking_uri)
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_experiment(experiment)
    # Has MLflow list these runs as trainings; its own switch at the top left (GenAI, Model training) stays as it is.
    mlflow.set_experiment_tag("mlflow.experimentKind", "custom_model_development")
    with mlflow.start_run(run_name=f"panel {panel.windows.judged_until:%Y-%m-%d}", tags=dict(context)) as run:
        mlflow.log_params(_panel_parameters(panel, spec))
        mlflow.log_metrics(finite(panel.figures))
        versions = {name: _log_member(panel, name, features) for name in panel.members}
    return LoggedTraining(run.info.run_id, versions)


def run_url(run_id: str, tracking_uri: str, pages: str) -> str:
    """Return the address of a run's page.

    :param pages: address under which people open MLflow.
    """
    run = MlflowClient(tracking_uri).get_run(run_id)
    return f"{pages.rstrip('/')}/#/experiments/{run.info.experiment_id}/runs/{run_id}"


def log_decision(
    run_id: str,
    is_promoted: bool,
    sentence: str,
    tracking_uri: str,
    figures: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write on a training's run whether its panel was promoted, and why.

    :param figures: what the decision was made on, where it is not among the run's figures yet.
    :raises mlflow.exceptions.MlflowException: the server cannot be reached, or there is no such run.
    """
    demand_server(tracking_uri)
    client = MlflowClient(tracking_uri)
    client.set_tag(run_id, "is_promoted", str(is_promoted).lower())
    client.set_tag(run_id, "decision", sentence)
    client.set_tag(run_id, "mlflow.note.content", sentence)
    for name, value in finite(figures).items():
        client.log_metric(run_id, name, value)


def finite(figures: Mapping[str, float]) -> dict[str, float]:
    """Return the figures that could be computed: MLflow would show NaN as a number."""
    return {name: value for name, value in figures.items() if math.isfinite(value)}


def _log_member(panel: TrainedPanel, name: str, features: pd.DataFrame) -> LoggedMember:
    member = panel.members[name]
    with mlflow.start_run(run_name=name, nested=True):
        mlflow.log_params(_member_parameters(member) | {"threshold": panel.thresholds[name]})
        mlflow.log_metrics(finite(panel.member_figures[name]))
        return log_model(member, name, features)


def _panel_parameters(panel: TrainedPanel, spec: TrainingSpec) -> dict[str, str | int]:
    windows = {name: f"{instant:%Y-%m-%dT%H:%M:%SZ}" for name, instant in asdict(panel.windows).items()}
    settings = {name: str(value) for name, value in asdict(spec).items() if name != "members"}
    rows = {"training_rows": panel.training_rows, "training_frauds": panel.training_frauds}
    return settings | {"members": ", ".join(spec.members)} | windows | rows


def _member_parameters(member: Estimator) -> dict[str, str]:
    """Return the plain parameters; a pipeline's include those of its steps, its steps themselves say nothing."""
    plain = (str, int, float, bool)
    return {name: str(value) for name, value in member.get_params().items() if isinstance(value, plain)}
