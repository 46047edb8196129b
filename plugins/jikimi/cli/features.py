"""`jikimi features`: what the models see of each row of a file, as Parquet."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jikimi.cli.failures import fail
from jikimi.cli.options import File, Format, LabelDelay, source_of
from jikimi.files.formats import Format as FileFormat

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Out = Annotated[Path, typer.Argument(metavar="OUT", help="Parquet file to write; it must not be there yet.")]


def write(file: File, out: Out, form: Format, label_delay: LabelDelay = None) -> None:
    """Write the features of a file's transactions: its id column, then one column per feature, in the file's order.

    Each row sees what was known at its instant: rows up to it, and labels once they are known.
    """
    source = source_of(file, form, label_delay)
    partial = _reserve(out)
    try:
        rows = _write(source.path, source.form, source.label_delay, partial)
        partial.rename(out)
    finally:
        partial.unlink(missing_ok=True)
    typer.echo(f"{file.name}: features of {rows:,} rows written to {out}.")


def _reserve(out: Path) -> Path:
    """Return a file beside `out` that is there and empty, so that a place that cannot be written fails at once."""
    if out.exists() or out.is_symlink():
        fail(f"{out} is there already: remove it or give another name.")
    partial = out.with_name(f"{out.name}.partial")
    try:
        partial.touch()
    except OSError as error:
        fail(f"{out} cannot be written: {(error.strerror or str(error)).lower()}.")
    return partial


def _write(path: Path, form: FileFormat, label_delay: timedelta, out: Path) -> int:
    import pandas as pd
    import pyarrow.parquet as pq

    from jikimi.files.history_frame import read_history
    from ml.features import compute_features

    history = read_history(path, form, label_delay)
    if history.labels.empty:
        typer.echo(f"jikimi: {path} has no labels in {form.fraud_column}: every merchant's risk is 0.", err=True)
    features = compute_features(history.transactions, history.labels, delay=pd.Timedelta(label_delay))
    # Few of the numbers repeat: a dictionary of them costs time and saves no space.
    pq.write_table(_table(history.ids, features), out, compression="zstd", use_dictionary=["category"])
    return len(features)


def _table(ids: "pd.Series", features: "pd.DataFrame") -> "pa.Table":
    import pyarrow as pa

    columns = {name: pa.array(features[name], from_pandas=True) for name in features}
    return pa.table({str(ids.name): pa.array(ids), **columns})
