"""`jikimi simulate`: a file of made-up transactions."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jikimi.cli.failures import fail
from jikimi.cli.options import instant

if TYPE_CHECKING:
    import pandas as pd

Count = Annotated[int, typer.Option(min=1)]


def simulate(
    out: Annotated[Path, typer.Option(help="File to write: .parquet or .csv.")],
    customers: Count = 5_000,
    merchants: Count = 1_000,
    days: Count = 120,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same file for the same end.")] = 7,
    prefix: Annotated[
        str, typer.Option(help="Begins each transaction id; another one where two simulations meet in one database.")
    ] = "SIM",
    end: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="DATE", help="First instant after the last purchase. Default: now."),
    ] = None,
) -> None:
    """Simulate purchases with fraud among them, as a file in the canonical format with labels and names."""
    from ml.simulation import simulate as simulate_purchases
    from ml.simulation import simulate_customers

    if out.suffix not in {".parquet", ".csv"}:
        fail(f"{out}: the file's name must end in .parquet or .csv.", 2)
    ending = end or datetime.now(UTC).replace(microsecond=0)
    transactions, labels = simulate_purchases(customers, merchants, days, seed, ending)
    for frame in (transactions, labels):
        frame["transaction_id"] = prefix + frame["transaction_id"].str.removeprefix("SIM")
    people = simulate_customers(customers, seed).rename(
        columns={"name": "customer_name", "language": "customer_language"}
    )
    frame = transactions.merge(labels, on="transaction_id", how="left").merge(people, on="customer_id", how="left")
    _write(frame, out)
    typer.echo(
        f"{out}: {len(frame):,} transactions of {customers:,} customers, {int(frame['is_fraud'].sum()):,} fraud."
    )


def _write(frame: "pd.DataFrame", out: Path) -> None:
    # Whole or not at all: a file that was cut off must not look like a shorter simulation.
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f"{out.name}.draft")
    if out.suffix == ".parquet":
        frame.to_parquet(draft, index=False)
    else:
        frame.to_csv(draft, index=False, date_format="%Y-%m-%dT%H:%M:%SZ")
    draft.replace(out)
