"""How far a window of live rows is from the reference of the panel that scored it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from ml.monitoring.references import Kind, Reference, counts_in, known_texts

CALENDAR_NAMES: Final = ("hour", "is_night", "is_weekend")
"""What says the time of day or week: a window that is no whole number of weeks differs in it, and nothing is wrong."""


@dataclass(frozen=True)
class Drift:
    """Of one feature or score in one window.

    :param psi: population stability index; 0.1 is some, 0.2 is much.
    :param unseen_share: rows with a category that the reference does not have; None for numbers.
    """

    kind: Kind
    name: str
    rows: int
    psi: float
    missing_share: float
    reference_missing_share: float
    unseen_share: float | None = None

    @property
    def is_calendar(self) -> bool:
        """Whether it says the time of day or week."""
        return self.kind == "feature" and self.name in CALENDAR_NAMES


def psi(reference: Sequence[float], window: Sequence[float]) -> float:
    """Return the population stability index of two histograms over the same bins.

    The sum over the bins of (w - r) * ln(w / r), w and r being the shares of the rows: the symmetric divergence of
    Kullback and Leibler. Half a row is added to every bin, so that an empty one gives a large number and no infinite
    one, and none at all where both are empty. Without any change it is about (bins - 1) * (1 / rows + 1 / rows of the
    reference) by chance, so it says nothing of a few dozen rows.
    Sources: Jeffreys, An invariant form for the prior probability, 1946; Siddiqi, Credit Risk Scorecards, 2006 (bins
    and the limits 0.1 and 0.2); Yurdakul and Naranjo, Statistical properties of the population stability index, 2020.

    :param reference: rows per bin.
    :param window: rows per bin, in the same order.
    """
    expected, actual = _shares(reference), _shares(window)
    return float(((actual - expected) * np.log(actual / expected)).sum())


def drift_of_values(reference: Reference, values: "pd.Series[Any]") -> Drift:
    """Compare a column with its reference.

    :param values: at least one; NaN where it is unknown.
    """
    if "categories" in reference.content:
        texts = known_texts(values)
        return _of_categories(reference, texts.value_counts().to_dict(), len(values) - len(texts))
    edges = np.array(reference.content["edges"], dtype=np.float64)
    known = values.dropna().to_numpy(np.float64)
    return _of_bins(reference, counts_in(edges, known).tolist(), len(values) - len(known))


def drift_of_counts(reference: Reference, counts: Mapping[int, int]) -> Drift:
    """Compare rows that the database counted: bin -> rows, bins numbered from 0 below the first edge."""
    return _of_bins(reference, [counts.get(number, 0) for number in range(len(reference.content["counts"]))], 0)


def _of_bins(reference: Reference, counts: Sequence[int], missing: int) -> Drift:
    kept = reference.content
    return _drift(reference, [*kept["counts"], kept["missing"]], [*counts, missing], missing, None)


def _of_categories(reference: Reference, counts: Mapping[Any, int], missing: int) -> Drift:
    known: Mapping[str, int] = reference.content["categories"]
    unseen = sum(rows for name, rows in counts.items() if name not in known)
    # What was rare among very many categories is not listed there, and is as unknown here.
    unlisted = reference.rows - sum(known.values()) - reference.content["missing"]
    before = [*known.values(), unlisted, reference.content["missing"]]
    now = [*(counts.get(name, 0) for name in known), unseen, missing]
    return _drift(reference, before, now, missing, unseen)


def _drift(reference: Reference, before: Sequence[int], now: Sequence[int], missing: int, unseen: int | None) -> Drift:
    rows = sum(now)
    return Drift(
        reference.kind,
        reference.name,
        rows,
        psi(before, now),
        missing_share=missing / rows if rows else 0.0,
        reference_missing_share=reference.content["missing"] / reference.rows if reference.rows else 0.0,
        unseen_share=None if unseen is None else (unseen / rows if rows else 0.0),
    )


def _shares(counts: Sequence[float]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    rows = np.asarray(counts, dtype=np.float64) + 0.5
    shares: np.ndarray[Any, np.dtype[np.float64]] = rows / rows.sum()
    return shares
