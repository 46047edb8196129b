"""Long lists as parameters: one text each, as PostgreSQL writes arrays, because psycopg looks at every element."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


def text_array(values: "Sequence[str] | pd.Series | npt.NDArray[np.object_]") -> str:
    """Return the values, whatever they hold, none of them missing, as a literal of `text[]`."""
    import pyarrow as pa
    from pyarrow import compute

    texts = pa.array(values, pa.large_string())
    if not len(texts):
        return "{}"
    escaped = compute.replace_substring(compute.replace_substring(texts, "\\", "\\\\"), '"', '\\"')
    joined = compute.binary_join(
        pa.LargeListArray.from_arrays([0, len(texts)], escaped), pa.scalar('","', pa.large_string())
    )
    return f'{{"{joined[0].as_py()}"}}'


def number_array(values: "npt.NDArray[np.integer]") -> str:
    """Return whole numbers as a literal of `bigint[]`."""
    return "{" + ",".join(map(str, values.tolist())) + "}"


def instant_array(values: "pd.Series") -> str:
    """Return instants, none of them missing, as a literal of `timestamptz[]`; to the microsecond."""
    import numpy as np
    import pandas as pd

    in_utc = pd.DatetimeIndex(values).tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]")
    return "{" + ",".join(np.datetime_as_string(in_utc, unit="us", timezone="UTC").tolist()) + "}"
