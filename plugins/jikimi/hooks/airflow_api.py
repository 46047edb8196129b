"""Airflow over its public API, as the page *Dags* uses it: backfills are created, looked at and cancelled."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from jikimi import defaults
from jikimi.exceptions import JikimiError, NotConfigured, ServiceUnavailable

_SECONDS = 30
_USER = "admin"
_PASSWORDS = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"


class AirflowApi:
    """A session at the api-server, logged in when the first thing is asked.

    Its address is the setting `JIKIMI_AIRFLOW_URL`. Who logs in is `JIKIMI_AIRFLOW_USER` with
    `JIKIMI_AIRFLOW_PASSWORD`; without these the user `admin` of the file that Airflow's own login reads.

    :raises NotConfigured: nobody said where Airflow is.
    """

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        url = os.environ.get("JIKIMI_AIRFLOW_URL", "")
        if not url.startswith("http"):
            raise NotConfigured("JIKIMI_AIRFLOW_URL is not set: run `make up` first, or set it to your own Airflow.")
        self.url = url.rstrip("/")
        self._client = httpx.Client(base_url=self.url, timeout=_SECONDS, transport=transport)

    def is_paused(self, dag_id: str) -> bool:
        """Tell whether a DAG starts no runs.

        :raises JikimiError: Airflow does not know the DAG.
        """
        return bool(self._ask("GET", f"/dags/{dag_id}")["is_paused"])

    def create_backfill(
        self, dag_id: str, first: datetime, last: datetime, conf: Mapping[str, Any], runs_at_once: int
    ) -> int:
        """Have runs with these logical dates, both included, made or cleared; returns the backfill's number.

        :raises JikimiError: Airflow refuses, for one because another backfill of the DAG is not over.
        """
        wanted = {
            "dag_id": dag_id,
            "from_date": first.isoformat(),
            "to_date": last.isoformat(),
            "dag_run_conf": dict(conf),
            "reprocess_behavior": "completed",
            "max_active_runs": runs_at_once,
        }
        return int(self._ask("POST", "/backfills", json=wanted)["id"])

    def backfill(self, backfill_id: int) -> dict[str, Any]:
        """Return one backfill: `dag_id`, `from_date`, `to_date`, `dag_run_conf`, `is_paused`, `completed_at`."""
        return self._ask("GET", f"/backfills/{backfill_id}")

    def backfills(self, dag_id: str, limit: int) -> list[dict[str, Any]]:
        """Return the DAG's backfills, newest first."""
        asked = {"dag_id": dag_id, "limit": limit, "order_by": "-id"}
        return list(self._ask("GET", "/backfills", params=asked)["backfills"])

    def cancel_backfill(self, backfill_id: int) -> None:
        """Have no further run of a backfill started; what runs goes on to its end."""
        self._ask("PUT", f"/backfills/{backfill_id}/cancel")

    def run_states(self, dag_id: str, first: datetime, last: datetime) -> dict[str, str]:
        """Return run id -> state of the backfills' runs with these logical dates, both included."""
        states: dict[str, str] = {}
        asked = {"logical_date_gte": first.isoformat(), "logical_date_lte": last.isoformat(), "run_type": "backfill"}
        while True:
            page = self._ask("GET", f"/dags/{dag_id}/dagRuns", params=asked | {"limit": 100, "offset": len(states)})
            states |= {run["dag_run_id"]: run["state"] for run in page["dag_runs"]}
            if not page["dag_runs"] or len(states) >= page["total_entries"]:
                return states

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            if "Authorization" not in self._client.headers:
                self._log_in()
            answer = self._client.request(method, f"/api/v2{path}", **more)
        except httpx.HTTPError as error:
            why = str(error).partition("\n")[0] or type(error).__name__
            raise ServiceUnavailable(
                f"Airflow does not answer ({self.url}: {why}): start it with `make up`."
            ) from error
        return _content(answer, f"{method} {path}")

    def _log_in(self) -> None:
        user, password = _login()
        answer = self._client.post("/auth/token", json={"username": user, "password": password})
        if answer.status_code in (400, 401, 403):
            raise NotConfigured(
                f"Airflow does not let the user {user} in: set JIKIMI_AIRFLOW_USER and JIKIMI_AIRFLOW_PASSWORD."
            )
        self._client.headers["Authorization"] = f"Bearer {_content(answer, 'login')['access_token']}"


def read_instant(text: str | None) -> datetime | None:
    """Return an instant that the API wrote."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _content(answer: httpx.Response, what: str) -> dict[str, Any]:
    try:
        content = answer.json() if answer.content else {}
    except ValueError:
        content = {}
    if answer.is_success and isinstance(content, dict):
        return content
    if answer.status_code >= 500:
        raise ServiceUnavailable(f"Airflow failed at {what} (status {answer.status_code}): look into its log.")
    detail = content.get("detail") if isinstance(content, dict) else None
    raise JikimiError(f"Airflow refused {what}: {_sentence(detail) or f'status {answer.status_code}'}.")


def _sentence(detail: Any) -> str:
    if isinstance(detail, list):
        return "; ".join(str(each.get("msg", each)) if isinstance(each, dict) else str(each) for each in detail)
    return str(detail or "").rstrip(".")


def _login() -> tuple[str, str]:
    """Return who logs in.

    :raises NotConfigured: no setting says, and Airflow's file is not here or not readable.
    """
    user = os.environ.get("JIKIMI_AIRFLOW_USER") or _USER
    if password := os.environ.get("JIKIMI_AIRFLOW_PASSWORD"):
        return user, password
    file = Path(os.environ.get(_PASSWORDS) or defaults.home() / "airflow" / "passwords.json")
    try:
        return user, str(json.loads(file.read_text(encoding="utf-8"))[user])
    except (OSError, ValueError, KeyError) as error:
        raise NotConfigured(
            f"nobody said how to log in to Airflow ({file} has no user {user}): set JIKIMI_AIRFLOW_USER and "
            "JIKIMI_AIRFLOW_PASSWORD, or run `make up`."
        ) from error
