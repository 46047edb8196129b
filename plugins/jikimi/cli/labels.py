"""`jikimi labels`: what the bank found out."""

from typing import Annotated

import typer

from jikimi.cli.failures import fail
from jikimi.cli.options import File
from jikimi.store.connection import open_store
from jikimi.store.labels import insert_labels

_SHOWN = 10
app = typer.Typer(help="What the bank found out: fraud or not.", no_args_is_help=True)


@app.callback()
def labels() -> None:
    """What the bank found out: fraud or not."""


@app.command("import")
def import_labels(
    file: File,
    source: Annotated[str, typer.Option(help="Who said so, where the file has no column source.")] = "bank",
) -> None:
    """Import labels: CSV or Parquet with transaction_id, is_fraud, known_at and maybe source.

    A correction is a further row with a later known_at. Importing a file twice changes nothing.
    """
    from jikimi.files.labels import read_labels

    read = new = 0
    refused: list[str] = []
    with open_store() as connection:
        for chunk in read_labels(file, source):
            read += len(chunk.labels)
            new += insert_labels(connection, chunk.labels)
            refused += chunk.refused
    typer.echo(f"{file.name}: {read:,} labels read, {new:,} of them new.")
    say_refused(file.name, refused)


def say_refused(file_name: str, refused: list[str]) -> None:
    """Say which rows were refused, and fail where there were some; the others are written."""
    if not refused:
        return
    for sentence in refused[:_SHOWN]:
        typer.echo(f"  {sentence}", err=True)
    fail(
        f"{file_name}: {len(refused):,} rows were refused; mend them and import the file again, the others are written."
    )
