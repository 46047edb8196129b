"""Timelines keep groups apart and count whole instants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ml.features import Timeline
from ml.features.timeline import order_of

EVENTS = st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5)), max_size=12)


@given(EVENTS, st.integers(0, 3), st.integers(-6, 6))
def test_position_counts_earlier_groups_and_the_own_group_up_to_the_instant(
    events: list[tuple[int, int]], group: int, instant: int
) -> None:
    groups, instants = np.array(events, dtype=np.int64).reshape(-1, 2).T
    position = Timeline(groups, instants).position(np.array([group]), np.array([instant]))
    assert position.tolist() == [sum(each <= (group, instant) for each in events)]


@given(EVENTS)
def test_order_is_by_group_and_instant_and_keeps_ties_as_they_came(events: list[tuple[int, int]]) -> None:
    groups, instants = np.array(events, dtype=np.int64).reshape(-1, 2).T
    assert Timeline(groups, instants).order.tolist() == sorted(range(len(events)), key=lambda place: events[place])


def test_groups_stay_apart_when_instants_are_huge() -> None:
    groups = np.array([0, 1, 1_000_000])
    timeline = Timeline(groups, np.array([-(2**62), 5, 2**62]))
    assert timeline.position(groups, np.array([2**62, 4, 2**62])).tolist() == [1, 1, 3]


@pytest.mark.parametrize(
    "bits",
    [pytest.param(10, id="one digit"), pytest.param(17, id="two digits"), pytest.param(40, id="three digits")],
)
@given(data=st.data())
def test_order_of_numbers_of_any_length_is_the_stable_one(bits: int, data: st.DataObject) -> None:
    numbers = data.draw(arrays(np.int64, st.integers(0, 20), elements=st.sampled_from([0, 1, 2**16, 2**bits - 1])))
    assert order_of(numbers).tolist() == np.argsort(numbers, kind="stable").tolist()
