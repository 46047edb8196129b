"""Probabilities as log-odds and back: the scale on which evidence adds up."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SMALLEST: Final = 1e-9
"""Probabilities nearer to 0 or 1 than this count as this near: the log-odds of 0 would be infinite."""


def log_odds(probabilities: npt.NDArray[np.floating[Any]]) -> Floats:
    """Return the logarithm of p / (1 - p), for 0 and 1 something large but finite."""
    inside: Floats = np.clip(probabilities.astype(np.float64), SMALLEST, 1 - SMALLEST)
    return np.log(inside) - np.log1p(-inside)


def expit(odds: Floats) -> Floats:
    """Return the probabilities that belong to log-odds."""
    return 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
