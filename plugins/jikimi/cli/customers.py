"""`jikimi customers`: who is reached where."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from jikimi.cli.labels import say_refused
from jikimi.cli.masks import mask_person, mask_route
from jikimi.cli.options import AsJson, File
from jikimi.cli.tables import print_json, print_rows, printable
from jikimi.store import customers as store
from jikimi.store.connection import open_store

_ROUTE = ("position", "channel", "address", "consented_at", "withdrawn_at")
app = typer.Typer(help="Customers: names, languages, channels, consent.", no_args_is_help=True)
CustomerId = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")]


class ChannelName(StrEnum):
    """The channels."""

    alimtalk = "alimtalk"
    kakao_friends = "kakao_friends"
    kakao_memo = "kakao_memo"
    email = "email"
    discord = "discord"


@app.callback()
def customers() -> None:
    """Customers: names, languages, channels, consent."""


@app.command("import")
def import_customers(file: File) -> None:
    """Import customers: customer_id and any of name, language, channels, addresses, consented_at.

    The addresses are phone (for alimtalk), kakao_uuid, email and discord_thread. channels is the route in its order,
    like "alimtalk > email"; it replaces the route that is known. What the file leaves empty keeps its value.
    consented_at holds for the channels that the row names; without consent nobody gets a message.
    """
    from jikimi.files.people import read_customers

    read = changed = 0
    refused: list[str] = []
    with open_store() as connection:
        for people, problems in read_customers(file, datetime.now(UTC)):
            imported = store.import_customers(connection, people)
            read += len(people) - len(imported.refused)
            changed += imported.changed
            refused += problems + [f"row {row}: {why}" for row, why in imported.refused.items()]
    typer.echo(f"{file.name}: {read:,} customers read, {changed:,} new or changed.")
    say_refused(file.name, refused)


@app.command("show")
def show(customer_id: CustomerId, as_json: AsJson = False) -> None:
    """Show a customer's route and consent; name and addresses are masked."""
    with open_store() as connection:
        row = store.show_customer(connection, customer_id)
    row |= {"name": mask_person(row["name"]), "route": mask_route(row["route"])}
    if as_json:
        print_json(row)
        return
    for name in ("customer_id", "name", "language", "created_at"):
        typer.echo(f"{name}: {printable(row[name])}")
    if row["route"]:
        print_rows(row["route"], _ROUTE)
    if not _is_reachable(row["route"]):
        typer.echo(f"No message reaches {customer_id}: no channel of the route has consent.")


@app.command("withdraw")
def withdraw(
    customer_id: CustomerId,
    channel: Annotated[ChannelName | None, typer.Option(help="Only this channel. Default: all.")] = None,
) -> None:
    """Take consent back: from now on nothing is sent there, until a later consent is imported."""
    with open_store() as connection:
        taken_back = store.withdraw_consent(connection, customer_id, channel.value if channel else None)
        route = store.show_customer(connection, customer_id)["route"]
    for name, since in taken_back.items():
        given = f"the consent of {since.astimezone():%Y-%m-%d %H:%M} is withdrawn" if since else "there was no consent"
        typer.echo(f"{customer_id}, {name}: {given}; an older one counts no more.")
    if not _is_reachable(route):
        typer.echo(f"No message reaches {customer_id} any more: further alerts end as failed, and staff are told.")


def _is_reachable(route: list[dict[str, object]]) -> bool:
    return any(step["position"] and step["consented_at"] for step in route)
