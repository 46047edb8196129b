"""The file by which Supervisor knows the services: how each is started, restarted, stopped, and where its log is."""

import os
import shlex
from pathlib import Path
from typing import Any

from infra.local.services import Service
from infra.local.settings import ROOT, Settings


def configuration_of(settings: Settings, services: list[Service], socket: Path) -> str:
    """Return the file by which Supervisor runs the services and answers on a socket that only their owner opens."""
    # Supervisor expands `%`; our folders and secrets must reach it as they are.
    sections = [
        ("unix_http_server", {"file": socket, "chmod": "0600"}),
        ("supervisord", _supervisord(settings)),
        ("supervisorctl", {"serverurl": f"unix://{socket}"}),
        (
            "rpcinterface:supervisor",
            {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
        *((f"program:{service.name}", _program(settings, service)) for service in services),
    ]
    return "\n".join(_section(name, values) for name, values in sections)


def _supervisord(settings: Settings) -> dict[str, Any]:
    logs = settings.home / "logs"
    values = {
        "umask": "077",
        "logfile": logs / "supervisord.log",
        "pidfile": settings.home / "supervisord.pid",
        "childlogdir": logs,
    }
    # Named here, since Supervisor warns where root does not say that it means to be root.
    return values | {"user": "root"} if os.geteuid() == 0 else values


def _program(settings: Settings, service: Service) -> dict[str, Any]:
    environment = ",".join(f'{name}="{value}"' for name, value in service.environment.items())
    return {
        "command": shlex.join(service.command),
        "directory": ROOT,
        "environment": environment,
        "autostart": str(service.starts_with_stack).lower(),
        "autorestart": service.restarts,
        "startsecs": service.seconds_until_up,
        "startretries": 10,
        "stopsignal": service.stop_signal,
        "stopwaitsecs": 20,
        "stopasgroup": str(service.stop_signal == "TERM").lower(),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": settings.home / "logs" / f"{service.name}.log",
        "stdout_logfile_maxbytes": "20MB",
        "stdout_logfile_backups": 2,
        **({"user": service.user} if service.user else {}),
    }


def _section(name: str, values: dict[str, Any]) -> str:
    lines = (f"{key} = {str(value).replace('%', '%%')}" for key, value in values.items())
    return "\n".join([f"[{name}]", *lines, ""])
