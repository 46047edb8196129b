"""Why a whole panel calls a transaction fraud: what moved its members most, in figures and in words."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.contributions import contributions
from ml.features import FEATURE_NAMES
from ml.models import Estimator
from ml.sentences import Value, sentence

MOST_CONTRIBUTIONS: Final = 3
DECIMALS: Final = 4
"""Of a contribution: more would be noise of single precision."""


class Explanation(NamedTuple):
    """What is kept with a verdict.

    :param contributions: at most three, the strongest first: `feature`, its `value` (None where unknown) and its
        `contribution` towards fraud in log-odds, positive; none where no member allows it.
    """

    contributions: list[dict[str, Any]]
    explanation_ko: str | None
    explanation_en: str | None


UNEXPLAINED: Final = Explanation([], None, None)


def explain(
    features: pd.DataFrame, members: Mapping[str, Estimator], currencies: "pd.Series[str] | None" = None
) -> list[Explanation]:
    """Explain each transaction by the mean contribution of its features in the members that allow it.

    Source: Lundberg and others, From local explanations to global understanding with explainable AI for trees, 2020
    (exact TreeSHAP); of an additive panel the mean of the members' contributions is the contribution in the mean of
    their log-odds.

    :param features: columns `ml.features.FEATURE_NAMES`, indexed by `transaction_id`.
    :param members: fitted, by name.
    :param currencies: ISO 4217 by `transaction_id`.
    """
    if features.empty:
        return []
    mean = _mean_contributions(features, members)
    if mean is None:
        return [UNEXPLAINED] * len(features)
    codes = [None] * len(features) if currencies is None else currencies.reindex(features.index).tolist()
    values = features[list(FEATURE_NAMES)].to_numpy(object)
    rows = [{name: _known(value) for name, value in zip(FEATURE_NAMES, row, strict=True)} for row in values]
    return [_explanation(strengths, row, code) for strengths, row, code in zip(mean, rows, codes, strict=True)]


def _mean_contributions(features: pd.DataFrame, members: Mapping[str, Estimator]) -> npt.NDArray[np.float64] | None:
    """Return (rows, features) in log-odds; None where no member allows it."""
    found = [each for each in (contributions(member, features) for member in members.values()) if each is not None]
    if not found:
        return None
    # A feature that a member does not know moves it by nothing.
    known = [each.reindex(columns=list(FEATURE_NAMES), fill_value=0.0).to_numpy(np.float64) for each in found]
    mean: npt.NDArray[np.float64] = np.mean(known, axis=0)
    return mean


def _explanation(strengths: npt.NDArray[np.float64], row: dict[str, Value], currency: str | None) -> Explanation:
    strongest = np.argsort(-strengths, kind="stable")[:MOST_CONTRIBUTIONS]
    told = [
        {"feature": name, "value": row[name], "contribution": round(float(strengths[place]), DECIMALS)}
        for place, name in ((place, FEATURE_NAMES[place]) for place in strongest)
        if strengths[place] > 0
    ]
    names = [str(each["feature"]) for each in told]
    return Explanation(told, *(sentence(names, row, language, currency) or None for language in ("ko", "en")))


def _known(value: Any) -> Value:
    return None if pd.isna(value) else value
