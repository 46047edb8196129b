"""Talks to this stack's Airflow over its public API, as an operator's script would."""

from typing import Any

import requests

from infra.local.settings import Settings

# A machine that has other work answers late; asking again would start a second run.
_PATIENCE_SECONDS = 120


class AirflowClient:
    """A logged-in session of the user `admin`."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.url("airflow")
        self._password = settings.secrets["airflow_admin"]
        self._session = requests.Session()

    def is_healthy(self) -> bool:
        """Tell whether api-server, scheduler, triggerer and dag-processor all report health."""
        try:
            answer = requests.get(f"{self._base}/api/v2/monitor/health", timeout=5).json()
        except (requests.RequestException, ValueError):
            return False
        return all(part["status"] == "healthy" for part in answer.values())

    def has_dag(self, dag_id: str) -> bool:
        """Tell whether a DAG was parsed."""
        return self._request("GET", f"/dags/{dag_id}").status_code == 200

    def dag_details(self, dag_id: str) -> dict[str, Any]:
        """Return all that the page of a DAG shows."""
        return dict(self._request("GET", f"/dags/{dag_id}/details").json())

    def import_errors(self) -> list[str]:
        """Return what kept DAG files from being parsed."""
        answer = self._request("GET", "/importErrors").json()
        return [f"{error['filename']}: {error['stack_trace']}" for error in answer["import_errors"]]

    def has_connection(self, connection_id: str) -> bool:
        """Tell whether a connection is registered."""
        return self._request("GET", f"/connections/{connection_id}").status_code == 200

    def add_connection(self, connection: dict[str, str]) -> None:
        """Register a connection, as the page Admin > Connections would."""
        self._request("POST", "/connections", json=connection).raise_for_status()

    def start_run(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Start a run by hand and return its id."""
        answer = self._request("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": conf or {}})
        answer.raise_for_status()
        return str(answer.json()["dag_run_id"])

    def run_state(self, dag_id: str, run_id: str) -> str:
        """Return the state of a run: `queued`, `running`, `success` or `failed`."""
        answer = self._request("GET", f"/dags/{dag_id}/dagRuns/{run_id}")
        answer.raise_for_status()
        return str(answer.json()["state"])

    def _request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        if "Authorization" not in self._session.headers:
            self._log_in()
        return self._session.request(method, f"{self._base}/api/v2{path}", timeout=_PATIENCE_SECONDS, **arguments)

    def _log_in(self) -> None:
        body = {"username": "admin", "password": self._password}
        answer = requests.post(f"{self._base}/auth/token", json=body, timeout=_PATIENCE_SECONDS)
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
