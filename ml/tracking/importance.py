"""What a member looks at: how much worse it ranks when one feature's values are shuffled, the same for every kind."""

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from sklearn.metrics import average_precision_score

from ml.evaluation import Flags, Floats
from ml.models import Estimator
from ml.scoring import score_members
from ml.tracking.style import new_axes

MOST_FRAUDS: Final = 500
MOST_HONEST: Final = 2_500
MOST_SHOWN: Final = 20


def importances(member: Estimator, features: pd.DataFrame, is_fraud: Flags, seed: int = 0) -> "pd.Series[float]":
    """Return by how much average precision falls when a feature's values are shuffled among the rows.

    Source: Breiman, Random forests, 2001; Fisher, Rudin and Dominici, All models are wrong, but many are useful, 2019.

    :param features: columns `ml.features.FEATURE_NAMES`; a sample of them is used, weighted to the natural share.
    :return: by feature, the strongest first.
    """
    rng = np.random.default_rng(seed)
    chosen, weights = sample(is_fraud, rng)
    rows, truth = features.iloc[chosen], is_fraud[chosen]
    shuffled = [rows.assign(**{name: rows[name].to_numpy()[rng.permutation(len(rows))]}) for name in rows.columns]
    # One call for all features: a forest takes as long for few rows as for many.
    scores = _scores(member, pd.concat([rows, *shuffled])).reshape(len(shuffled) + 1, len(rows))
    reached = [float(average_precision_score(truth, each, sample_weight=weights)) for each in scores]
    drops = pd.Series(reached[0] - np.array(reached[1:]), index=rows.columns)
    return drops.sort_values(ascending=False, kind="stable")


def sample(
    is_fraud: Flags, rng: np.random.Generator, frauds: int = MOST_FRAUDS, honest: int = MOST_HONEST
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Floats]:
    """Choose rows of both kinds, and weights that give them the share of fraud of all rows."""
    places, weights = [], []
    for flags, most in ((is_fraud, frauds), (~is_fraud, honest)):
        all_of_kind = np.flatnonzero(flags)
        taken = np.sort(rng.permutation(all_of_kind)[:most])
        places.append(taken)
        weights.append(np.full(len(taken), len(all_of_kind) / max(1, len(taken))))
    return np.concatenate(places), np.concatenate(weights)


def importance_picture(drops: "pd.Series[float]", colour: str, title: str) -> Axes:
    """Draw the strongest features, the strongest at the top."""
    shown = drops.head(MOST_SHOWN)[::-1]
    axes = new_axes(title, "fall of average precision when the feature is shuffled", "", size=(7.6, 5.6), left=0.29)
    axes.barh(list(shown.index), shown.to_numpy(), color=colour)
    axes.axvline(0, color="#000000", linewidth=0.8)
    axes.tick_params(axis="y", labelsize=8)
    return axes


def _scores(member: Estimator, rows: pd.DataFrame) -> Floats:
    return score_members(rows, {"member": member})["member"].to_numpy(np.float64)
