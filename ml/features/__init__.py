"""The features of a transaction: one function for training and for scoring, from what was known at its instant."""

from ml.features.compute import compute_features
from ml.features.counted import instants_to_count
from ml.features.names import FEATURE_NAMES, HANDBOOK_NAMES, LABEL_DELAY, NUMERIC_NAMES, WINDOW_DAYS
from ml.features.timeline import Timeline

__all__ = [
    "FEATURE_NAMES",
    "HANDBOOK_NAMES",
    "LABEL_DELAY",
    "NUMERIC_NAMES",
    "WINDOW_DAYS",
    "Timeline",
    "compute_features",
    "instants_to_count",
]
