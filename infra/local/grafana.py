"""Grafana, where an installation is found: how it is started and what it is told."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from infra.local.grafana_contacts import contact_environment
from infra.local.settings import ROOT, Settings

HOW_TO_GET_GRAFANA = (
    "Grafana was not found, everything else runs. Get it at https://grafana.com/grafana/download, put `grafana` on the "
    "PATH or the unpacked folder in GRAFANA_HOME, and run `make up` again."
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Grafana knows fewer modes than libpq: what may be encrypted or not is not a choice it offers.
_SSL_MODES = ("disable", "require", "verify-ca", "verify-full")
_QUIET = {
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    "GF_ANALYTICS_FEEDBACK_LINKS_ENABLED": "false",
    "GF_NEWS_NEWS_FEED_ENABLED": "false",
    # Otherwise Grafana fetches plugins at each start, and fails to where there is no way out.
    "GF_PLUGINS_PREINSTALL_DISABLED": "true",
    "GF_PLUGINS_PREINSTALL_AUTO_UPDATE": "false",
}
_CLOSED = {
    "GF_SERVER_HTTP_ADDR": "127.0.0.1",
    "GF_AUTH_ANONYMOUS_ENABLED": "false",
    "GF_USERS_ALLOW_SIGN_UP": "false",
    "GF_SECURITY_DISABLE_GRAVATAR": "true",
    "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "false",
    "GF_SNAPSHOTS_EXTERNAL_ENABLED": "false",
}


def find_grafana(environment: Mapping[str, str] = os.environ) -> list[str] | None:
    """Return the command that runs Grafana's server, or None where no installation is found.

    An installation is a folder with `bin/grafana` and `conf/defaults.ini`. It is looked for in `GRAFANA_HOME`, then
    around the `grafana` on the `PATH`: an unpacked archive, Homebrew's layout, the Linux packages' layout.
    """
    for home in _candidates(environment):
        if (home / "conf/defaults.ini").is_file() and (binary := _binary(home, environment)):
            return [binary, "server", "--homepath", str(home)]
    return None


def grafana_environment(settings: Settings) -> dict[str, str]:
    """Return Grafana's settings: this stack's folders, port, password and data source; loopback only, no calls out."""
    home = settings.home / "grafana"
    return {
        **_QUIET,
        **_CLOSED,
        **_data_source(make_url(settings.role_url("jikimi", "grafana"))),
        **contact_environment(settings),
        "GF_PATHS_DATA": str(home / "data"),
        "GF_PATHS_LOGS": str(home / "logs"),
        "GF_PATHS_PLUGINS": str(home / "plugins"),
        "GF_PATHS_PROVISIONING": str(ROOT / "grafana/provisioning"),
        "GF_SERVER_HTTP_PORT": str(settings.ports["grafana"]),
        "GF_SERVER_ROOT_URL": settings.url("grafana"),
        "GF_SECURITY_ADMIN_PASSWORD": settings.secrets["grafana_admin"],
        "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": str(ROOT / "grafana/dashboards/en/operations.json"),
        "JIKIMI_GRAFANA_DASHBOARDS": str(ROOT / "grafana/dashboards"),
    }


def _data_source(url: URL) -> dict[str, str]:
    host = f"[{url.host}]" if ":" in (url.host or "") else url.host
    return {
        "JIKIMI_GRAFANA_DB_HOST": f"{host}:{url.port or 5432}",
        "JIKIMI_GRAFANA_DB_PASSWORD": str(url.password),
        "JIKIMI_GRAFANA_DB_SSLMODE": _ssl_mode(url),
    }


def _ssl_mode(url: URL) -> str:
    asked = url.query.get("sslmode")
    if asked in _SSL_MODES:
        return str(asked)
    return "disable" if url.host in _LOOPBACK else "require"


def _candidates(environment: Mapping[str, str]) -> list[Path]:
    if home := environment.get("GRAFANA_HOME"):
        return [Path(home)]
    found = shutil.which("grafana", path=environment.get("PATH", ""))
    if not found:
        return []
    prefix = Path(found).resolve().parent.parent
    return [prefix, prefix / "share/grafana", Path("/usr/share/grafana")]


def _binary(home: Path, environment: Mapping[str, str]) -> str | None:
    # The packages' `grafana` on the PATH is a wrapper that forces the system's own settings: the real one comes first.
    return shutil.which(str(home / "bin/grafana")) or shutil.which("grafana", path=environment.get("PATH", ""))
