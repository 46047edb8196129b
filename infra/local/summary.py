"""The table at the end of `make up`: where everything is and what to look at there."""

from rich.console import Group
from rich.table import Table

from infra.local.grafana import HOW_TO_GET_GRAFANA
from infra.local.stack import Stack


def addresses(stack: Stack) -> Group:
    """Return the table, and one line on Grafana where it is missing."""
    settings = stack.settings
    table = Table("page", "address", "look at", "who logs in", title="Jikimi runs")
    secrets = settings.home / "secrets.json"
    table.add_row("KakaoTalk inbox", settings.url("sandbox"), "the messages, as customers see them", "nobody has to")
    table.add_row(
        "Airflow", settings.url("airflow"), "DAG score_transactions, Grid", f"admin, airflow_admin in {secrets}"
    )
    table.add_row("MLflow", settings.url("mlflow"), "experiment jikimi, models jikimi_*", "nobody has to")
    if stack.has_grafana:
        table.add_row("Grafana", settings.url("grafana"), "dashboard Operations", f"admin, grafana_admin in {secrets}")
    table.add_row("PostgreSQL", _server(stack), "table landed_transactions", f"producer, role_producer in {secrets}")
    table.add_row("on this terminal", ".venv/bin/jikimi status", "counts, backlog, latency", "")
    return Group(table) if stack.has_grafana else Group(table, HOW_TO_GET_GRAFANA)


def _server(stack: Stack) -> str:
    return stack.settings.admin_url.rsplit("@", 1)[-1].rsplit("/", 1)[0]
