"""The table at the end of `make up`: where everything is, what to look at there, where the passwords are."""

from rich.console import Group
from rich.table import Table

from infra.local.grafana import HOW_TO_GET_GRAFANA
from infra.local.stack import Stack
from infra.local.workers import WORKERS


def addresses(stack: Stack) -> Group:
    """Return the table, and one line on Grafana where it is missing."""
    settings = stack.settings
    table = Table("open", "address", "and look at", title="Jikimi runs", title_justify="left")
    table.add_row("inbox", settings.url("sandbox"), "what customers and staff get, on every channel")
    table.add_row("faults", settings.url("sandbox") + "/faults", "what the channels shall get wrong")
    table.add_row("Airflow", settings.url("airflow"), "score_transactions (user admin)")
    table.add_row("MLflow", settings.url("mlflow"), "experiment jikimi, its models")
    if stack.has_grafana:
        table.add_row("Grafana", settings.url("grafana"), "dashboard Operations (user admin)")
    table.add_row("PostgreSQL", _server(stack), "landed_transactions (role producer)")
    if stack.runs_on_celery:
        table.add_row("Redis", f"127.0.0.1:{settings.ports['redis']}", f"what {' and '.join(WORKERS)} take tasks from")
    table.add_row("this terminal", ".venv/bin/jikimi status", "counts, backlog, latency")
    redis = ", redis" if stack.runs_on_celery else ""
    passwords = f"Passwords: airflow_admin, grafana_admin{redis} and role_* in {settings.home / 'secrets.json'}"
    return Group(table, passwords) if stack.has_grafana else Group(table, passwords, HOW_TO_GET_GRAFANA)


def _server(stack: Stack) -> str:
    return stack.settings.admin_url.rsplit("@", 1)[-1].rsplit("/", 1)[0]
