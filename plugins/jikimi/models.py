"""The models of a panel, from MLflow once and from this machine's cache ever after."""

from typing import TYPE_CHECKING

from jikimi import defaults
from jikimi.store.panels import Panel

if TYPE_CHECKING:
    from ml.models import Estimator


def load_members(panel: Panel) -> "dict[str, Estimator]":
    """Return the fitted members of a panel by name."""
    from ml.tracking import load_member

    cache, uri = defaults.home() / "models", defaults.tracking_uri()
    return {m.name: load_member(m.model_name, m.model_version, uri, cache) for m in panel.members}
