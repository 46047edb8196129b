"""`jikimi quarantine`: what was refused, why, and its way back."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from jikimi.cli.options import AsJson, Most
from jikimi.cli.tables import print_json, print_rows, printable
from jikimi.store import quarantine as store
from jikimi.store.connection import open_store

_COLUMNS = ("quarantine_id", "quarantined_at", "batch_id", "transaction_id", "reasons")
_HELD_COLUMNS = ("batch_id", "claimed_at", "landed_count", "held_reason")
app = typer.Typer(help="Refused rows, their reasons, and their way back.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="QUARANTINE_ID", help="As `quarantine list` shows it.")]


@app.callback()
def quarantine() -> None:
    """Refused rows, their reasons, and their way back."""


@app.command("list")
def show_all(
    reason: Annotated[str | None, typer.Option(help="Only rows with a reason that contains this.")] = None,
    with_released: Annotated[bool, typer.Option("--with-released", help="Also rows that were released.")] = False,
    limit: Most = 50,
    as_json: AsJson = False,
) -> None:
    """List refused rows, newest first, and batches that are held as a whole."""
    with open_store() as connection:
        rows = store.list_quarantined(connection, limit, reason, with_released=with_released)
        held = store.list_held(connection)
    if as_json:
        print_json({"rows": rows, "held_batches": held})
        return
    if held:
        print_rows(held, _HELD_COLUMNS)
    if rows:
        print_rows(rows, (*_COLUMNS, "released_at") if with_released else _COLUMNS)
    elif not held:
        typer.echo("Nothing is quarantined.")


@app.command("show")
def show_one(quarantine_id: Number, as_json: AsJson = False) -> None:
    """Show one refused row: its reasons and what was landed."""
    with open_store() as connection:
        row = store.show_quarantined(connection, quarantine_id)
    if as_json:
        print_json(row)
        return
    for name in ("quarantine_id", "quarantined_at", "batch_id", "reasons", "released_at", "released_landed_id"):
        typer.echo(f"{name}: {printable(row[name])}")
    print_rows(
        ({"column": name, "landed as": text} for name, text in row["landed_row"].items()), ("column", "landed as")
    )


@app.command("release")
def release(
    quarantine_id: Annotated[int | None, typer.Argument(metavar="[QUARANTINE_ID]", help="One refused row.")] = None,
    batch: Annotated[int | None, typer.Option(help="Instead: all rows of a batch that is held as a whole.")] = None,
    corrections: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="COLUMN=TEXT", help="Correct a column; nothing after = makes it empty."),
    ] = None,
) -> None:
    """Land a refused row again, corrected; it is validated like any other. Rows of a loaded file are loaded again."""
    if (quarantine_id is None) == (batch is None):
        raise typer.BadParameter("name one refused row, or a batch with --batch.")
    if batch is not None and corrections:
        raise typer.BadParameter("--set corrects one row, not a batch.")
    with open_store() as connection:
        if batch is not None:
            count = store.release_batch(connection, batch, datetime.now(UTC))
            typer.echo(f"{count:,} rows of batch {batch} wait for a new batch.")
        elif quarantine_id is not None:
            landed_id = store.release(connection, quarantine_id, _corrections(corrections or []))
            typer.echo(f"Row {quarantine_id} landed again as {landed_id}; it is scored when it is valid now.")


def _corrections(texts: list[str]) -> dict[str, str | None]:
    pairs = [text.partition("=") for text in texts]
    if unclear := [name for name, equals, _ in pairs if not equals]:
        raise typer.BadParameter(f"--set {unclear[0]} has no value: write it like --set amount=12.50.")
    return {name: value or None for name, _, value in pairs}
