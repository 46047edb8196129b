"""Whether the services of the stack answer, asked over the wire."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from jikimi import defaults
from jikimi.exceptions import JikimiError
from jikimi.store.connection import open_store

_SECONDS = 5
# Service -> (setting that holds its address, path that says how it is).
_PAGES = {
    "airflow": ("JIKIMI_AIRFLOW_URL", "/api/v2/monitor/health"),
    "mlflow": ("MLFLOW_TRACKING_URI", "/health"),
    "kakao sandbox": ("JIKIMI_SANDBOX_URL", "/health"),
    "grafana": ("JIKIMI_GRAFANA_URL", "/api/health"),
}
_PARTS_OF_AIRFLOW = ("metadatabase", "scheduler", "triggerer", "dag_processor")


@dataclass(frozen=True)
class Service:
    """How one service is.

    :param state: `unset` where no setting says where it should be.
    :param detail: address, and what is wrong.
    """

    name: str
    state: Literal["up", "down", "unset"]
    detail: str


def check_services(environment: Mapping[str, str] = os.environ) -> list[Service]:
    """Ask every service at once; each has five seconds to answer."""
    with ThreadPoolExecutor() as pool:
        postgres = pool.submit(_check_postgres)
        others = [
            pool.submit(_check_page, name, environment.get(setting), path) for name, (setting, path) in _PAGES.items()
        ]
        return [postgres.result(), *(other.result() for other in others)]


def _check_postgres() -> Service:
    try:
        with open_store() as connection:
            host, port = connection.info.host, connection.info.port
    except JikimiError as error:
        return Service("postgres", "down", str(error))
    return Service("postgres", "up", f"{host}:{port}, {defaults.home()}")


def _check_page(name: str, url: str | None, path: str) -> Service:
    import httpx

    if not url:
        return Service(name, "unset", f"{_PAGES[name][0]} is not set")
    if not url.startswith("http"):
        return Service(name, "up", url)
    try:
        answer = httpx.get(url.rstrip("/") + path, timeout=_SECONDS)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        return Service(name, "down", f"{url}: {str(error).splitlines()[0] if str(error) else type(error).__name__}")
    problem = _sick_parts(answer) if name == "airflow" else ""
    return Service(name, "down" if problem else "up", f"{url}: {problem}" if problem else url)


def _sick_parts(answer: Any) -> str:
    """Airflow's page answers 200 even where its scheduler is dead; what it says counts."""
    try:
        parts = {name: (answer.json().get(name) or {}).get("status") for name in _PARTS_OF_AIRFLOW}
    except ValueError:
        return "this is not Airflow's health page"
    return ", ".join(f"{name} is {status}" for name, status in parts.items() if status not in (None, "healthy"))
