"""`python -m infra.compose.demo prepare|replay`: the demonstration of `make up`, on the containers' own services."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from infra.local import demo
from infra.local.airflow_client import AirflowClient
from infra.local.connections import SANDBOX_SECRETS, SandboxAccounts
from infra.local.demo_plan import DEMO_FILE, live_from
from infra.local.settings import Settings
from infra.local.stack import Say, Stack, StackError

SMTP_PORT = 1025
_ADDRESSES = {"airflow": "JIKIMI_AIRFLOW_URL", "sandbox": "JIKIMI_SANDBOX_URL"}
_SECRETS = {
    "airflow_admin": "AIRFLOW_ADMIN_PASSWORD",
    "webhook": "JIKIMI_WEBHOOK_SECRET",
    **{name: variable for variable, name in SANDBOX_SECRETS.items()},
}


@dataclass(frozen=True)
class ContainerSettings(Settings):
    """Settings whose services have addresses of their own.

    :param addresses: service -> address inside the containers' network.
    """

    addresses: dict[str, str] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """Return the address of a service, as the containers see it."""
        return self.addresses[service]

    def role_url(self, database: str, role: str) -> str:
        """Return the one address of PostgreSQL that is known here, the role `jikimi`'s."""
        if (database, role) != ("jikimi", "jikimi") or not self.postgres_url:
            raise StackError(f"the demonstration has no access to the database {database} as {role}")
        return self.postgres_url


class ContainerStack(Stack):
    """The part of a stack that the demonstration needs; Compose starts and stops the services."""

    def __init__(self, settings: ContainerSettings, say: Say) -> None:
        # Not Stack's own: it would set up a process manager.
        self.settings = settings
        self.airflow = AirflowClient(settings)
        self._say = say

    def connect(self) -> None:
        """Register the sandbox's accounts, where an operator has not done so, and have it report to Airflow."""
        self._connect_channels()
        self._announce_webhook()

    def wait_until_healthy(self) -> None:
        """Wait until every part of Airflow reports health and our DAGs are parsed."""
        _wait_for(self.airflow.is_healthy, 300, "Airflow is not healthy")
        _wait_for(self._dags_are_parsed, 300, "Airflow has not parsed our DAGs")

    def _accounts(self) -> SandboxAccounts:
        host = urlsplit(self.settings.url("sandbox")).hostname or "sandbox"
        return SandboxAccounts(self.settings.url("sandbox"), (host, SMTP_PORT), self.settings.secrets)

    def _environment(self) -> dict[str, str]:
        return dict(os.environ)


def settings_from(environment: Mapping[str, str]) -> ContainerSettings:
    """Read the settings from the variables that docker-compose.yaml gives.

    :raises KeyError: one is missing.
    """
    return ContainerSettings(
        home=Path(environment["JIKIMI_HOME"]),
        ports={},
        secrets={name: environment[variable] for name, variable in _SECRETS.items()},
        postgres_url=environment["JIKIMI_DATABASE_URL"],
        addresses={service: environment[variable] for service, variable in _ADDRESSES.items()},
    )


def prepare(stack: ContainerStack) -> None:
    """Connect, load 90 simulated days, have Airflow train the first panel; goes on where an earlier run ended."""
    stack.wait_until_healthy()
    stack.connect()
    demo.load_history(stack)
    demo.train_first_panel(stack, _say)


def replay_command(home: Path) -> list[str]:
    """Return the command that lands the days after the history at 20 rows a second."""
    since = live_from(home).isoformat()
    return ["jikimi", "replay", str(home / DEMO_FILE), "--format", "canonical", "--rate", "20", "--from", since]


def main(arguments: list[str]) -> int:
    """Run one of the two. Returns the exit code."""
    if arguments == ["replay"]:
        command = replay_command(Path(os.environ["JIKIMI_HOME"]))
        os.execvp(command[0], command)  # noqa: S606 - signals must reach the replay itself
    if arguments != ["prepare"]:
        print("usage: python -m infra.compose.demo prepare|replay", file=sys.stderr)
        return 2
    try:
        prepare(ContainerStack(settings_from(os.environ), _say))
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _wait_for(is_ready: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > deadline:
            raise StackError(f"{otherwise} after {seconds:.0f} s: see `docker compose ps` and `docker compose logs`.")
        time.sleep(1)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
