"""The rows of a training as MLflow's datasets: what they are and their hash, not the rows themselves."""

import json
from typing import Any, Final

from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.meta_dataset import MetaDataset
from mlflow.types.utils import _infer_schema

from ml.fingerprints import rows_sha256
from ml.tracking.describing import day
from ml.training import TrainedPanel

DIGEST_LENGTH: Final = 16
"""MLflow takes 36 characters at most; the whole digest is the tag `dataset_sha256`."""


class LabelledRowsDataset(MetaDataset):
    """Rows that stay in the database; MLflow knows their columns, counts and digest."""

    def __init__(self, name: str, sha256: str, source: dict[str, str], counts: dict[str, int], schema: Any) -> None:
        self._counts = counts
        super().__init__(CodeDatasetSource(tags=source), name=name, digest=sha256[:DIGEST_LENGTH], schema=schema)

    def to_dict(self) -> dict[str, str]:
        """Return what MLflow keeps; the profile is shown beside the run."""
        return {**super().to_dict(), "profile": json.dumps(self._counts)}


def training_dataset(panel: TrainedPanel) -> LabelledRowsDataset:
    """Return the rows that the members were fitted on."""
    begin, end = panel.windows.trained_from, panel.windows.trained_until
    counts = {"num_rows": panel.training_rows, "frauds": panel.training_frauds}
    source = _source(f"from {day(begin)} until {day(end)}, labels as known on {day(panel.windows.judged_from)}")
    schema = _infer_schema(panel.judged_features)
    return LabelledRowsDataset("training rows", panel.training_sha256, source, counts, schema)


def judged_dataset(panel: TrainedPanel) -> LabelledRowsDataset:
    """Return the later rows that the figures come from; two trainings with the same ones can be compared."""
    begin, end = panel.windows.judged_from, panel.windows.judged_until
    counts = {"num_rows": len(panel.judged), "frauds": int(panel.judged.is_fraud.sum())}
    digest = rows_sha256(panel.judged_features, panel.judged.is_fraud)
    source = _source(f"from {day(begin)} until {day(end)}, labels as known at the training")
    return LabelledRowsDataset("judged rows", digest, source, counts, _infer_schema(panel.judged_features))


def _source(rows: str) -> dict[str, str]:
    return {
        "database": "jikimi",
        "tables": "transactions, labels",
        "rows": rows,
        "features": "ml.features.compute_features",
    }
