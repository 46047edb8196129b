"""The models of a panel, from MLflow once and from this machine's cache ever after."""

from typing import TYPE_CHECKING

from jikimi import defaults
from jikimi.store.panels import Member, Panel

if TYPE_CHECKING:
    from ml.models import Estimator


def load_members(panel: Panel) -> "dict[str, Estimator]":
    """Return the fitted members of a panel by name.

    :raises mlflow.exceptions.MlflowException: a member is not in the cache, and MLflow does not have it or is away.
    """
    return {member.name: _load(panel, member) for member in panel.members}


def _load(panel: Panel, member: Member) -> "Estimator":
    from ml.model_cache import open_cached

    def from_registry() -> "Estimator":
        from ml.tracking import load_member

        return load_member(member.model_name, member.model_version, defaults.tracking_uri())

    # The run is part of the name: another MLflow server may have a first version of the same model.
    name = f"{panel.mlflow_run_id}-{member.model_name}"
    return open_cached(name, member.model_version, defaults.home() / "models", from_registry)
