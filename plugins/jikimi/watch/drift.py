"""Drift: the scores of a window and the features of some of its rows against what the panel was judged on."""

from datetime import datetime
from typing import TYPE_CHECKING

from jikimi.store import monitors
from jikimi.store.connection import Connection
from jikimi.store.monitors import Span
from jikimi.store.panels import Panel
from jikimi.store.windows import window_of
from jikimi.watch.settings import Settings, last_window

if TYPE_CHECKING:
    import pandas as pd

    from ml.monitoring import Drift, Finding, Reference


def watch_drift(store: Connection, champion: Panel | None, settings: Settings, now: datetime) -> "list[Finding]":
    """Measure the champion's last window once, and judge it."""
    from ml.monitoring import drift_findings

    span = last_window(now, settings.drift_window)
    if champion is None or monitors.is_drift_measured(store, champion.panel_id, span.until):
        return []
    references = monitors.references_of(store, champion.panel_id)
    if not references:
        monitors.keep_no_drift(store, champion.panel_id, span, "no_reference", 0)
        return []
    scores = _scores(store, champion.panel_id, references, span)
    rows = max((each.rows for each in scores), default=0)
    if rows < settings.min_rows:
        monitors.keep_no_drift(store, champion.panel_id, span, "too_few_rows", rows)
        return []
    measured = [*scores, *_features(store, champion.panel_id, references, span, settings)]
    monitors.keep_drift(store, champion.panel_id, span, measured)
    before = monitors.drift_of_window(store, champion.panel_id, span.since)
    return list(drift_findings(measured, before, settings.drift_limit))


def _scores(store: Connection, panel_id: int, references: "list[Reference]", span: Span) -> "list[Drift]":
    """Compare all scores of the window: the database counts them, and no row leaves it."""
    from ml.monitoring import drift_of_counts

    bins = monitors.score_bins(store, panel_id, span)
    return [drift_of_counts(each, bins[each.name]) for each in references if each.kind == "score" and each.name in bins]


def _features(
    store: Connection, panel_id: int, references: "list[Reference]", span: Span, settings: Settings
) -> "list[Drift]":
    """Compare the features of some rows: they are computed again, because keeping them would slow down scoring."""
    from ml.monitoring import drift_of_values

    features = _sample(store, panel_id, span, settings)
    if len(features) < settings.min_rows:
        return []
    return [
        drift_of_values(each, features[each.name])
        for each in references
        if each.kind == "feature" and each.name in features
    ]


def _sample(store: Connection, panel_id: int, span: Span, settings: Settings) -> "pd.DataFrame":
    import pandas as pd

    from ml.features import FEATURE_NAMES, compute_features

    batch_ids = monitors.sample_batches(store, panel_id, span, settings.sample_rows)
    if not batch_ids:
        return pd.DataFrame(columns=list(FEATURE_NAMES))
    window = window_of(store, batch_ids, settings.label_delay)
    targets = window.targets["transaction_id"].tolist()
    delay = pd.Timedelta(settings.label_delay)
    return compute_features(window.transactions, window.labels, targets, delay, counted=window.counted)
