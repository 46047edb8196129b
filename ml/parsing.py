"""From landed text to typed values; whatever a producer wrote, nothing here raises."""

import numpy as np
import pandas as pd

from ml.schema import COLUMN_NAMES, COLUMNS, Column, columns_of

# A date alone is not an instant: which hour it was is a feature. \Z, because $ would let a last newline pass.
_INSTANT = (
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?: ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?))?\Z"
)
_NUMBER = r"\A[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z"
# What both Python's datetime and timestamptz can hold.
_FIRST = pd.Timestamp("0001-01-01T00:00:00Z")
_LAST = pd.Timestamp("9999-12-31T23:59:59.999999Z")


def parse(landed: pd.DataFrame) -> pd.DataFrame:
    """Return the typed frame of a landed one, with the same index.

    :param landed: text, null where nothing was given; further columns are ignored, absent ones are null throughout.
    :return: all columns of the schema: text as `str` (NaN where null), instants as `datetime64[us, UTC]`, numbers as
        `float64`. Text that does not mean what its column holds becomes null, as blank text does. The amount is
        rounded to thousandths, halves away from zero, as the database stores it.
    """
    return read_values(read_text(landed))


def read_text(landed: pd.DataFrame) -> pd.DataFrame:
    """Return every column of the schema as `str`: blank text is null, and no text holds a NUL or half a surrogate."""
    return pd.DataFrame(
        {
            name: _plain_text(landed[name]) if name in landed else pd.Series(np.nan, index=landed.index, dtype="str")
            for name in COLUMN_NAMES
        },
        index=landed.index,
    )


def read_values(text: pd.DataFrame) -> pd.DataFrame:
    """Return `text`, as `read_text` gives it, with its instants and numbers read."""
    typed = text.copy()
    for column in COLUMNS:
        if column.kind == "instant":
            typed[column.name] = _instants(_short_enough(text[column.name], column))
        elif column.kind == "number":
            typed[column.name] = _numbers(_short_enough(text[column.name], column))
    typed["amount"] = _round_to_thousandths(typed["amount"])
    return typed


def thousandths(amounts: pd.Series) -> pd.Series:
    """Return finite amounts as whole thousandths (`int64`), so that equal ones are equal however they were stored."""
    return (amounts.astype("float64") * 1000).round().astype("int64")


def _plain_text(values: pd.Series) -> pd.Series:
    try:
        text = values.astype("str")
    except UnicodeEncodeError:
        text = values.astype("object").map(_without_surrogates, na_action="ignore").astype("str")
    if values.name in columns_of("text"):
        text = text.str.replace("\x00", "\u2400", regex=False)
    return text.mask(text.str.strip() == "")


def _without_surrogates(value: object) -> str:
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _short_enough(text: pd.Series, column: Column) -> pd.Series:
    return text if column.max_length is None else text.mask(text.str.len() > column.max_length)


def _instants(text: pd.Series) -> pd.Series:
    understood = text.where(text.str.contains(_INSTANT, na=False))
    # One value with nanoseconds would make pandas choose a unit in which year 9999 does not exist.
    understood = understood.str.replace(r"(\.[0-9]{6})[0-9]+", r"\1", regex=True)
    instants = pd.to_datetime(understood, format="ISO8601", utc=True, errors="coerce").astype("datetime64[us, UTC]")
    return instants.where(instants.between(_FIRST, _LAST))


def _numbers(text: pd.Series) -> pd.Series:
    understood = text.where(text.str.contains(_NUMBER, na=False))
    # Python's own reading, to the last bit; pandas' is a little faster and a little off.
    return pd.Series(understood.to_numpy(dtype="object").astype("float64"), index=text.index)


def _round_to_thousandths(amounts: pd.Series) -> pd.Series:
    values = amounts.to_numpy()
    return pd.Series(np.copysign(np.floor(np.abs(values) * 1000 + 0.5), values) / 1000, index=amounts.index)
