"""`jikimi customers`: who is reached where."""

import typer

from jikimi.cli.labels import say_refused
from jikimi.cli.options import File
from jikimi.store.connection import open_store
from jikimi.store.customers import upsert_customers

app = typer.Typer(help="Customers: names, languages, channels, consent.", no_args_is_help=True)


@app.callback()
def customers() -> None:
    """Customers: names, languages, channels, consent."""


@app.command("import")
def import_customers(file: File) -> None:
    """Import customers: customer_id and any of name, language, channel, kakao_uuid, consented_at.

    What the file leaves empty keeps its value. Without consented_at nobody gets a message.
    """
    from jikimi.files.people import read_customers

    read = changed = 0
    refused: list[str] = []
    with open_store() as connection:
        for people, problems in read_customers(file):
            read += len(people)
            changed += upsert_customers(connection, people)
            refused += problems
    typer.echo(f"{file.name}: {read:,} customers read, {changed:,} new or changed.")
    say_refused(file.name, refused)
