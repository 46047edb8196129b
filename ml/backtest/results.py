"""What folds measured, and its mean and spread."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ml.backtest.protocol import FoldWindows

Table = dict[str, dict[str, float]]


@dataclass(frozen=True)
class FoldResult:
    """What one fold measured: a name (member or policy) -> measure -> value; empty where nothing could be measured.

    :param known_card_rows: test rows that the ranking figures leave out because their card was known.
    :param same_messages: budget -> what panels and members find with as many messages as the unanimous panel.
    :param notes: what a reader of the figures must know, one sentence each.
    """

    windows: FoldWindows
    training_rows: int
    training_frauds: int
    test_rows: int
    test_frauds: int
    known_card_rows: int
    notes: tuple[str, ...] = ()
    members: Table = field(default_factory=dict)
    panel: Table = field(default_factory=dict)
    same_messages: dict[float, Table] = field(default_factory=dict)
    reference: Table = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """A measure over the folds.

    :param mean: over the folds in which it could be computed; NaN where there is none.
    :param std: population standard deviation over the same folds, as in the handbook; NaN for fewer than two.
    :param folds: value of each fold, NaN where it could not be computed.
    """

    mean: float
    std: float
    folds: tuple[float, ...]

    @property
    def measured(self) -> int:
        """In how many folds it could be computed."""
        return sum(not math.isnan(value) for value in self.folds)


def summarise(folds: Sequence[float]) -> Summary:
    """Return mean and spread of a measure over the folds that have it."""
    values = [value for value in folds if not math.isnan(value)]
    mean = float(np.mean(values)) if values else math.nan
    return Summary(mean, float(np.std(values)) if len(values) > 1 else math.nan, tuple(folds))


def summarise_all(tables: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, Summary]]:
    """Summarise the tables of the folds; what a fold lacks is NaN there."""
    shape = {name: list(measures) for table in tables for name, measures in table.items()}
    return {
        name: {each: summarise([table.get(name, {}).get(each, math.nan) for table in tables]) for each in measures}
        for name, measures in shape.items()
    }
