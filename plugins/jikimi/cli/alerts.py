"""`jikimi alerts`: what was told to whom."""

from enum import StrEnum
from typing import Annotated

import typer

from jikimi.cli.options import AsJson, Most
from jikimi.cli.tables import print_json, print_rows
from jikimi.store.connection import open_store
from jikimi.store.status import list_alerts

_COLUMNS = (
    "alert_id",
    "reference",
    "created_at",
    "state",
    "channel",
    "transaction_id",
    "customer_id",
    "attempts",
    "last_error",
)
app = typer.Typer(help="Alerts and what became of them.", no_args_is_help=True)


class AlertState(StrEnum):
    """The states of an alert."""

    pending = "pending"
    sending = "sending"
    delivered = "delivered"
    accepted = "accepted"
    failed = "failed"
    unknown = "unknown"
    deferred = "deferred"
    suppressed = "suppressed"


@app.callback()
def alerts() -> None:
    """Alerts and what became of them."""


@app.command("list")
def show(
    state: Annotated[AlertState | None, typer.Option(help="Only alerts in this state.")] = None,
    limit: Most = 50,
    as_json: AsJson = False,
) -> None:
    """List alerts, newest first."""
    with open_store() as connection:
        rows = list_alerts(connection, limit, state.value if state else None)
    if as_json:
        print_json(rows)
    elif rows:
        print_rows(rows, _COLUMNS)
    else:
        typer.echo("There are no alerts" + (f" in the state {state.value}." if state else " yet."))
