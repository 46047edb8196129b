"""`jikimi alerts inbox`: the alerts whose answer was lost, one after the other."""

import sys
from typing import Annotated, Any

import typer

from jikimi.cli.alert_decisions import RESOLVED_WORDS
from jikimi.cli.alert_words import money, why_not
from jikimi.cli.decisions import By, who
from jikimi.cli.options import AsJson
from jikimi.cli.tables import print_json, print_rows, printable
from jikimi.store import alert_decisions as decisions
from jikimi.store.alert_desk import unknown_alerts
from jikimi.store.connection import Connection, open_store

_COLUMNS = (
    *("alert_id", "reference", "customer_id", "channel", "connection_id", "sent_at", "dealer_id", "code"),
    *("folded_count", "detail"),
)
_ANSWERS: dict[str, decisions.Resolution | None] = {
    "d": "delivered",
    "n": "not delivered",
    "a": "send again",
    "s": None,
    "q": None,
}
_QUESTION = "[d]elivered, [n]ot delivered, send [a]gain, [s]kip, [q]uit"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("inbox")(show)


def show(
    walk: Annotated[
        bool | None,
        typer.Option("--walk/--list", help="Ask about one after the other. Default: on a terminal."),
    ] = None,
    by: By = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, oldest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Go through the unknown alerts, oldest first: what is known of each, and what became of it."""
    with open_store() as connection:
        rows = unknown_alerts(connection, limit)
        if as_json:
            print_json(rows)
        elif not rows:
            typer.echo("No alert is unknown.")
        elif walk if walk is not None else sys.stdin.isatty():
            _walk(connection, rows, who(by))
        else:
            print_rows(rows, _COLUMNS)
            typer.echo("`jikimi alerts resolve ALERT --delivered | --not-delivered | --send-again --reason …` decides.")


def _walk(connection: Connection, rows: list[dict[str, Any]], name: str) -> None:
    reason = ""
    for number, row in enumerate(rows, 1):
        typer.echo(f"\n{number} of {len(rows)}: alert {row['alert_id']}")
        for column in (*_COLUMNS[1:], "occurred_at"):
            typer.echo(f"  {column}: {printable(row[column])}")
        typer.echo(f"  amount: {money(row)}")
        answer = _asked()
        if answer == "q":
            return
        if resolution := _ANSWERS[answer]:
            reason = typer.prompt("Why", default=reason or None)
            _carry_out(connection, row["alert_id"], resolution, decisions.By(name, reason.strip()))


def _asked() -> str:
    while (answer := typer.prompt(_QUESTION, default="s").strip().lower()[:1]) not in _ANSWERS:
        typer.echo("Answer with d, n, a, s or q.")
    return str(answer)


def _carry_out(connection: Connection, alert_id: int, resolution: decisions.Resolution, by: decisions.By) -> None:
    decided = decisions.resolve(connection, [alert_id], resolution, by)
    for other, state in decided.states.items():
        typer.echo(f"Nothing was changed: {why_not(other, state)}.")
    if decided.changed:
        typer.echo(f"Alert {alert_id} is {RESOLVED_WORDS[resolution]}.")
