"""The dashboard Drift: whether purchases and scores still look like those of the training."""

from grafana.kinds import lines_at, ranked, stat, table, time_series, traffic_light
from grafana.model import Json, dashboard, layout, section, variable

_Rows = list[tuple[int, list[Json]]]
# Below 0.1 nothing has changed, from 0.2 on the panel was trained on something else.
_WARN, _ALARM = 0.1, 0.2


def drift() -> Json:
    """Return the dashboard."""
    rows = [*_now(), *_over_time(), *_reference()]
    return dashboard("drift", "now-7d", "1m", layout(*rows), [variable("panel", "panel_id")])


def _now() -> _Rows:
    figures = [
        stat(1, "psi_worst_score", "none", warn=_WARN, alarm=_ALARM),
        stat(2, "psi_worst_feature", "none", warn=_WARN, alarm=_ALARM),
        stat(3, "drifting_count", alarm=1),
        stat(4, "open_drift_alarms", alarm=1),
        stat(5, "training_requests_count", warn=1),
        stat(6, "since_drift_measured", "s"),
    ]
    shares = "missing_share reference_missing_share unseen_share"
    now = table(7, "drift_now", f"kind name psi previous_psi {shares} window_rows measured_at state is_calendar")
    for column in ("psi", "previous_psi"):
        traffic_light(now, column, _WARN, _ALARM)
    return [(4, figures), (11, [now]), (5, [table(8, "alarms_drift", "kind subject opened_at sentence link")])]


def _over_time() -> _Rows:
    psi = [
        ranked(lines_at(time_series(number, query, "none", label="name", interval="1m"), _WARN, _ALARM))
        for number, query in ((9, "psi_scores"), (10, "psi_features"))
    ]
    shares = [
        ranked(time_series(11, "missing_shares", "percentunit", label="name", interval="1m")),
        time_series(12, "unseen_shares", "percentunit", label="name", interval="1m"),
    ]
    return [(1, [section(100, "drift_time")]), (9, psi), (8, shares)]


def _reference() -> _Rows:
    about = "panel_id state features scores votes reference_rows created_at"
    asked = table(14, "training_requests", "requested_at panel_id sentence")
    return [(1, [section(101, "reference")]), (7, [table(13, "reference_state", about), asked])]
