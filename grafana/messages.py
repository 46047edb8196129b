"""The dashboard Customer messages: who was told, through which channel, how fast, and who was not."""

from grafana.kinds import BLUE, ORANGE, ranking, stat, table, time_series, traffic_light
from grafana.model import Json, dashboard, layout, section, textbox, variable

_Rows = list[tuple[int, list[Json]]]
# An alert that no channel has taken yet has none; it belongs to "All".
_CHANNEL = "coalesce(channel, 'none')"


def messages() -> Json:
    """Return the dashboard."""
    rows = [*_now(), *_one_by_one(), *_channels(), *_trouble()]
    variables = [variable("channel", _CHANNEL), variable("category", "category"), textbox("transaction")]
    return dashboard("messages", "now-6h", "10s", layout(*rows), variables)


def _now() -> _Rows:
    figures = [
        stat(1, "alerts_created"),
        stat(2, "alerts_told"),
        stat(3, "alerts_failed", alarm=1),
        stat(4, "alerts_unknown", alarm=1),
        stat(5, "alert_latency_p50", "s", warn=3, alarm=30),
        stat(6, "alert_latency_p95", "s", warn=10, alarm=60),
        stat(7, "quota_used", "percentunit", warn=0.5, alarm=0.8),
    ]
    return [(4, figures)]


def _one_by_one() -> _Rows:
    columns = "created_at alert_id transaction_id customer merchant category amount currency state channel attempts"
    newest = table(8, "newest_alerts", f"{columns} wait_reason struck_channels total_seconds")
    return [(10, [newest])]


def _channels() -> _Rows:
    shown = [ranking(9, "messages_by_state", BLUE), ranking(10, "messages_by_channel", BLUE)]
    lines = [
        time_series(11, "message_latency", "s", "p50 p95 p99", interval="5m"),
        time_series(12, "attempts_over_time", "locale", label="outcome", interval="5m"),
    ]
    codes = table(13, "attempts_by_code", "channel outcome code attempts p95_seconds")
    quotas = table(14, "quotas", "connection_id subject used most used_share")
    traffic_light(quotas, "used_share", 0.5, 0.8)
    routes = table(15, "routes", "channel consent customers customers_first")
    return [(1, [section(100, "channels")]), (8, [*shown, *lines]), (8, [codes, quotas, routes])]


def _trouble() -> _Rows:
    unknown = "alert_id customer channel connection_id code attempts sent_at waiting_seconds"
    failed = "alert_id transaction_id customer amount currency channel attempts struck_channels finished_at"
    panels = [ranking(18, "waiting_by_reason", ORANGE), table(19, "fallbacks", "struck_channels channel state alerts")]
    tables = [table(16, "unknown_alerts", unknown), table(17, "failed_alerts", failed)]
    return [(1, [section(101, "trouble")]), *((7, [one]) for one in tables), (8, panels)]
