"""`jikimi status`: how everything is."""

from dataclasses import asdict
from typing import Any

import typer

from jikimi.cli.failures import NOT_UP
from jikimi.cli.options import AsJson
from jikimi.cli.tables import print_json, print_rows
from jikimi.services import check_services
from jikimi.store.connection import open_store
from jikimi.store.status import Status, read_status


def show(as_json: AsJson = False) -> None:
    """Show services, counts, backlog, champion panel and how fast messages are; code 3 where a service is down."""
    services = check_services()
    is_up = {service.name: service.state != "down" for service in services}
    figures: Status | None = None
    if is_up["postgres"]:
        with open_store() as connection:
            figures = read_status(connection)
    if as_json:
        print_json({"services": [asdict(s) for s in services], "figures": asdict(figures) if figures else None})
    else:
        print_rows([asdict(service) for service in services], ("name", "state", "detail"))
        if figures:
            typer.echo("")
            print_rows(_lines(figures), ("figure", "value"))
    raise typer.Exit(0 if all(is_up.values()) else NOT_UP)


def _lines(figures: Status) -> list[dict[str, Any]]:
    alerts = ", ".join(f"{count:,} {state}" for state, count in figures.alerts.items())
    counts = ("landed", "valid", "quarantined", "held", "scored", "unanimous", "customers", "labels")
    lines = {name: f"{getattr(figures, name):,}" for name in counts}
    lines["alerts"] = alerts or "none"
    lines["waiting for a person"] = _unknown(figures)
    lines["backlog"] = _backlog(figures)
    lines["landed to accepted, last 15 minutes"] = _latency(figures)
    lines["champion"] = _champion(figures)
    return [{"figure": name, "value": value} for name, value in lines.items()]


def _backlog(figures: Status) -> str:
    if figures.backlog_age_seconds is None:
        return "none"
    waiting = f"{figures.unclaimed:,} to validate, {figures.unscored:,} to score"
    return f"{waiting}, the oldest for {figures.backlog_age_seconds:,.1f} s"


def _unknown(figures: Status) -> str:
    if figures.unknown_since is None:
        return "none"
    since = f"{figures.unknown_since.astimezone():%Y-%m-%d %H:%M}"
    return f"{figures.alerts['unknown']:,} unknown, the oldest since {since}: `jikimi alerts inbox`"


def _latency(figures: Status) -> str:
    if figures.latency_p50_seconds is None:
        return "no message"
    return f"p50 {figures.latency_p50_seconds:.2f} s, p95 {figures.latency_p95_seconds:.2f} s"


def _champion(figures: Status) -> str:
    if (panel := figures.champion) is None:
        return "none yet: run the DAG train_panel"
    members = ", ".join(panel.members)
    return f"panel {panel.panel_id} ({members}; {panel.policy}), since {panel.promoted_at:%Y-%m-%d %H:%M} UTC"
