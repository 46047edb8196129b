"""Long lists as parameters: one text each, as PostgreSQL writes arrays, because psycopg looks at every element."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa


def text_array(values: "Sequence[str] | pd.Series | npt.NDArray[np.object_]") -> str:
    """Return the values, whatever they hold, none of them missing, as a literal of `text[]`."""
    import pyarrow as pa
    from pyarrow import compute

    texts = pa.array(values, pa.large_string())
    if not len(texts):
        return "{}"
    return _quoted(compute.replace_substring(compute.replace_substring(texts, "\\", "\\\\"), '"', '\\"'))


def number_array(values: "npt.NDArray[np.integer]") -> str:
    """Return whole numbers as a literal of `bigint[]`."""
    import pyarrow as pa

    return f"{{{_joined(pa.array(values).cast(pa.large_string()), ',')}}}"


def instant_array(values: "pd.Series") -> str:
    """Return instants, none of them missing, as a literal of `timestamptz[]`; to the microsecond."""
    return _quoted(instant_texts(values))


def instant_texts(values: "pd.Series") -> "pa.Array":
    """Return instants as text in UTC, to the microsecond; missing ones stay missing."""
    import pyarrow as pa
    from pyarrow import compute

    at = values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    texts = pa.array(at, pa.timestamp("us")).cast(pa.large_string())
    # Arrow needs thirty times as long to write an instant that has a zone.
    return compute.binary_join_element_wise(texts, *(pa.scalar(text, pa.large_string()) for text in ("Z", "")))


def _quoted(texts: "pa.Array") -> str:
    joined = _joined(texts, '","')
    return f'{{"{joined}"}}' if len(texts) else "{}"


def _joined(texts: "pa.Array", separator: str) -> str:
    import pyarrow as pa
    from pyarrow import compute

    lists = pa.LargeListArray.from_arrays([0, len(texts)], texts)
    return str(compute.binary_join(lists, pa.scalar(separator, pa.large_string()))[0].as_py())
