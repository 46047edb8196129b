"""PostgreSQL reads an array that is one text as the list that it was made of."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from jikimi.store.arrays import instant_array, number_array, text_array
from jikimi.store.connection import open_store


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([], id="none"),
        pytest.param(["a", "b", "a"], id="plain ones"),
        pytest.param(["", " ", "null", "NULL"], id="empty ones and the word for nothing"),
        pytest.param(['"', "\\", '\\"', "{a,b}", ",", "'", "\x1f\n\t", "한글"], id="what arrays are written with"),
    ],
)
def test_texts_come_as_they_are(database, texts):
    with open_store(database) as store:
        assert store.execute("select %s::text[] as texts", (text_array(texts),)).fetchone() == {"texts": texts}


@pytest.mark.parametrize("numbers", [pytest.param([], id="none"), pytest.param([1, -2, 2**62], id="some")])
def test_numbers_come_as_they_are(database, numbers):
    with open_store(database) as store:
        found = store.execute("select %s::bigint[] as n", (number_array(np.array(numbers, np.int64)),)).fetchone()
    assert found == {"n": numbers}


@pytest.mark.parametrize("zone", [pytest.param("UTC", id="UTC"), pytest.param("Asia/Seoul", id="another zone")])
def test_instants_come_to_the_microsecond(database, zone):
    instants = [datetime(2026, 1, 1, 0, 0, 0, 1, UTC), datetime(1970, 1, 1, tzinfo=UTC)]
    series = pd.Series(pd.DatetimeIndex(instants).tz_convert(zone)).astype(f"datetime64[ns, {zone}]")
    with open_store(database) as store:
        found = store.execute("select %s::timestamptz[] as instants", (instant_array(series),)).fetchone()
    assert found == {"instants": instants}


def test_no_instants_are_an_empty_array(database):
    with open_store(database) as store:
        nothing = instant_array(pd.Series([], dtype="datetime64[us, UTC]"))
        assert store.execute("select %s::timestamptz[] as instants", (nothing,)).fetchone() == {"instants": []}
