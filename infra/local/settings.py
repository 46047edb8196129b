"""Where this checkout's stack lives: folders, ports, addresses and generated secrets."""

import json
import os
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.fernet import Fernet

from infra.local.connections import SANDBOX_SECRETS
from infra.postgres.databases import ROLES, database_url

ROOT = Path(__file__).parents[2]
# Marks each process of a stack, so that what a killed manager left behind can be found.
STACK_VARIABLE = "JIKIMI_STACK"
# The "bad ports" of the Fetch standard above 1024: a page there opens in no browser.
_UNSAFE_PORTS = {
    1719,
    1720,
    1723,
    2049,
    3659,
    4045,
    4190,
    5060,
    5061,
    6000,
    6566,
    *range(6665, 6670),
    6679,
    6697,
    10080,
}
_PORTS = {
    "postgres": 5442,
    "mlflow": 5000,
    "airflow": 8080,
    "sandbox": 8090,
    "smtp": 8025,
    "grafana": 3000,
    # Beside the port of a Redis that the system may run.
    "redis": 6389,
}
EXECUTORS = ("local", "celery")
# Nobody's address: the demonstration's mail ends in the sandbox.
_STAFF = "fraud-desk@jikimi.example"


class SettingError(Exception):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """The settings of one stack.

    :param home: folder of everything generated.
    :param ports: TCP port of each service on 127.0.0.1.
    :param secrets: generated passwords and keys by name.
    :param postgres_url: address of the user's own server, or None for the embedded one.
    :param executor: what runs the tasks, one of `EXECUTORS`: the scheduler itself, or Celery's workers over Redis.
    """

    home: Path
    ports: dict[str, int]
    secrets: dict[str, str] = field(repr=False)
    postgres_url: str | None = field(default=None, repr=False)
    executor: str = "local"

    def url(self, service: str) -> str:
        """Return the address of a service's pages."""
        return f"http://127.0.0.1:{self.ports[service]}"

    @property
    def admin_url(self) -> str:
        """Address of the PostgreSQL role that owns the databases."""
        password = self.secrets["postgres"]
        return self.postgres_url or f"postgresql://postgres:{password}@127.0.0.1:{self.ports['postgres']}/postgres"

    def role_url(self, database: str, role: str) -> str:
        """Return the address of a database for one of our roles."""
        return database_url(self.admin_url, database, role, self.secrets[f"role_{role}"])

    @property
    def client_environment(self) -> dict[str, str]:
        """What `jikimi` and the tasks must know; written to `<home>/env`."""
        return {
            "JIKIMI_HOME": str(self.home),
            "JIKIMI_DATABASE_URL": self.role_url("jikimi", "jikimi"),
            "JIKIMI_FERNET_KEY": self.secrets["fernet"],
            "JIKIMI_WEBHOOK_SECRET": self.secrets["webhook"],
            "JIKIMI_STAFF_EMAILS": os.environ.get("JIKIMI_STAFF_EMAILS", _STAFF),
            "JIKIMI_AIRFLOW_URL": self.url("airflow"),
            "JIKIMI_SANDBOX_URL": self.url("sandbox"),
            "MLFLOW_TRACKING_URI": self.url("mlflow"),
        }


def read_settings(home: Path | None = None) -> Settings:
    """Read the settings from the environment and make the secrets that are missing.

    :raises SettingError: a port is not a number, or nobody knows the executor.
    """
    folder = (home or Path(os.environ.get("JIKIMI_HOME", ROOT / ".jikimi"))).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    own_server = os.environ.get("JIKIMI_POSTGRES_URL") or None
    return Settings(folder, _ports(), _secrets(folder / "secrets.json"), own_server, _executor())


def as_running(settings: Settings) -> Settings:
    """Return the settings with the ports that the running stack of this folder was started with."""
    file = settings.home / "ports.json"
    return replace(settings, ports=json.loads(file.read_text(encoding="utf-8"))) if file.exists() else settings


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def write_environment(settings: Settings, has_grafana: bool = False) -> None:
    """Write `<home>/env`, from which the command `jikimi` learns where the stack is."""
    grafana = {"JIKIMI_GRAFANA_URL": settings.url("grafana")} if has_grafana else {}
    lines = (f"{name}={value}\n" for name, value in (settings.client_environment | grafana).items())
    write_private(settings.home / "env", "".join(lines))
    write_private(settings.home / "ports.json", json.dumps(settings.ports))


def _executor() -> str:
    # The first as a word of `make up`, the second in a shell's profile.
    name = os.environ.get("EXECUTOR") or os.environ.get("JIKIMI_EXECUTOR") or EXECUTORS[0]
    if name not in EXECUTORS:
        raise SettingError(f"EXECUTOR={name} is not known: give {' or '.join(EXECUTORS)}.")
    return name


def _ports() -> dict[str, int]:
    offset = port_offset()
    return {name: _port(f"JIKIMI_{name.upper()}_PORT", port + offset) for name, port in _PORTS.items()}


def port_offset() -> int:
    """Return what is added to each default port."""
    return _number("JIKIMI_PORT_OFFSET", 0)


def _port(variable: str, default: int) -> int:
    port = _number(variable, default)
    if not 0 < port < 65_536 or port in _UNSAFE_PORTS:
        why = "browsers refuse to open it" if port in _UNSAFE_PORTS else "ports end at 65535"
        raise SettingError(f"port {port} cannot be used, {why}: set {variable} or another JIKIMI_PORT_OFFSET.")
    return port


def _number(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal():
        raise SettingError(f"{variable}={text} is not a number: give one such as {variable}={default}.")
    return int(text)


def _secrets(path: Path) -> dict[str, str]:
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    wanted = {name: secrets.token_urlsafe(18) for name in _secret_names()}
    wanted |= {"fernet": Fernet.generate_key().decode(), "airflow_fernet": Fernet.generate_key().decode()}
    merged = wanted | known
    if merged != known:
        write_private(path, json.dumps(merged, indent=2))
    return merged


def _secret_names() -> list[str]:
    roles = [f"role_{role}" for role in ROLES]
    others = [
        "postgres",
        "airflow_admin",
        "airflow_jwt",
        "airflow_session",
        "grafana_admin",
        "redis",
        "webhook",
        *SANDBOX_SECRETS.values(),
    ]
    return roles + others
