"""What must hold for landed rows and for training data, decided row by row by Great Expectations.

Only this package imports Great Expectations. Results are kept without a single value of a row.
"""

import logging

from ml.expectations import steady
from ml.expectations.batches import Validation, validate
from ml.expectations.data_docs import write_data_docs
from ml.expectations.training_data import TrainingCheck, validate_training
from ml.parsing import parse

# It tells on every batch that it has no stored data sources; it never has any here.
logging.getLogger("great_expectations.datasource").setLevel(logging.WARNING)
steady.register()

__all__ = ["TrainingCheck", "Validation", "parse", "validate", "validate_training", "write_data_docs"]
