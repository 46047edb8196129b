"""What MLflow keeps: trainings with their pictures, the members' versions, and members that come back as they were."""

import warnings

with warnings.catch_warnings():
    # On import skops looks at every name of every loaded module, which has Airflow warn a thousand times.
    warnings.simplefilter("ignore")
    import skops.io  # noqa: F401

from ml.tracking.digests import TamperedArtefactError
from ml.tracking.members import LoggedMember, load_member
from ml.tracking.registry import CHALLENGER_ALIAS, CHAMPION_ALIAS, set_aliases
from ml.tracking.training import EXPERIMENT, LoggedTraining, log_decision, log_training, run_url

__all__ = [
    "CHALLENGER_ALIAS",
    "CHAMPION_ALIAS",
    "EXPERIMENT",
    "LoggedMember",
    "LoggedTraining",
    "TamperedArtefactError",
    "load_member",
    "log_decision",
    "log_training",
    "run_url",
    "set_aliases",
]
