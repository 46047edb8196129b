"""The services of one stack: how each is started and what a person finds there."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.connections import REDIRECT_URI, SANDBOX_SECRETS, template_options
from infra.local.demo_plan import DEMO_FILE, live_from
from infra.local.grafana import find_grafana, grafana_environment
from infra.local.postgres import EmbeddedPostgres
from infra.local.settings import ROOT, Settings
from infra.local.workers import WORKERS, celery_environment, find_redis, worker_words

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Service:
    """One supervised process.

    :param starts_with_stack: False where a step of `up` starts it later.
    :param user: system user, where it may not run as root.
    """

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    user: str | None = None
    stop_signal: str = "TERM"
    starts_with_stack: bool = False
    restarts: str = "true"
    seconds_until_up: int = 3


def services_of(settings: Settings) -> list[Service]:
    """Return the services in the order in which they start."""
    return [
        *([] if settings.postgres_url else [_postgres(settings)]),
        *_redis(settings),
        _mlflow(settings),
        _sandbox(settings),
        *_airflow(settings),
        *_grafana(settings),
        _replay(settings),
    ]


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    """Return the embedded server of this stack."""
    return EmbeddedPostgres(settings.home / "postgres", settings.ports["postgres"], settings.secrets["postgres"])


def airflow_environment(settings: Settings) -> dict[str, str]:
    """Return Airflow's settings: the shared ones, this stack's addresses and its secrets."""
    home, base_url = settings.home / "airflow", settings.url("airflow")
    lines = (ROOT / "infra/airflow/airflow.env").read_text(encoding="utf-8").splitlines()
    shared = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    database = _sqlalchemy(settings.role_url("airflow", "airflow"))
    on_celery = celery_environment(settings, database) if settings.executor == "celery" else {}
    return shared | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__FERNET_KEY": settings.secrets["airflow_fernet"],
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{base_url}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        # For the clean-up alone: from its own setting above Airflow cuts tasks off.
        "JIKIMI_METADATA_URL": _sqlalchemy(settings.role_url("airflow", "airflow")),
        "AIRFLOW__API__BASE_URL": base_url,
        "AIRFLOW__API__SECRET_KEY": settings.secrets["airflow_session"],
        "AIRFLOW__API_AUTH__JWT_SECRET": settings.secrets["airflow_jwt"],
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}",
        **on_celery,
    }


def _postgres(settings: Settings) -> Service:
    server = embedded_postgres(settings)
    # INT is PostgreSQL's fast shutdown; TERM would wait for clients that are being stopped as well.
    return Service("postgres", server.command, user=server.system_user, stop_signal="INT", starts_with_stack=True)


def _redis(settings: Settings) -> list[Service]:
    program = find_redis() if settings.executor == "celery" else None
    return [Service("redis", [program, str(settings.home / "redis/redis.conf")])] if program else []


def _mlflow(settings: Settings) -> Service:
    command = [str(BIN / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(settings.ports["mlflow"])]
    command += ["--workers", "1", "--artifacts-destination", str(settings.home / "mlflow/artifacts")]
    environment = {
        "MLFLOW_BACKEND_STORE_URI": _sqlalchemy(settings.role_url("mlflow", "mlflow")),
        # The job runners would take 2 GB for features that Jikimi does not use.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    return Service("mlflow", command, environment)


def _sandbox(settings: Settings) -> Service:
    command = [sys.executable, "-m", "infra.kakao_sandbox", "--folder", str(settings.home / "kakao_sandbox")]
    command += ["--port", str(settings.ports["sandbox"]), "--smtp-port", str(settings.ports["smtp"])]
    # One sender serves the whole demo, where Kakao would stop after 100 messages a day.
    command += ["--sender-quota", "30000", "--redirect-uri", REDIRECT_URI, *template_options()]
    return Service("sandbox", command, sandbox_environment(settings))


def sandbox_environment(settings: Settings) -> dict[str, str]:
    """Return the keys and secrets that the sandbox accepts."""
    return {variable: settings.secrets[name] for variable, name in SANDBOX_SECRETS.items()}


def _airflow(settings: Settings) -> list[Service]:
    environment = airflow_environment(settings)
    api_server = ["api-server", "--host", "127.0.0.1", "--port", str(settings.ports["airflow"]), "--workers", "1"]
    commands = {
        "api-server": api_server,
        "dag-processor": ["dag-processor"],
        # Logs are read from the same disk, so no further port is opened to serve them.
        "triggerer": ["triggerer", "--skip-serve-logs"],
        "scheduler": ["scheduler", "--skip-serve-logs"],
        **({name: worker_words(name) for name in WORKERS} if settings.executor == "celery" else {}),
    }
    return [Service(name, [str(BIN / "airflow"), *words], environment) for name, words in commands.items()]


def _grafana(settings: Settings) -> list[Service]:
    command = find_grafana()
    return [Service("grafana", command, grafana_environment(settings))] if command else []


def _replay(settings: Settings) -> Service:
    command = [str(BIN / "jikimi"), "replay", str(settings.home / DEMO_FILE), "--format", "canonical"]
    command += ["--rate", os.environ.get("JIKIMI_DEMO_RATE", "20")]
    command += ["--from", live_from(settings.home).isoformat()]
    return Service("replay", command, restarts="unexpected", seconds_until_up=0)


def _sqlalchemy(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg2://", 1)
