"""Which registered versions are champion and challenger: MLflow repeats for its readers what `panels` decides."""

from collections.abc import Mapping
from typing import Final

from mlflow import MlflowClient

from ml.tracking.server import demand_server

CHAMPION_ALIAS: Final = "champion"
CHALLENGER_ALIAS: Final = "challenger"
MODEL_PREFIX: Final = "jikimi_"


def set_aliases(alias: str, versions: Mapping[str, int], tracking_uri: str) -> None:
    """Give an alias to these versions and to no others of ours: without versions it is gone.

    :param alias: `champion` or `challenger`.
    :param versions: name in the registry -> version.
    :raises mlflow.exceptions.MlflowException: the server cannot be reached, or there is no such version.
    """
    demand_server(tracking_uri)
    client = MlflowClient(tracking_uri)
    for name, number in versions.items():
        client.set_registered_model_alias(name, alias, str(number))
    for model in client.search_registered_models(f"name LIKE '{MODEL_PREFIX}%'"):
        if alias in model.aliases and model.name not in versions:
            client.delete_registered_model_alias(model.name, alias)
