"""`jikimi alerts`: what was told to whom, and what a person does about it."""

from typing import Annotated, Any

import typer

from jikimi.cli import alert_decisions, alert_inbox
from jikimi.cli.alert_filters import Channel, Customer, Error, Reference, Since, State, Until, wanted_by
from jikimi.cli.alert_words import in_words, money, next_steps
from jikimi.cli.masks import mask_person, mask_route
from jikimi.cli.options import AsJson, Most
from jikimi.cli.tables import print_json, print_rows, printable
from jikimi.store import alert_desk as store
from jikimi.store.connection import open_store

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
_FACTS = (
    *("alert_id", "reference", "created_at", "customer_id", "name", "language", "transaction_id", "occurred_at"),
    *("amount", "merchant", "category", "card_masked", "channel", "attempts", "due_at", "accepted_at"),
    *("finished_at", "folded_into", "folded_count"),
)
_TABLES = {
    "route": ("position", "channel", "address", "consented_at", "withdrawn_at", "is_struck"),
    "tries": (
        *("started_at", "finished_at", "channel", "connection_id", "outcome", "code", "detail", "dealer_id"),
        "reported_at",
    ),
    "reports": ("received_at", "dealer", "dealer_id", "outcome", "code", "detail", "applied_at"),
    "decisions": ("decided_at", "decision", "state_before", "decided_by", "reason"),
    "folded": ("alert_id", "reference", "created_at", "transaction_id"),
}
app = typer.Typer(help="Alerts: what became of them, and what a person decides.", no_args_is_help=True)


@app.callback()
def alerts() -> None:
    """Alerts: what became of them, and what a person decides."""


@app.command("list")
def show_all(
    state: State = None,
    channel: Channel = None,
    customer: Customer = None,
    reference: Reference = None,
    since: Since = None,
    until: Until = None,
    error: Error = None,
    limit: Most = 50,
    as_json: AsJson = False,
) -> None:
    """List alerts, newest first."""
    wanted = wanted_by(state, channel, customer, since, until, error, reference)
    with open_store() as connection:
        rows = store.list_alerts(connection, store.matching(connection, wanted, limit))
    if as_json:
        print_json(rows)
    elif rows:
        print_rows(rows, _COLUMNS)
    elif wanted == store.Wanted():
        typer.echo("There are no alerts yet.")
    else:
        typer.echo("There are no such alerts.")


@app.command("show")
def show_one(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="Number or reference.")], as_json: AsJson = False
) -> None:
    """Show everything about one alert: why it is in its state, its route, tries, reports, decisions, what to do."""
    with open_store() as connection:
        (alert_id,) = store.named(connection, [alert])
        row = _masked(store.show_alert(connection, alert_id))
    if as_json:
        print_json(row | {"in_words": in_words(row), "next_steps": next_steps(row)})
        return
    typer.echo(f"alert {alert_id} is {row['state']}: {in_words(row)}")
    facts = row | {"amount": money(row)}
    for name in _FACTS:
        typer.echo(f"{name}: {printable(facts[name])}")
    if not row["is_known"]:
        typer.echo("The customer is not in the table customers: `jikimi customers import` adds them.")
    for title, columns in _TABLES.items():
        if row[title]:
            typer.echo(f"\n{title}")
            print_rows(row[title], columns)
    typer.echo("\nwhat can be done now")
    for step in next_steps(row):
        typer.echo(f"  {step}")


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    struck = set(row["struck_channels"])
    route = [step | {"is_struck": step["channel"] in struck} for step in mask_route(row["route"])]
    return row | {"name": mask_person(row["name"]), "route": route}


alert_decisions.add_to(app)
alert_inbox.add_to(app)
