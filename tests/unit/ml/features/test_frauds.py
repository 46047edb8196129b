"""The sweep over spans finds what looking at every span at every place finds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml.features.frauds import oldest_and_newest

SPANS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda ends: (min(ends), max(ends))), max_size=8)


@given(SPANS, st.integers(9, 12))
def test_each_place_sees_the_first_and_the_last_span_that_holds_it(spans: list[tuple[int, int]], count: int) -> None:
    begin, end = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    oldest, newest = oldest_and_newest(begin, end, count)
    for place in range(count):
        holding = [number for number, (first, last) in enumerate(spans) if first <= place < last]
        assert (oldest[place], newest[place]) == (min(holding, default=-1), max(holding, default=-1))
    assert len(oldest) == len(newest) == count


def test_long_spans_cost_no_more_than_short_ones() -> None:
    """Ten thousand spans over a million places would be ten thousand million steps if each place were visited."""
    begin = np.arange(10_000)
    oldest, newest = oldest_and_newest(begin, np.full(10_000, 1_000_000), 1_000_000)
    assert (oldest == 0).all()
    assert (newest[10_000:] == 9_999).all()
