"""Whole frames into tables by COPY."""

import pandas as pd
import pytest

from jikimi.store.bulk import copy_frame
from jikimi.store.connection import open_store


@pytest.fixture
def store(role_url):
    """The owner's connection, who may make a table to write into."""
    with open_store(role_url("postgres")) as connection:
        connection.execute("set timezone = 'Asia/Seoul'")
        connection.execute("create temporary table instants (number integer, at timestamptz)")
        yield connection


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/New_York"])
def test_an_instant_stays_the_same_in_every_zone(store, zone):
    texts = [
        "1970-01-01T00:00:00Z",
        "2026-11-01T05:30:00.000001Z",
        "2026-11-01T06:30:00Z",
        "9999-12-31T00:00:00Z",
        None,
    ]
    at = pd.Series(pd.to_datetime(texts, utc=True, format="ISO8601")).astype("datetime64[us, UTC]").dt.tz_convert(zone)
    copy_frame(store, "instants", pd.DataFrame({"number": range(5), "at": at}))
    found = store.execute("select at from instants order by number").fetchall()
    assert [row["at"] and pd.Timestamp(row["at"]) for row in found] == [None if pd.isna(one) else one for one in at]
