"""What a member sees of the features: the category as numbers, and for smooth models every column on one scale."""

from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, OneToOneFeatureMixin, TransformerMixin
from sklearn.pipeline import Pipeline

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

CATEGORY: Final = "category"
AMOUNT: Final = "amount"
PRIOR_ROWS: Final = 100.0
"""A category's own figures count as much as everybody's once it has this many rows."""
SMALLEST_AMOUNT: Final = 0.01


class CategoryNumbers(TransformerMixin, BaseEstimator):
    """Replaces the text `category` by two numbers: how often it is fraud, and how unusual the amount is for it.

    Both lean towards the figures of all rows, the more so the fewer rows a category has; an unknown one gets those.
    Without the column (or without `amount`) the features pass as they are.
    Source: Micci-Barreca, A preprocessing scheme for high-cardinality categorical attributes, 2001.
    """

    def fit(self, x: pd.DataFrame, y: Flags) -> Self:
        """Learn the categories' figures: fraud from all rows, amounts from the honest ones."""
        self.columns_ = [str(name) for name in x.columns if name != CATEGORY]
        self.has_category_ = CATEGORY in x.columns and AMOUNT in x.columns
        if self.has_category_:
            self._learn(x[CATEGORY], _log_amounts(x), np.asarray(y, dtype=bool))
        return self

    def transform(self, x: pd.DataFrame) -> Floats:
        """Return (rows, columns): the numbers as they are, then the two of the category."""
        numbers = x[self.columns_].to_numpy(np.float64)
        if not self.has_category_:
            return numbers
        place = pd.Index(self.categories_).get_indexer(pd.Index(x[CATEGORY]))
        unusual = (_log_amounts(x) - self.means_[place]) / self.spreads_[place]
        return np.column_stack([numbers, self.log_odds_[place], unusual])

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[Any]:
        """Return the names of the columns that `transform` gives."""
        return np.array(self.sources_of_columns(), dtype=object)

    def sources_of_columns(self) -> list[str]:
        """Return for each column that `transform` gives the feature it tells of."""
        return self.columns_ + ([CATEGORY, CATEGORY] if self.has_category_ else [])

    def _learn(self, category: "pd.Series[str]", logs: Floats, is_fraud: Flags) -> None:
        codes, names = pd.factorize(category, sort=True)
        honest = ~is_fraud
        self.categories_ = [str(name) for name in names]
        shares = np.clip(_leaning_means(codes, is_fraud.astype(np.float64), len(names)), 1e-6, 1 - 1e-6)
        self.log_odds_ = np.log(shares / (1 - shares))
        self.means_ = _leaning_means(codes[honest], logs[honest], len(names))
        squares = _leaning_means(codes[honest], logs[honest] ** 2, len(names))
        self.spreads_ = np.sqrt(np.maximum(squares - self.means_**2, 1e-4))


def _leaning_means(codes: npt.NDArray[np.integer[Any]], values: Floats, groups: int) -> Floats:
    """Return the mean of each group, and last, where the place of an unknown group, -1, finds it, that of all."""
    everybody = values.mean() if len(values) else 0.0
    sums, counts = np.bincount(codes, values, groups), np.bincount(codes, minlength=groups)
    return np.append((sums + PRIOR_ROWS * everybody) / (counts + PRIOR_ROWS), everybody)


def _log_amounts(x: pd.DataFrame) -> Floats:
    logs: Floats = np.log(np.maximum(x[AMOUNT].to_numpy(np.float64), SMALLEST_AMOUNT))
    return logs


class EvenScale(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Brings columns to mean 0 and spread 1: logarithms where they are skewed, 0 where unknown, nothing far out.

    Beyond what training saw a value counts as the largest (or smallest) one seen, so a customer who suddenly buys a
    hundred times a day gets an unremarkable score for it, not an absurd one.
    """

    def fit(self, x: Floats, y: Any = None) -> Self:
        """Learn ranges, means and spreads; a column without any value counts as 0."""
        self.n_features_in_ = x.shape[1]
        is_empty = np.isnan(x).all(axis=0)
        known = np.where(is_empty, 0.0, x)
        self.low_, self.high_ = np.nanmin(known, axis=0), np.nanmax(known, axis=0)
        self.mean_, self.spread_ = np.zeros(x.shape[1]), np.ones(x.shape[1])
        self.is_skewed_ = (self.low_ >= 0) & (self.high_ > SKEWED * np.nanmean(known, axis=0))
        raw = self._raw(known)
        self.mean_ = np.nanmean(raw, axis=0)
        spread = np.nanstd(raw, axis=0)
        self.spread_ = np.where(spread > 0, spread, 1.0)
        return self

    def transform(self, x: Floats) -> Floats:
        """Return the columns on one scale."""
        scaled = (self._raw(x) - self.mean_) / self.spread_
        even: Floats = np.where(np.isnan(scaled), 0.0, scaled)
        return even

    def _raw(self, x: Floats) -> Floats:
        within = np.clip(x, self.low_, self.high_)
        raw: Floats = np.where(self.is_skewed_, np.log1p(np.where(self.is_skewed_, within, 0.0)), within)
        return raw


SKEWED: Final = 4.0
"""A column whose largest value is this many times its mean is taken by its logarithm."""


class Thinned(ClassifierMixin, BaseEstimator):
    """Fits on every fraud and on a part of the honest rows, each of which then counts for several.

    Source: King and Zeng, Logistic regression in rare events data, 2001 (weighting).

    :param estimator: is fitted itself, as a pipeline does with its steps; takes `sample_weight` in `fit`, of a
        pipeline its last step does.
    :param most_honest: how many honest rows are kept at most.
    """

    def __init__(self, estimator: Any, most_honest: int = 100_000, random_state: int = 0) -> None:
        self.estimator = estimator
        self.most_honest = most_honest
        self.random_state = random_state

    def fit(self, x: pd.DataFrame, y: Flags) -> Self:
        """Choose rows and fit."""
        y = np.asarray(y, dtype=bool)
        honest = np.flatnonzero(~y)
        self.classes_ = np.array([False, True])
        weight = np.ones(len(y))
        rows = np.arange(len(y))
        if len(honest) > self.most_honest:
            kept = np.random.default_rng(self.random_state).choice(honest, self.most_honest, replace=False)
            weight[kept] = len(honest) / self.most_honest
            rows = np.sort(np.concatenate([np.flatnonzero(y), kept]))
        last = f"{self.estimator.steps[-1][0]}__" if isinstance(self.estimator, Pipeline) else ""
        self.estimator.fit(x.iloc[rows], y[rows], **{f"{last}sample_weight": weight[rows]})
        return self

    def predict_proba(self, x: pd.DataFrame) -> Floats:
        """Return (rows, 2): the probability of honest and of fraud."""
        probabilities: Floats = self.estimator.predict_proba(x)
        return probabilities

    def predict(self, x: pd.DataFrame) -> Flags:
        """Say for each row whether fraud is more probable than not."""
        likely: Flags = self.predict_proba(x)[:, 1] >= 0.5
        return likely
