"""A file as chunks of what the store takes: landed rows, labels and customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jikimi.exceptions import BadFile
from jikimi.files.formats import PROBLEM, Format
from jikimi.files.raw import is_parquet, read_tables
from jikimi.files.selection import Selection, instants
from ml.schema import COLUMN_NAMES

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# How files write whether a row was fraud, in lower case.
FRAUD_WORDS = {"1": True, "0": False, "1.0": True, "0.0": False, "true": True, "false": False}


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file in the file's order.

    :param landed: text columns `ml.schema.COLUMN_NAMES`, nulls as missing; the index counts from 0.
    :param occurred_at: of each row, in UTC and moved, NaT where it cannot be read.
    :param labels: transaction_id, is_fraud, known_at (UTC, moved) of the rows that have one, with the index of
        their row; None where the file has no labels.
    :param customers: customer_id, name and language (missing where the file has none), each customer once.
    :param rows_read: rows of the file that were read up to here, wanted or not.
    :param unreadable_labels: how many rows have a label that says neither; they count as rows without one.
    """

    landed: pd.DataFrame
    occurred_at: pd.Series
    labels: pd.DataFrame | None
    customers: pd.DataFrame
    rows_read: int
    unreadable_labels: int = 0

    def __len__(self) -> int:
        return len(self.landed)


def row_count(path: Path) -> int:
    """Return how many rows the file has, without reading their values.

    :raises BadFile: the file cannot be read.
    """
    if is_parquet(path):
        from jikimi.files.columns_of_text import row_count as count

        return count(path)
    with path.open("rb") as file:
        return max(0, sum(not line.isspace() for line in file) - 1)


def read_chunks(
    path: Path, form: Format, selection: Selection, label_delay: timedelta, done: int = 0, rows: int = 50_000
) -> Iterator[Chunk]:
    """Yield the wanted rows after the first `done` wanted ones.

    :param label_delay: time from a purchase to its label, where the file does not say it.
    :raises BadFile: the file cannot be read, does not fit the format, or has no row.
    """
    # Without dates every row is wanted, so what was done need not be read at all.
    skip = selection.skip + (0 if selection.has_dates else done)
    to_skip = done if selection.has_dates else 0
    left = None if selection.limit is None else selection.limit - done
    rows_read = skip
    for table in read_tables(path, form, skip, rows):
        rows_read += table.num_rows
        wanted = _wanted(table, form, selection)
        to_skip, wanted = max(0, to_skip - wanted.num_rows), wanted.slice(to_skip)
        wanted = wanted if left is None else wanted.slice(0, max(left, 0))
        yield _chunk(wanted, form, selection.shift or timedelta(), label_delay, rows_read)
        if left is not None and (left := left - wanted.num_rows) <= 0:
            return
    if rows_read == 0:
        raise BadFile(f"{path} has a header and no row: write or download it again.")


def _wanted(table: pa.Table, form: Format, selection: Selection) -> pa.Table:
    if not selection.has_dates:
        return table
    at = instants(table[form.columns["occurred_at"]].to_pandas())
    # A row whose instant cannot be read stays, so that quarantine tells.
    too_early = (at < selection.since) if selection.since else at.isna() & False
    too_late = (at >= selection.until) if selection.until else at.isna() & False
    return table.filter((~(too_early | too_late)).to_numpy())


def _chunk(table: pa.Table, form: Format, shift: timedelta, label_delay: timedelta, rows_read: int) -> Chunk:
    import pandas as pd

    columns = {ours: table[theirs] for ours, theirs in form.columns.items() if theirs in table.column_names}
    problems = table[PROBLEM].to_pandas().astype("str")
    landed = pd.DataFrame({name: _landed(columns.get(name), form, name, table.num_rows) for name in COLUMN_NAMES})
    occurred_at = instants(landed["occurred_at"])
    if shift:
        occurred_at += shift
        landed["occurred_at"] = _as_text(occurred_at).fillna(landed["occurred_at"])
    landed["transaction_id"] = problems.fillna(landed["transaction_id"])
    words = _words(table, form)
    labels = (
        None
        if words is None
        else _labels(words, table, form, landed["transaction_id"], occurred_at, shift, label_delay)
    )
    whole = problems.isna()
    return Chunk(
        landed,
        occurred_at,
        None if labels is None else labels[whole.reindex(labels.index)],
        _customers(table, form, landed["customer_id"])[whole].pipe(_each_once),
        rows_read,
        0 if words is None else int((~words.dropna().isin(["", *FRAUD_WORDS])).sum()),
    )


def _landed(column: pa.ChunkedArray | None, form: Format, name: str, rows: int) -> pd.Series:
    import pandas as pd

    if column is None:
        return pd.Series([form.constants.get(name)] * rows, dtype="str")
    text: pd.Series[str] = column.to_pandas().astype("str")
    if name == "merchant_name" and form.merchant_prefix:
        return text.str.removeprefix(form.merchant_prefix)
    return text


def _as_text(at: pd.Series) -> pd.Series:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pa.array(at.dt.tz_localize(None).to_numpy()).cast(pa.timestamp("us")).cast(pa.string())
    written: pd.Series[str] = pc.binary_join_element_wise(text, "Z", "").to_pandas().astype("str")
    return written.set_axis(at.index)


def _words(table: pa.Table, form: Format) -> pd.Series[str] | None:
    """Return what the file says of fraud, in lower case; None where it has no labels."""
    if form.fraud_column not in table.column_names:
        return None
    words: pd.Series[str] = table[form.fraud_column].to_pandas().astype("str").str.strip().str.lower()
    return words


def _labels(
    words: pd.Series[str],
    table: pa.Table,
    form: Format,
    ids: pd.Series,
    occurred_at: pd.Series,
    shift: timedelta,
    delay: timedelta,
) -> pd.DataFrame:
    import pandas as pd

    known_at = occurred_at + delay
    if form.known_column in table.column_names:
        known_at = (instants(table[form.known_column].to_pandas()) + shift).fillna(known_at)
    labels = pd.DataFrame({"transaction_id": ids, "is_fraud": words.map(FRAUD_WORDS), "known_at": known_at}).dropna()
    return labels.astype({"is_fraud": "bool"})


def _customers(table: pa.Table, form: Format, ids: pd.Series) -> pd.DataFrame:
    import pandas as pd

    names = [table[name].to_pandas().astype("str") for name in form.name_columns if name in table.column_names]
    name = names[0].str.cat(names[1:], sep=" ") if names else pd.Series([None] * len(ids), dtype="str")
    customers = pd.DataFrame({"customer_id": ids, "name": name, "language": None})
    if form.language_column in table.column_names:
        language = table[form.language_column].to_pandas().astype("str")
        customers["language"] = language.where(language.isin(["ko", "en"]))
    return customers


def _each_once(customers: pd.DataFrame) -> pd.DataFrame:
    return customers.dropna(subset="customer_id").drop_duplicates("customer_id", ignore_index=True)
