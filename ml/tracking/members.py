"""One member's way into MLflow and back: logged with its signature, verified by hash, loaded ready to score."""

import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import mlflow
import pandas as pd
from mlflow.models import Model, infer_signature

from ml.models import TRUSTED_TYPES, Estimator, single_threaded
from ml.tracking.digests import TamperedArtefactError, folder_sha256
from ml.tracking.registry import MODEL_PREFIX
from ml.tracking.server import demand_server

EXAMPLE_ROWS: Final = 5


@dataclass(frozen=True)
class LoggedMember:
    """Where a member is kept.

    :param model_name: in the registry.
    :param sha256: of its files, as `ml.tracking.digests.folder_sha256` gives it.
    """

    model_name: str
    version: int
    sha256: str


def log_model(member: Estimator, name: str, rows: pd.DataFrame) -> tuple[LoggedMember, str]:
    """Log a member to the active run and register it as `jikimi_<name>`.

    :param rows: features; the first ones become the signature and the example.
    :return: where it is kept, and MLflow's id of the model, by which figures find it.
    """
    registered = f"{MODEL_PREFIX}{name}"
    example = rows.head(EXAMPLE_ROWS)
    # Requirements are given, because MLflow would otherwise load the model in a fresh process to find them out.
    info = mlflow.sklearn.log_model(
        member,
        name="model",
        registered_model_name=registered,
        signature=infer_signature(example, member.predict_proba(example)),
        input_example=example,
        pip_requirements=[f"{package}=={version(package)}" for package in ("scikit-learn", "xgboost", "pandas")],
        pyfunc_predict_fn="predict_proba",
        skops_trusted_types=TRUSTED_TYPES,
    )
    number = int(info.registered_model_version)
    with tempfile.TemporaryDirectory() as folder:
        digest = folder_sha256(_download(registered, number, folder))
    return LoggedMember(registered, number, digest), info.model_id


def member_parameters(member: Estimator) -> dict[str, str]:
    """Return the plain parameters; those of steps inside a pipeline by the step and their own name."""
    plain = (str, int, float, bool)
    chosen = {name: str(value) for name, value in member.get_params().items() if isinstance(value, plain)}
    return {".".join(name.split("__")[-2:]): value for name, value in chosen.items() if value != "nan"}


def load_member(name: str, number: int, tracking_uri: str, sha256: str | None = None) -> Estimator:
    """Load a registered version, ready to score in one thread.

    :param name: in the registry.
    :param sha256: digest of its files when they were logged; None for versions from before there were digests.
    :raises TamperedArtefactError: the files have another digest; they were not opened.
    :raises mlflow.exceptions.MlflowException: the server cannot be reached, or there is no such version.
    """
    demand_server(tracking_uri)
    mlflow.set_tracking_uri(tracking_uri)
    with tempfile.TemporaryDirectory() as folder:
        path = _download(name, number, folder)
        if sha256 is not None and (found := folder_sha256(path)) != sha256:
            raise TamperedArtefactError(name, number, sha256, found)
        # Versions from before members were calibrated hold XGBoost's own files.
        flavor = mlflow.xgboost if "xgboost" in Model.load(path).flavors else mlflow.sklearn
        return single_threaded(flavor.load_model(str(path)))


def _download(name: str, number: int, folder: str) -> Path:
    return Path(mlflow.artifacts.download_artifacts(f"models:/{name}/{number}", dst_path=folder))
