"""What MLflow keeps of a training: a run with one nested run per member, and the members' versions in the registry."""

import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Final

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.models import Model, ModelSignature, infer_signature
from xgboost import XGBModel

from ml.models import Estimator, single_threaded
from ml.training import TrainedPanel, TrainingSpec

with warnings.catch_warnings():
    # On import skops looks at every name of every loaded module, which has Airflow warn a thousand times.
    warnings.simplefilter("ignore")
    import skops.io  # noqa: F401

EXPERIMENT: Final = "jikimi"
CHAMPION_ALIAS: Final = "champion"
# What our own members hold besides plain arrays; skops refuses to load any other code.
TRUSTED_TYPES: Final = [
    "sklearn.tree._tree.Tree",
    "scipy.interpolate._bsplines.BSpline",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
]
EXAMPLE_ROWS: Final = 5


@dataclass(frozen=True)
class LoggedTraining:
    """Where a training is kept.

    :param run_id: of the parent run.
    :param versions: member -> (name in the registry, version).
    """

    run_id: str
    versions: dict[str, tuple[str, int]]


def log_training(
    panel: TrainedPanel, features: pd.DataFrame, spec: TrainingSpec, tracking_uri: str, experiment: str = EXPERIMENT
) -> LoggedTraining:
    """Log a training and register its members as `jikimi_<member>`.

    :param features: some rows of features: the members' signature and example are made of the first ones.
    :raises mlflow.exceptions.MlflowException: the server cannot be reached or refuses.
    """
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_experiment(experiment)
    # Has MLflow list these runs as trainings; its own switch at the top left (GenAI, Model training) stays as it is.
    mlflow.set_experiment_tag("mlflow.experimentKind", "custom_model_development")
    with mlflow.start_run(run_name=f"panel {panel.windows.judged_until:%Y-%m-%d}") as run:
        mlflow.log_params(_panel_parameters(panel, spec))
        mlflow.log_metrics(panel.figures)
        versions = {name: _log_member(panel, name, features.head(EXAMPLE_ROWS)) for name in panel.members}
    return LoggedTraining(run.info.run_id, versions)


def run_url(run_id: str, tracking_uri: str, pages: str) -> str:
    """Return the address of a run's page.

    :param pages: address under which people open MLflow.
    """
    run = MlflowClient(tracking_uri).get_run(run_id)
    return f"{pages.rstrip('/')}/#/experiments/{run.info.experiment_id}/runs/{run_id}"


def log_decision(run_id: str, is_promoted: bool, sentence: str, tracking_uri: str) -> None:
    """Write on a training's run whether its panel was promoted, and why."""
    client = MlflowClient(tracking_uri)
    client.set_tag(run_id, "is_promoted", str(is_promoted).lower())
    client.set_tag(run_id, "decision", sentence)
    client.set_tag(run_id, "mlflow.note.content", sentence)


def set_champion(versions: Mapping[str, int], tracking_uri: str) -> None:
    """Give the alias `champion` to these versions: name in the registry -> version."""
    client = MlflowClient(tracking_uri)
    for name, number in versions.items():
        client.set_registered_model_alias(name, CHAMPION_ALIAS, str(number))


def load_member(name: str, number: int, tracking_uri: str) -> Estimator:
    """Load a registered version, ready to score in one thread.

    :raises mlflow.exceptions.MlflowException: the server cannot be reached, or there is no such version.
    """
    mlflow.set_tracking_uri(tracking_uri)
    with tempfile.TemporaryDirectory() as folder:
        path = mlflow.artifacts.download_artifacts(f"models:/{name}/{number}", dst_path=folder)
        flavor = mlflow.xgboost if "xgboost" in Model.load(path).flavors else mlflow.sklearn
        return single_threaded(flavor.load_model(path))


def _log_member(panel: TrainedPanel, name: str, example: pd.DataFrame) -> tuple[str, int]:
    member = panel.members[name]
    with mlflow.start_run(run_name=name, nested=True):
        mlflow.log_params(_member_parameters(member) | {"threshold": panel.thresholds[name]})
        mlflow.log_metrics(panel.member_figures[name])
        registered = f"jikimi_{name}"
        signature = infer_signature(example, member.predict_proba(example))
        info = _log_model(member, registered, signature, example)
    return registered, int(info.registered_model_version)


def _log_model(member: Estimator, registered: str, signature: ModelSignature, example: pd.DataFrame) -> Any:
    # Requirements are given, because MLflow would otherwise load the model in a fresh process to find them out.
    common = {
        "name": "model",
        "registered_model_name": registered,
        "signature": signature,
        "input_example": example,
        "pip_requirements": [f"{package}=={version(package)}" for package in ("scikit-learn", "xgboost", "pandas")],
    }
    if isinstance(member, XGBModel):
        return mlflow.xgboost.log_model(member, **common)
    return mlflow.sklearn.log_model(
        member, **common, pyfunc_predict_fn="predict_proba", skops_trusted_types=TRUSTED_TYPES
    )


def _panel_parameters(panel: TrainedPanel, spec: TrainingSpec) -> dict[str, str | int]:
    windows = {name: f"{instant:%Y-%m-%dT%H:%M:%SZ}" for name, instant in asdict(panel.windows).items()}
    settings = {name: str(value) for name, value in asdict(spec).items() if name != "members"}
    rows = {"training_rows": panel.training_rows, "training_frauds": panel.training_frauds}
    return settings | {"members": ", ".join(spec.members)} | windows | rows


def _member_parameters(member: Estimator) -> dict[str, str]:
    """Return the plain parameters; a pipeline's include those of its steps, its steps themselves say nothing."""
    plain = (str, int, float, bool)
    return {name: str(value) for name, value in member.get_params().items() if isinstance(value, plain)}
