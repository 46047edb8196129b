"""Long lists as parameters: one text each, as PostgreSQL writes arrays, because psycopg looks at every element."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def text_array(values: Iterable[str]) -> str:
    """Return the values, whatever they hold, as a literal of `text[]`."""
    return "{" + ",".join(f'"{_escaped(value)}"' for value in values) + "}"


def instant_array(values: "pd.Series") -> str:
    """Return instants, none of them missing, as a literal of `timestamptz[]`; to the microsecond."""
    import numpy as np
    import pandas as pd

    in_utc = pd.DatetimeIndex(values).tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]")
    return "{" + ",".join(np.datetime_as_string(in_utc, unit="us", timezone="UTC").tolist()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
