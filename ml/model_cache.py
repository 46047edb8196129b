"""Fitted members on this machine's disk, in the form that opens fastest.

A task process lives for a second or two. Opening a member from MLflow's own format costs it ten: MLflow and skops must
be imported and each tree be checked. So a member is opened that way once, and what came out is kept.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import joblib
import sklearn
import xgboost

from ml.models import Estimator


def open_cached(name: str, number: int, folder: Path, load: Callable[[], Estimator]) -> Estimator:
    """Return a registered version, from the cache where it has been opened on this machine before.

    A version never changes, so what is in the cache is right even while the registry is away. The files are pickles:
    whoever may write to the folder decides what runs, so it is closed to everyone else.

    :param load: opens the version from the registry; its errors pass through.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Another release of a library may not read what this one wrote.
    file = folder / f"{name}-{number}-sklearn-{sklearn.__version__}-xgboost-{xgboost.__version__}.joblib"
    if not file.exists():
        _keep(load(), file)
    return joblib.load(file)  # type: ignore[no-any-return]


def _keep(member: Estimator, file: Path) -> None:
    """Write aside and rename: two tasks at once, or a crash, leave no half model behind."""
    handle, draft = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as stream:
        joblib.dump(member, stream)
    Path(draft).replace(file)
