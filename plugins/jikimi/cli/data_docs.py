"""`jikimi data-docs`: what Great Expectations found, as pages."""

from typing import Annotated

import typer

from jikimi import defaults
from jikimi.cli.failures import fail
from jikimi.store.connection import open_store
from jikimi.store.validation import validation_results


def write(
    limit: Annotated[int, typer.Option(min=1, help="At most so many results, the newest.")] = 100,
) -> None:
    """Write Great Expectations' Data Docs of the newest validation results, and say where."""
    with open_store() as connection:
        rows = validation_results(connection, limit)
    if not rows:
        fail("nothing was validated yet: load a file or land a transaction first.")
    from ml.expectations import write_data_docs

    index = write_data_docs([row["result"] for row in rows], defaults.home() / "data_docs")
    typer.echo(f"{len(rows)} results: open {index}")
