"""How much each feature moved a member's score of a row: exact, in log-odds."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from xgboost import DMatrix, XGBClassifier

from ml.inputs import CategoryNumbers

Floats = npt.NDArray[np.float64]


def contributions(member: Any, features: pd.DataFrame) -> pd.DataFrame | None:
    """Return what each feature adds to the member's log-odds of fraud, against an ordinary row.

    Of boosted trees exact TreeSHAP values; of the additive logistic model what its lines add, less their mean over the
    rows it was fitted on. With one constant per member the contributions of a row sum up to its log-odds.
    Source: Lundberg and others, From local explanations to global understanding with explainable AI for trees, 2020.

    :param member: one of `ml.models.MEMBERS`, fitted, calibrated or not.
    :param features: columns `ml.features.FEATURE_NAMES`.
    :return: float64, one row per row and one column per feature, in log-odds; None where a member has no exact ones.
    """
    slope = float(getattr(member, "slope", 1.0))
    pipeline = _pipeline(member)
    if pipeline is None:
        return None
    category, *between, last = (step for _, step in pipeline.steps)
    inputs = category.transform(features)
    found = _of_trees(last, inputs) if isinstance(last, XGBClassifier) else _of_lines(between, last, inputs)
    return None if found is None else _by_feature(slope * found, category, features)


def _pipeline(member: Any) -> Pipeline | None:
    """Return the fitted pipeline inside a member whose first step gives the category its numbers."""
    inner = member
    while not isinstance(inner, Pipeline) and hasattr(inner, "estimator"):
        inner = inner.estimator
    is_ours = isinstance(inner, Pipeline) and isinstance(inner.steps[0][1], CategoryNumbers)
    return inner if is_ours else None


def _of_trees(trees: XGBClassifier, inputs: Floats) -> Floats:
    found: Floats = trees.get_booster().predict(DMatrix(inputs, nthread=1), pred_contribs=True)[:, :-1]
    return found.astype(np.float64)


def _of_lines(between: list[Any], last: Any, inputs: Floats) -> Floats | None:
    """Add up the parts of each line; every column has the same number of them, one after the other."""
    if not isinstance(last, LogisticRegression):
        return None
    parts = inputs
    for step in between:
        parts = step.transform(parts)
    products = parts * last.coef_[0]
    sums: Floats = products.reshape(len(inputs), inputs.shape[1], -1).sum(axis=2)
    return sums


def _by_feature(found: Floats, category: CategoryNumbers, features: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame(found, columns=category.sources_of_columns(), index=features.index)
    return table.T.groupby(level=0).sum().T.reindex(columns=features.columns, fill_value=0.0)
