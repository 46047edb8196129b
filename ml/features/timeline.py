"""Events of many groups in order of group and time: how many came up to an instant."""

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Ranked:
    """Events in order of group and, within each, of their rank in time among the events of all groups.

    Group and instant do not fit into 64 bits together, group and rank do.

    :param groups: whole numbers from 0, one per event.
    :param ranks: one per event, below `count`.
    """

    def __init__(self, groups: Integers, ranks: Integers, count: int) -> None:
        self._bits = count.bit_length()
        self._keys = self._key(groups, ranks)

    def place(self, groups: Integers, ranks: Integers) -> Integers:
        """Return how many events lie in earlier groups, or in the same one with a lower rank.

        It is several times faster where groups and ranks ascend.
        """
        return np.searchsorted(self._keys, self._key(groups, ranks))

    def _key(self, groups: Integers, ranks: Integers) -> Integers:
        return (groups << self._bits) | ranks


class Timeline:
    """Events of many groups in order of group and instant: answers how many came up to an instant.

    :param groups: one whole number from 0 per event, the smaller the quicker.
    :param instants: microseconds, one per event; the quicker the closer they are to being sorted.
    :param weights: how many events each stands for, where it is not one.
    """

    def __init__(self, groups: Integers, instants: Integers, weights: Integers | None = None) -> None:
        by_time = np.argsort(instants, kind="stable")
        self._instants = instants[by_time]
        ranks = order_of(groups[by_time])
        self.order: Integers = by_time[ranks]
        """The events in order of group and instant, equal instants as they came."""
        self.ranked = Ranked(groups[self.order], ranks, len(ranks))
        self._sums = None if weights is None else np.insert(np.cumsum(weights[self.order]), 0, 0)

    def ranks(self, instants: Integers) -> Integers:
        """Return how many events of any group lie at or before each instant."""
        return np.searchsorted(self._instants, instants, side="right")

    def count(self, groups: Integers, ranks: Integers) -> Integers:
        """Return how many events lie in earlier groups, or in the same one with a lower rank, by their weights."""
        places = self.ranked.place(groups, ranks)
        return places if self._sums is None else self._sums[places]

    def position(self, groups: Integers, instants: Integers) -> Integers:
        """Return how many events lie in earlier groups, or in the same one at or before the instant."""
        return self.count(groups, self.ranks(instants))


def order_of(groups: Integers) -> Integers:
    """Return the stable order of whole numbers from 0.

    NumPy sorts numbers of 16 bits by counting them, several times faster than longer ones by comparing.
    Source: least significant digit radix sort, Knuth, The Art of Computer Programming 3, section 5.2.5.
    """
    order = np.argsort(groups.astype(np.uint16), kind="stable")
    for shift in range(16, int(groups.max(initial=0)).bit_length(), 16):
        digit = (groups >> shift).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
    return order
