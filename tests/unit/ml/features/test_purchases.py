"""Distances are great circles, rounded to metres, whatever else is in the array."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.features.purchases import distance_km

SEOUL, BUSAN = (37.5665, 126.9780), (35.1796, 129.0756)


@pytest.mark.parametrize(
    ("here", "there", "kilometres"),
    [
        pytest.param(SEOUL, SEOUL, 0.0, id="the same place"),
        pytest.param(SEOUL, BUSAN, 325.1, id="Seoul to Busan"),
        pytest.param((0.0, 179.5), (0.0, -179.5), 111.2, id="across the date line"),
        pytest.param((90.0, 0.0), (-90.0, 0.0), 20_015.1, id="from pole to pole"),
        pytest.param((0.0, 0.0), (0.0, 180.0), 20_015.1, id="to the other side"),
    ],
)
def test_distance_is_the_great_circle(here: tuple[float, float], there: tuple[float, float], kilometres: float) -> None:
    distance = distance_km(*(np.array([each]) for each in (*here, *there)))
    assert distance == pytest.approx([kilometres], abs=0.06)


def test_distance_is_in_whole_metres() -> None:
    distance = distance_km(*(np.array([each]) for each in (*SEOUL, *BUSAN)))
    assert distance[0] == round(distance[0], 3) > 0


@pytest.mark.parametrize("place", range(4), ids=["customer north", "customer east", "merchant north", "merchant east"])
def test_distance_is_unknown_where_a_coordinate_is(place: int) -> None:
    coordinates = [np.array([each]) for each in (*SEOUL, *BUSAN)]
    coordinates[place] = np.array([np.nan])
    assert np.isnan(distance_km(*coordinates)).all()


@given(st.integers(0, 70), st.integers(0, 70))
def test_neighbours_in_the_array_change_no_bit(begin: int, length: int) -> None:
    coordinates = np.random.default_rng(7).uniform(-90, 90, (4, 200))
    part = distance_km(*(each[begin : begin + length].copy() for each in coordinates))
    assert part.tobytes() == distance_km(*coordinates)[begin : begin + length].tobytes()
