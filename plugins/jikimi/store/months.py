"""Months: the parts of the tables that grow for ever, made before their first row is written."""

from typing import TYPE_CHECKING

from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    import pandas as pd


def ensure_months(connection: Connection, occurred_at: "pd.Series") -> None:
    """Have the months made in which these instants (`datetime64[us, UTC]`) lie; costs little where they are there."""
    months = occurred_at.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]").dt.to_period("M").unique()
    instants = [month.start_time.tz_localize("UTC").to_pydatetime() for month in months]
    connection.execute(query("ensure_months"), {"instants": instants})
