"""From which score a member votes fraud: as often as the message budget allows, where it finds the most fraud."""

from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.voting import Policy, needed_votes

Integers = npt.NDArray[np.int64]

LOOSENESS: Final = (1, 2, 4, 8)
"""How many times more often than the strictest member another one may vote fraud."""
MOST_VOTES_PER_MESSAGE: Final = 10
"""The strictest member votes fraud at most this many times as often as the panel may send: members that agree on less
than a tenth are not made to agree by lower thresholds."""


def choose_thresholds(
    scores: pd.DataFrame, is_fraud: npt.NDArray[np.bool_], max_messages: int, policy: Policy
) -> dict[str, float]:
    """Choose the members' thresholds on rows that none of them was trained on.

    Every combination of looseness is tried; for each, one strictness of the whole panel is moved until the panel's
    messages just fit the budget. The combination that finds the most fraud wins, of equals the strictest one.

    :param scores: one row per transaction, one column per member, 0..1.
    :param is_fraud: the truth, one per row.
    :param max_messages: the most messages that these rows may cause.
    :return: member -> threshold; above 1, so that nothing is voted fraud, where no message fits the budget.
    """
    above = np.column_stack([_rows_at_or_above(scores[member].to_numpy(np.float64)) for member in scores])
    looseness, limit = _best_combination(above, is_fraud, max_messages, needed_votes(scores.shape[1], policy))
    return {
        str(member): _lowest_score(scores[member].to_numpy(np.float64), above[:, place], limit * looseness[place])
        for place, member in enumerate(scores)
    }


def _best_combination(
    above: Integers, is_fraud: npt.NDArray[np.bool_], max_messages: int, needed: int
) -> tuple[tuple[int, ...], float]:
    """Return the members' looseness and the limit of the strictest one that find the most fraud."""
    members = above.shape[1]
    most = MOST_VOTES_PER_MESSAGE * max_messages
    # No combination reaches the other rows, which are nearly all there are.
    in_reach = _strictness(above, needed) <= most * max(LOOSENESS)
    above, is_fraud = above[in_reach], is_fraud[in_reach]
    best: tuple[int, tuple[int, ...], float] = (-1, (1,) * members, 0.0)
    for looseness in sorted(product(LOOSENESS, repeat=members), key=sum):
        if min(looseness) > 1:
            continue
        strictness = _strictness(above / np.array(looseness), needed)
        limit = _loosest_limit(strictness[strictness <= most], max_messages)
        found = int((is_fraud & (strictness <= limit)).sum())
        if found > best[0]:
            best = (found, looseness, limit)
    return best[1:]


def _rows_at_or_above(scores: npt.NDArray[np.float64]) -> Integers:
    """Return for each row how many rows score as high or higher: how often a member votes that is set just there."""
    return len(scores) - np.searchsorted(np.sort(scores), scores, side="left")


def _strictness(above: Integers | npt.NDArray[np.float64], needed: int) -> npt.NDArray[np.float64]:
    """Return for each row how loose the panel must be before enough members vote fraud on it."""
    if needed == above.shape[1]:
        highest: npt.NDArray[Any] = above.max(axis=1).astype(np.float64)
        return highest
    strictness: npt.NDArray[Any] = np.partition(above, needed - 1, axis=1)[:, needed - 1]
    return strictness


def _loosest_limit(strictness: npt.NDArray[np.float64], max_messages: int) -> float:
    """Return the loosest limit that at most `max_messages` rows meet; rows that tie come in together or not at all."""
    if len(strictness) > max_messages:
        one_too_many = np.partition(strictness, max_messages)[max_messages]
        strictness = strictness[strictness < one_too_many]
    return float(strictness.max()) if len(strictness) else 0.0


def _lowest_score(scores: npt.NDArray[np.float64], above: Integers, limit: float) -> float:
    passing = scores[above <= limit]
    return float(passing.min()) if len(passing) else float(np.nextafter(1.0, 2.0))
