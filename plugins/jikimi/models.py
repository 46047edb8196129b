"""The models of a panel, from MLflow once and from this machine's cache ever after."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from jikimi import defaults
from jikimi.store.panels import Member, Panel

if TYPE_CHECKING:
    from ml.models import Estimator

FETCH_AGAIN_SECONDS = 300


class _NotCachedError(Exception):
    """A member is not on this machine."""


def load_members(panel: Panel) -> "dict[str, Estimator]":
    """Return the fitted members of a panel by name.

    :raises ml.tracking.TamperedArtefactError: a member's files in MLflow are not those of its training.
    :raises mlflow.exceptions.MlflowException: a member is not in the cache, and MLflow does not have it or is away.
    """
    return {member.name: _load(panel, member) for member in panel.members}


def load_cached_members(panel: Panel) -> "dict[str, Estimator] | None":
    """Return the members from this machine's cache; None where one of them is not there."""
    try:
        return {member.name: _load(panel, member, may_fetch=False) for member in panel.members}
    except _NotCachedError:
        return None


def is_fetch_due(panel: Panel) -> bool:
    """Tell whether nobody on this machine tried to fetch the panel in the last five minutes, and note that one does."""
    mark = _folder() / f"{panel.mlflow_run_id}.fetching"
    if mark.exists() and time.time() - mark.stat().st_mtime < FETCH_AGAIN_SECONDS:
        return False
    mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()
    return True


def _load(panel: Panel, member: Member, *, may_fetch: bool = True) -> "Estimator":
    from ml.model_cache import RegisteredVersion, open_cached

    def from_registry() -> "Estimator":
        if not may_fetch:
            raise _NotCachedError
        from ml.tracking import load_member

        return load_member(member.model_name, member.model_version, defaults.tracking_uri(), member.sha256)

    version = RegisteredVersion(panel.mlflow_run_id, member.model_name, member.model_version, member.sha256)
    return open_cached(version, _folder(), from_registry)


def _folder() -> Path:
    return defaults.home() / "models"
