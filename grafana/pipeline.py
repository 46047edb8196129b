"""The dashboard Pipeline: whether rows move, how long each step takes, and what is refused."""

from grafana.kinds import ORANGE, ranking, stat, table, time_series
from grafana.model import Json, dashboard, layout, section, variable

_Rows = list[tuple[int, list[Json]]]


def pipeline() -> Json:
    """Return the dashboard."""
    rows = [*_now(), *_waiting(), *_steps(), *_refused()]
    return dashboard("pipeline", "now-6h", "10s", layout(*rows), [variable("source", "source")])


def _now() -> _Rows:
    figures = [
        stat(1, "backlog_rows", warn=1000, alarm=10000),
        stat(2, "backlog_age", "s", warn=60, alarm=300),
        stat(3, "since_landed", "s", warn=60, alarm=600),
        stat(4, "since_scored", "s", warn=60, alarm=600),
        stat(5, "batches_held", alarm=1),
        stat(6, "open_data_alarms", alarm=1),
    ]
    return [(4, figures), (5, [table(8, "alarms_data", "kind subject opened_at sentence link")])]


def _waiting() -> _Rows:
    lines = [
        time_series(9, "backlog_over_time", "locale", "waiting_rows", interval="1m"),
        time_series(10, "backlog_age_over_time", "s", "oldest_seconds", interval="1m"),
        time_series(11, "freshness_over_time", "s", "landed_seconds scored_seconds", interval="1m"),
        time_series(12, "volume_expected", "locale", "landed_rows expected_rows", interval="1m"),
    ]
    return [(1, [section(100, "waiting")]), (9, lines[:2]), (9, lines[2:])]


def _steps() -> _Rows:
    spans = "waiting_p50 waiting_p95 validating_p50 validating_p95 scoring_p50 scoring_p95"
    lines = [time_series(13, "durations", "s", spans), time_series(14, "batches_over_time", "locale", "batches rows")]
    spread = table(15, "durations_by_step", "step batches p50_seconds p95_seconds longest_seconds")
    newest_of_each = table(7, "last_success", "step last_at since_seconds")
    counts = "landed_count valid_count quarantined_count repeated_count unanimous_count"
    newest = table(
        16, "newest_batches", f"batch_id source state {counts} claimed_at scored_at total_seconds held_reason"
    )
    return [(1, [section(101, "steps")]), (9, lines), (6, [newest_of_each, spread]), (9, [newest])]


def _refused() -> _Rows:
    panels = [
        time_series(17, "quarantine_over_time", "locale", label="reason", interval="1m"),
        time_series(18, "quarantined_share", "percentunit", "quarantined_share", interval="1m"),
        ranking(19, "quarantine_by_reason", ORANGE),
    ]
    return [(1, [section(102, "refused")]), (8, panels)]
