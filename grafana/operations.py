"""The dashboard Operations: what is stolen now, whether customers hear of it, whether the pipeline keeps up."""

from grafana.kinds import BLUE, ORANGE, RED, bars, pie, ranking, stat, table, time_series, world
from grafana.model import Json, annotation, dashboard, layout, override, section, variable

_Rows = list[tuple[int, list[Json]]]


def operations() -> Json:
    """Return the dashboard."""
    rows = [*_now(), *_fraud(), *_traffic(), *_messages(), *_pipeline()]
    variables = [variable("member"), variable("category")]
    purpose = "What comes in, what the panel calls fraud, whether customers hear of it, and whether anything waits."
    notes = [annotation("promotions", "purple")]
    return dashboard("jikimi-operations", "Operations", purpose, layout(*rows), variables, notes)


def _now() -> _Rows:
    totals = [
        stat(1, "scored_count"),
        stat(2, "unanimous_count", alarm=1),
        stat(3, "majority_count", warn=1),
        stat(4, "unanimous_share", "percentunit"),
        stat(5, "majority_share", "percentunit"),
        stat(6, "since_scored", "s", warn=60, alarm=600),
    ]
    return [(4, totals), (11, [_newest()])]


def _newest() -> Json:
    made = table(7, "newest_transactions")
    colors = {"unanimous": RED, "majority": "transparent", "no": "transparent"}
    shown = {text: {"color": color, "index": place} for place, (text, color) in enumerate(colors.items())}
    cell = {"type": "color-background", "mode": "basic", "applyToRow": True}
    override(made, "verdict", mappings=[{"type": "value", "options": shown}], custom__cellOptions=cell)
    override(made, "amount", unit="locale")
    override(made, "panel_score", unit="percentunit", decimals=1)
    override(made, "scored_at", unit="dateTimeAsLocal", displayName="scored")
    return override(made, "occurred_at", unit="dateTimeAsLocal", displayName="occurred")


def _fraud() -> _Rows:
    where_and_how_much = [world(8, "fraud_map"), bars(9, "amounts", "percentunit", {"all": BLUE, "unanimous": RED})]
    of_what = [
        pie(10, "fraud_by_category"),
        ranking(11, "fraud_by_merchant", RED),
        _agreement(),
        ranking(13, "amount_called_fraud", RED),
    ]
    return [(1, [section(100, "What the panel calls fraud")]), (10, where_and_how_much), (9, of_what)]


def _agreement() -> Json:
    made = pie(12, "agreement", of_columns=True)
    override(made, "all agree", color={"mode": "fixed", "fixedColor": RED})
    return override(made, "most agree", color={"mode": "fixed", "fixedColor": ORANGE})


def _traffic() -> _Rows:
    votes = time_series(15, "votes_by_member", "locale")
    votes["fieldConfig"]["defaults"]["displayName"] = "${__field.labels.member}"
    volume = time_series(14, "volume", "locale", {"scored": BLUE, "unanimous": RED})
    return [(1, [section(101, "What comes in")]), (9, [volume, votes, ranking(16, "merchants", BLUE)])]


def _messages() -> _Rows:
    panels = [
        ranking(17, "alerts_by_state", BLUE),
        time_series(18, "latency", "s"),
        stat(19, "latency_p50", "s", warn=3, alarm=30),
        stat(20, "latency_p95", "s", warn=10, alarm=60),
    ]
    return [(1, [section(102, "Messages to customers (all categories)")]), (8, panels)]


def _pipeline() -> _Rows:
    panels = [
        stat(21, "backlog_rows", warn=1000, alarm=10000),
        stat(22, "backlog_age", "s", warn=60, alarm=300),
        stat(23, "since_landed", "s", warn=60, alarm=600),
        stat(24, "quarantined_count", warn=1),
        ranking(25, "quarantine_by_reason", ORANGE),
    ]
    return [(1, [section(103, "Pipeline (all categories)")]), (7, panels)]
