"""A training in MLflow: a run with one nested run per member, later the decision on it."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import mlflow
import pandas as pd
from mlflow import MlflowClient

from ml.monitoring import panel_references
from ml.tracking.card import member_card, model_description, summary, with_decision
from ml.tracking.datasets import judged_dataset, training_dataset
from ml.tracking.describing import day, finite
from ml.tracking.members import LoggedMember, log_model, member_parameters
from ml.tracking.server import demand_server
from ml.training import TrainedPanel, TrainingSpec

EXPERIMENT: Final = "jikimi"
NOTE: Final = "mlflow.note.content"
REFERENCES: Final = "references.json"
"""What the judged rows looked like: what live rows are compared with."""


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
    """Log a training with its pictures and cards, and register its members as `jikimi_<member>`.

    :param features: some rows of features: the members' signature and example are made of the first ones.
    :param context: tags of the parent run: who or what started the training.
    :raises mlflow.exceptions.MlflowException: the server cannot be reached or refuses.
    """
    demand_server(tracking_uri)
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_experiment(experiment)
    # Has MLflow list these runs as trainings; its own switch at the top left (GenAI, Model training) stays as it is.
    mlflow.set_experiment_tag("mlflow.experimentKind", "custom_model_development")
    tags = {**context, "kind": "panel", "dataset_sha256": panel.training_sha256, NOTE: summary(panel, spec)}
    with mlflow.start_run(run_name=_run_name(panel, spec), tags=tags) as run:
        _log_panel(panel, spec)
        versions = {name: _log_member(panel, spec, name, features, run.info.run_id) for name in panel.members}
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
    details: str = "",
) -> None:
    """Write on a training's run whether its panel was promoted, and why.

    :param figures: what the decision was made on, where it is not among the run's figures yet.
    :param details: Markdown for the run's description, such as the decision table; without it the sentence alone.
    :raises mlflow.exceptions.MlflowException: the server cannot be reached, or there is no such run.
    """
    demand_server(tracking_uri)
    client = MlflowClient(tracking_uri)
    note = client.get_run(run_id).data.tags.get(NOTE, "")
    client.set_tag(run_id, "is_promoted", str(is_promoted).lower())
    client.set_tag(run_id, "decision", sentence)
    client.set_tag(run_id, NOTE, with_decision(note, details or sentence))
    for name, value in finite(figures).items():
        client.log_metric(run_id, name, value)


def _log_panel(panel: TrainedPanel, spec: TrainingSpec) -> None:
    from ml.tracking.pictures import draw_panel  # matplotlib: not for those who only load a member

    judged = judged_dataset(panel)
    mlflow.log_params(_panel_parameters(panel, spec))
    mlflow.log_input(training_dataset(panel), context="training")
    mlflow.log_input(judged, context="judging")
    mlflow.log_metrics(finite(panel.figures), dataset=judged)
    references = panel_references(panel.judged_features, panel.judged_scores, panel.thresholds)
    mlflow.log_dict({"references": [asdict(each) for each in references]}, REFERENCES)
    with tempfile.TemporaryDirectory() as folder:
        draw_panel(panel, spec, Path(folder))
        # Not in a folder: MLflow's page that compares runs shows only files at the top side by side.
        mlflow.log_artifacts(folder)


def _log_member(
    panel: TrainedPanel, spec: TrainingSpec, name: str, features: pd.DataFrame, panel_run: str
) -> LoggedMember:
    from ml.tracking.pictures import draw_member

    threshold = panel.thresholds[name]
    with mlflow.start_run(run_name=name, nested=True, tags={"kind": "member"}):
        mlflow.log_params({"threshold": f"{threshold:.6g}"} | member_parameters(panel.members[name]))
        logged, model_id = log_model(panel.members[name], name, features)
        mlflow.log_metrics(finite(panel.member_figures[name]), model_id=model_id, dataset=judged_dataset(panel))
        with tempfile.TemporaryDirectory() as folder:
            drawn = draw_member(panel, name, Path(folder))
            mlflow.log_artifacts(folder)
        card = member_card(panel, spec, name, logged.version, "shap_summary" in drawn)
        mlflow.set_tag(NOTE, card)
    _describe(logged, card, model_description(name), {"panel_run": panel_run, "threshold": repr(threshold)})
    return logged


def _describe(logged: LoggedMember, card: str, description: str, tags: Mapping[str, str]) -> None:
    client = MlflowClient()
    client.update_registered_model(logged.model_name, description)
    client.update_model_version(logged.model_name, str(logged.version), card)
    for key, value in {**tags, "sha256": logged.sha256}.items():
        client.set_model_version_tag(logged.model_name, str(logged.version), key, value)


def _run_name(panel: TrainedPanel, spec: TrainingSpec) -> str:
    """Return what tells trainings apart, the choices first: a list in the browser cuts long names off."""
    days = (panel.windows.trained_until - panel.windows.trained_from).days
    return f"{days} days, budget {spec.messages_per_10k:g}, {day(panel.windows.judged_until)}"


def _panel_parameters(panel: TrainedPanel, spec: TrainingSpec) -> dict[str, str | int]:
    windows = {name: f"{instant:%Y-%m-%dT%H:%M:%SZ}" for name, instant in asdict(panel.windows).items()}
    settings = {name: str(value) for name, value in asdict(spec).items() if name != "members"}
    rows = {
        "training_rows": panel.training_rows,
        "training_frauds": panel.training_frauds,
        "judged_rows": len(panel.judged),
        "judged_frauds": int(panel.judged.is_fraud.sum()),
    }
    thresholds = {f"threshold_{name}": f"{value:.6g}" for name, value in panel.thresholds.items()}
    return settings | {"members": ", ".join(spec.members)} | windows | rows | thresholds
