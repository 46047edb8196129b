"""Events of many groups in order of group and time: how many came up to an instant."""

from typing import Literal

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_Side = Literal["left", "right"]


class Timeline:
    """Events of many groups in order of group and instant: answers how many came up to an instant.

    :param groups: one small whole number per event, not negative.
    :param instants: microseconds, one per event; the quicker the closer they are to being sorted.
    """

    def __init__(self, groups: Integers, instants: Integers) -> None:
        is_sorted = bool((instants[1:] >= instants[:-1]).all())
        by_time = None if is_sorted else np.argsort(instants, kind="stable")
        self._instants = instants if by_time is None else instants[by_time]
        # Group and instant do not fit into 64 bits together, group and the instant's rank do. Keys that hold their own
        # event are sorted several times faster than events are sorted by their keys.
        self._bits = len(instants).bit_length()
        in_time = groups if by_time is None else groups[by_time]
        self.keys: Integers = np.sort((in_time << self._bits) | np.arange(len(instants)))
        """One per event, in order of group and instant; equal instants as they came."""
        ranks = self.keys & ((1 << self._bits) - 1)
        self.order: Integers = ranks if by_time is None else by_time[ranks]

    def position(self, groups: Integers, instants: Integers) -> Integers:
        """Return how many events lie in earlier groups, or in the same one at or before the instant."""
        return np.searchsorted(self.keys, self.key(groups, instants))

    def key(self, groups: Integers, instants: Integers, side: _Side = "right") -> Integers:
        """Return the least key that an event of the group after the instant ("left": at or after it) can have."""
        return (groups << self._bits) | np.searchsorted(self._instants, instants, side=side)
