"""What moves a member's scores and in which direction, row by row: the SHAP summary."""

import warnings
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from sklearn.ensemble import BaseEnsemble
from sklearn.pipeline import Pipeline

from ml.evaluation import Flags, Floats
from ml.models import Estimator
from ml.tracking.importance import sample
from ml.tracking.style import new_axes

MOST_FRAUDS: Final = 100
MOST_HONEST: Final = 200
MOST_SHOWN: Final = 15
HALF_ROW: Final = 0.38


class Contributions(NamedTuple):
    """What moved the scores of some rows.

    :param values: towards fraud, one row per chosen row, one column per feature.
    :param rows: the features of the same rows.
    :param unit: what a contribution is a part of.
    """

    values: pd.DataFrame
    rows: pd.DataFrame
    unit: str


def sampled_contributions(
    member: Estimator, features: pd.DataFrame, is_fraud: Flags, seed: int = 0
) -> Contributions | None:
    """Return exact contributions in some fraudulent and some honest rows, before calibration.

    Of trees: Lundberg and others, From local explanations to global understanding with explainable AI for trees, 2020.
    Of linear models: the coefficient times the distance from the mean of the rows.

    :return: None where the member is neither, or hides which feature a column of it is made of.
    """
    chosen, _ = sample(is_fraud, np.random.default_rng(seed), MOST_FRAUDS, MOST_HONEST)
    rows = features.iloc[chosen]
    before, last = _parts(_inner(member))
    columns = before.transform(rows) if before else rows
    sources = _sources(before, columns, list(features.columns))
    explained = _explain(last, columns)
    if sources is None or explained is None:
        return None
    values = pd.DataFrame(explained, columns=sources, index=rows.index).T.groupby(level=0).sum().T
    # An ensemble of scikit-learn averages probabilities; boosted trees and linear models add log-odds.
    unit = "probability" if isinstance(last, BaseEnsemble) and not hasattr(last, "init_") else "log-odds"
    return Contributions(values, rows, unit)


def _inner(member: Any) -> Any:
    """Return what does the work inside of calibration and other wrappers; a forest's own `estimator` is no wrapper."""
    while not isinstance(member, (Pipeline, BaseEnsemble)):
        inside = getattr(member, "estimator_", None) or getattr(member, "estimator", None)
        if inside is None:
            break
        member = inside
    return member


def _parts(member: Any) -> tuple[Any, Any]:
    return (member[:-1], member[-1]) if isinstance(member, Pipeline) else (None, member)


def _sources(before: Any, columns: Any, features: list[str]) -> list[str] | None:
    """Return for each column that a pipeline's last step sees the feature that it is made of."""
    names = list(before.get_feature_names_out(features)) if before else list(columns.columns)
    longest_first = sorted(features, key=len, reverse=True)
    found = [next((each for each in longest_first if str(name).startswith(each)), None) for name in names]
    return None if None in found else [str(name) for name in found]


def _explain(model: Any, columns: Any) -> Floats | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what shap's own dependencies will change
        import shap

    if hasattr(model, "coef_"):
        x = np.asarray(columns, dtype=np.float64)
        values: Floats = (x - x.mean(axis=0)) * np.ravel(model.coef_)
        return values
    if not (isinstance(model, BaseEnsemble) or hasattr(model, "get_booster")):
        return None
    explained = np.asarray(shap.TreeExplainer(model).shap_values(columns, check_additivity=False))
    return explained[..., 1] if explained.ndim == 3 else explained


def contribution_picture(contributions: Contributions, title: str) -> Axes:
    """Draw a dot per row and feature, by contribution; blue where the feature is small, yellow where it is large."""
    explained, rows, unit = contributions
    strength = explained.abs().mean().sort_values(ascending=False).head(MOST_SHOWN)
    shown = list(strength.index[::-1])
    axes = new_axes(
        title, f"contribution to the {unit} of fraud (right: towards fraud)", "", size=(7.6, 5.6), left=0.29
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
