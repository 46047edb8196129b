"""A whole file as columns: Parquet with the types it has, CSV as text; any value that cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from jikimi.exceptions import BadFile
from jikimi.files import columns_of_text, lines_of_text
from jikimi.files.formats import PROBLEM, Format
from jikimi.files.raw import is_parquet, require_columns
from jikimi.files.selection import instants

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

_LINES_AT_ONCE = 50_000
_MOST = 1e12
"""A number further from zero than this is no amount, and its thousandths would leave 64 bits."""


class WholeColumns:
    """The columns of a file under our names; `is_fraud` and `known_at` among them, where the file has them.

    :raises BadFile: the file cannot be read, does not fit the format, has no row, or a row that cannot be split.
    """

    def __init__(self, path: Path, form: Format) -> None:
        self._path = path
        self._theirs = {**form.columns, "is_fraud": form.fraud_column, "known_at": form.known_column or PROBLEM}
        self._table = _read(path, replace(form, optional=form.optional | {form.fraud_column}))

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __contains__(self, name: object) -> bool:
        theirs = self._theirs.get(str(name), PROBLEM)
        return theirs != PROBLEM and theirs in self._table.column_names

    def raw(self, name: str) -> pd.Series:
        """Return a column as it stands in the file, under the file's name."""
        import pandas as pd

        return pd.Series(pd.arrays.ArrowExtensionArray(self._column(name)), name=self._theirs[name])

    def texts(self, name: str, is_required: bool = True) -> pd.Series:
        """Return a column as text.

        :raises BadFile: a required value is missing.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        try:
            text = self._column(name).cast(pa.large_string())
        except pa.ArrowException as error:
            what = f"{self._path}: column {self._theirs[name]}"
            raise BadFile(f"{what} holds {self._column(name).type}, not plain values: write it as text.") from error
        texts: pd.Series[str] = pc.if_else(pc.equal(text, ""), None, text).to_pandas().astype("str")
        if is_required:
            self._refuse(name, texts.isna().to_numpy(), is_required)
        return texts

    def instants(self, name: str, is_required: bool = True) -> pd.Series:
        """Return a column as instants in UTC; one that names no zone is UTC.

        :raises BadFile: a value cannot be read, or a required one is missing.
        """
        import pyarrow as pa

        column = self._column(name)
        if pa.types.is_timestamp(column.type):
            at: pd.Series = (
                column.cast(pa.timestamp("us", column.type.tz or "UTC"), safe=False).to_pandas().dt.tz_convert("UTC")
            )
        else:
            at = instants(self.texts(name, is_required=False))
        self._refuse(name, at.isna().to_numpy(), is_required, "no instant, write it like 2026-01-31 23:59:59")
        return at

    def numbers(self, name: str, is_required: bool = True) -> npt.NDArray[np.float64]:
        """Return a column as numbers, NaN where one is missing.

        :raises BadFile: a value cannot be read or is endless, or a required one is missing.
        """
        import numpy as np
        import pandas as pd
        import pyarrow as pa

        column = self._column(name)
        if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
            numbers: npt.NDArray[np.float64] = column.cast(pa.float64(), safe=False).to_numpy()
        else:
            numbers = pd.to_numeric(self.texts(name, is_required=False), errors="coerce").to_numpy(np.float64)
        self._refuse(name, ~(np.abs(numbers) <= _MOST), is_required, "no number")
        return numbers

    def choices(self, name: str, words: dict[str, bool]) -> pd.Series:
        """Return a column of words as truth, null where a word is missing.

        :raises BadFile: another word.
        """
        chosen = self.texts(name, is_required=False).str.lower().map(words)
        self._refuse(name, chosen.isna().to_numpy(), False, f"none of {', '.join(words)}")
        return chosen

    def refuse_repeats(self, name: str) -> None:
        """Raise BadFile where a value is there twice."""
        is_second = self.raw(name).duplicated().to_numpy()
        if is_second.any():
            self._fail(name, is_second, "is there twice")

    def _column(self, name: str) -> pa.ChunkedArray:
        import pyarrow as pa

        column = self._table[self._theirs[name]]
        return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column

    def _refuse(self, name: str, is_bad: npt.NDArray[np.bool_], is_required: bool, problem: str = "") -> None:
        """Raise BadFile for the first value that is bad; one that is missing is bad only where it is required."""
        import pyarrow.compute as pc

        if not is_bad.any():
            return
        column = self._column(name)
        is_missing = pc.is_null(column, nan_is_null=True).to_numpy()
        if column.type in _text_types():
            is_missing = is_missing | pc.fill_null(pc.equal(column, ""), True).to_numpy()
        if (is_bad & ~is_missing).any():
            self._fail(name, is_bad & ~is_missing, f"is {problem}")
        if is_required:
            self._fail(name, is_bad, "is missing")

    def _fail(self, name: str, is_bad: npt.NDArray[np.bool_], problem: str) -> NoReturn:
        row, count = int(is_bad.argmax()), int(is_bad.sum())
        value = self._column(name)[row].as_py()
        shown = "" if value in (None, "") else f" {str(value)[:60]!r}"
        others = f" (and {count - 1:,} more like it)" if count > 1 else ""
        what = f"{self._path}, row {row + 1:,}: {self._theirs[name]}{shown} {problem}{others}"
        raise BadFile(f"{what}: mend or remove what is wrong.")


def _text_types() -> tuple[pa.DataType, ...]:
    import pyarrow as pa

    return pa.string(), pa.large_string(), pa.string_view()


def _read(path: Path, form: Format) -> pa.Table:
    def choose(names: list[str]) -> list[str]:
        return require_columns(path, names, form)

    table = columns_of_text.read_whole(path, choose) if is_parquet(path) else _lines(path, choose)
    if table is None or table.num_rows == 0:
        raise BadFile(f"{path} has a header and no row: write or download it again.")
    return table


def _lines(path: Path, choose: Callable[[list[str]], list[str]]) -> pa.Table | None:
    import pyarrow as pa

    tables = list(lines_of_text.read_tables(path, choose, 0, _LINES_AT_ONCE))
    for table in tables:
        if problems := table[PROBLEM].drop_null().to_pylist():
            raise BadFile(f"{problems[0]}: mend or remove this line.")
    return pa.concat_tables(tables) if tables else None
