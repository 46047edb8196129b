"""What moves a member's scores and in which direction, row by row: the SHAP summary."""

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ml import models
from ml.evaluation import Flags, Floats
from ml.models import Estimator
from ml.tracking.importance import sample
from ml.tracking.style import new_axes

MOST_FRAUDS: Final = 100
MOST_HONEST: Final = 200
MOST_SHOWN: Final = 15
HALF_ROW: Final = 0.38


def sampled_contributions(
    member: Estimator, features: pd.DataFrame, is_fraud: Flags, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return contributions and the features they belong to, of some fraudulent and some honest rows.

    Source: Lundberg and others, From local explanations to global understanding with explainable AI for trees, 2020.

    :return: None where the member has no exact contributions; log-odds towards fraud, one row per chosen row.
    """
    chosen, _ = sample(is_fraud, np.random.default_rng(seed), MOST_FRAUDS, MOST_HONEST)
    rows = features.iloc[chosen]
    explained = getattr(models, "contributions", lambda *_: None)(member, rows)
    return None if explained is None else (explained, rows)


def contribution_picture(explained: pd.DataFrame, rows: pd.DataFrame, title: str) -> Axes:
    """Draw a dot per row and feature, by contribution; blue where the feature is small, yellow where it is large."""
    strength = explained.abs().mean().sort_values(ascending=False).head(MOST_SHOWN)
    shown = list(strength.index[::-1])
    axes = new_axes(
        title, "contribution to the log-odds of fraud (right: towards fraud)", "", size=(7.6, 5.6), left=0.29
    )
    for height, name in enumerate(shown):
        towards = explained[name].to_numpy(np.float64)
        dots = axes.scatter(
            towards, height + _spread(towards), c=_ranks(rows[name]), cmap="cividis", vmin=0, vmax=1, s=7, linewidths=0
        )
    bar = axes.figure.colorbar(
        dots, cax=axes.inset_axes((0.62, 0.06, 0.34, 0.02)), ticks=[0, 1], orientation="horizontal"
    )
    bar.ax.set_xticklabels(["small value", "large value"], fontsize=8)
    axes.axvline(0, color="#000000", linewidth=0.8)
    axes.set_yticks(range(len(shown)), shown, fontsize=8)
    return axes


def _ranks(values: "pd.Series[Any]") -> Floats:
    """Return each value's place among all, 0..1, texts in alphabetical order; unknown ones in the middle."""
    if not pd.api.types.is_numeric_dtype(values):
        values = values.astype("category").cat.codes
    return values.rank(pct=True).fillna(0.5).to_numpy(np.float64)


def _spread(towards: Floats, bins: int = 80) -> Floats:
    """Return how far each dot is moved up or down, so that dots at the same place lie beside each other."""
    low, high = towards.min(), towards.max()
    place = ((towards - low) / max(high - low, 1e-12) * bins).astype(np.int64)
    turn = pd.Series(place).groupby(place).cumcount().to_numpy()
    side = np.where(turn % 2 == 0, 1, -1) * ((turn + 1) // 2)
    return np.asarray(HALF_ROW * side / max(1, int(np.abs(side).max())), dtype=np.float64)
