"""What MLflow keeps of a training that came to nothing: a failed run that says why."""

from collections.abc import Mapping
from types import MappingProxyType

import mlflow
from mlflow import MlflowClient

from ml.tracking.server import demand_server
from ml.tracking.training import EXPERIMENT


def log_failure(
    sentence: str,
    tracking_uri: str,
    experiment: str = EXPERIMENT,
    context: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Write a failed run with the reason as its description and as the tag `failure`; returns its id.

    :param context: tags of the run: who or what started the training.
    :raises mlflow.exceptions.MlflowException: the server cannot be reached or refuses.
    """
    demand_server(tracking_uri)
    mlflow.set_tracking_uri(tracking_uri)
    experiment_id = mlflow.set_experiment(experiment).experiment_id
    client = MlflowClient(tracking_uri)
    tags = {**context, "failure": sentence, "mlflow.note.content": sentence}
    run_id = str(client.create_run(experiment_id, run_name="failed training", tags=tags).info.run_id)
    client.set_terminated(run_id, "FAILED")
    return run_id
