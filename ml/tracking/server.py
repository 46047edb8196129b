"""Whether the MLflow server answers: asked first, because its client would go on trying for minutes."""

from typing import Final

from mlflow.exceptions import MlflowException
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

PATIENCE_SECONDS: Final = 5
TRIES_AGAIN: Final = 2


def demand_server(tracking_uri: str) -> None:
    """Ask the server whether it is well; an address that is no server's (a file, a database) is not asked.

    :raises mlflow.exceptions.MlflowException: it cannot be reached, or answers with an error.
    """
    if not tracking_uri.startswith(("http://", "https://")):
        return
    try:
        # In the words of MLflow's client, so that its credentials and certificates count here too.
        http_request(
            get_default_host_creds(tracking_uri),
            "/health",
            "GET",
            max_retries=TRIES_AGAIN,
            backoff_factor=1,
            timeout=PATIENCE_SECONDS,
        ).raise_for_status()
    except Exception as error:
        raise MlflowException(f"MLflow does not answer at {tracking_uri}: {error}") from error
