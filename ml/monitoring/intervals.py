"""How sure a share is that was counted on few rows."""

import math
from typing import Final

SURE: Final = 3.29
"""Standard deviations of 99.9 %: of a thousand quiet windows about one would say otherwise."""


def wilson(hits: float, rows: float, z: float = SURE) -> tuple[float, float]:
    """Return the smallest and the largest share that `hits` of `rows` speak for.

    Source: Wilson, Probable inference, the law of succession, and statistical inference, 1927. Unlike the normal
    interval it holds for rare events, and for none at all.

    :param hits: 0..rows.
    :return: 0..1 each; (0, 1) where there are no rows.
    """
    if rows <= 0:
        return 0.0, 1.0
    share, spread = hits / rows, z * z / rows
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / rows + spread / (4 * rows))
    return max(0.0, middle - half), min(1.0, middle + half)
