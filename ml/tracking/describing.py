"""Words and numbers as the texts in MLflow write them."""

import math
from collections.abc import Mapping

import pandas as pd


def finite(figures: Mapping[str, float]) -> dict[str, float]:
    """Return the figures that could be computed: MLflow would show NaN as a number."""
    return {name: value for name, value in figures.items() if math.isfinite(value)}


def day(instant: pd.Timestamp) -> str:
    """Return the day of an instant, in UTC."""
    return f"{instant:%Y-%m-%d}"


def number(figures: Mapping[str, float], name: str, form: str = ".3f") -> str:
    """Return a figure as text, `n/a` where it could not be computed."""
    value = figures.get(name, math.nan)
    return format(value, form) if math.isfinite(value) else "n/a"


def share(part: int, whole: int) -> str:
    """Return counts and their ratio: `120 of 15,000 (0.80 %)`."""
    return f"{part:,} of {whole:,} ({part / whole:.2%})" if whole else "none"


def words(name: str) -> str:
    """Return a name as people read it: `random_forest` as `random forest`."""
    return name.replace("_", " ").replace("xgboost", "XGBoost")


def heading(name: str) -> str:
    """Return a name as a title begins with it."""
    return words(name)[:1].upper() + words(name)[1:]
