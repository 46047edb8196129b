"""The dashboard Operations: what is stolen now, whether customers hear of it, whether the pipeline keeps up."""

from grafana.kinds import BLUE, ORANGE, RED, bars, paint, pie, ranking, stat, table, time_series, world
from grafana.model import Json, dashboard, layout, name_columns, override, section, variable

_Rows = list[tuple[int, list[Json]]]


def operations() -> Json:
    """Return the dashboard."""
    rows = [*_now(), *_fraud(), *_traffic(), *_messages(), *_pipeline()]
    variables = [variable("member", "member"), variable("category", "category")]
    return dashboard("operations", "now-15m", "5s", layout(*rows), variables)


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
    columns = (
        "scored_at occurred_at transaction_id customer merchant category amount currency votes panel_score verdict"
    )
    made = table(7, "newest_transactions", f"{columns} message reasons")
    colors = {"unanimous": RED, "majority": "transparent", "no": "transparent"}
    words = {
        "unanimous": {"en": "unanimous", "ko": "만장일치"},
        "majority": {"en": "majority", "ko": "과반"},
        "no": {"en": "no", "ko": "아님"},
    }
    shown = {
        word: {"color": color, "index": place, "text": words[word]}
        for place, (word, color) in enumerate(colors.items())
    }
    cell = {"type": "color-background", "mode": "basic", "applyToRow": True}
    override(made, "verdict", mappings=[{"type": "value", "options": shown}], custom__cellOptions=cell)
    override(made, "transaction_id", links=[_to_its_alert()])
    override(made, "amount", unit="locale")
    return override(made, "panel_score", unit="percentunit", decimals=1)


def _to_its_alert() -> Json:
    address = "/d/jikimi-messages@suffix@?var-transaction=${__data.fields.transaction_id}&${__url_time_range}"
    return {"title": {"en": "Its message", "ko": "고객 메시지"}, "url": address, "targetBlank": False}


def _fraud() -> _Rows:
    where_and_how_much = [world(8, "fraud_map"), bars(9, "amounts", "percentunit", {"all": BLUE, "unanimous": RED})]
    of_what = [
        # No pie: it gives slices of the same size one colour (grafana/grafana#48922).
        ranking(10, "fraud_by_category", RED),
        ranking(11, "fraud_by_merchant", RED),
        _agreement(),
        ranking(13, "amount_called_fraud", RED),
    ]
    return [(1, [section(100, "fraud")]), (10, where_and_how_much), (9, of_what)]


def _agreement() -> Json:
    made = name_columns(pie(12, "agreement", of_columns=True), "all_agree most_agree")
    return paint(made, all_agree=RED, most_agree=ORANGE)


def _traffic() -> _Rows:
    votes = time_series(15, "votes_by_member", "locale", label="member")
    volume = paint(time_series(14, "volume", "locale", "scored unanimous"), scored=BLUE, unanimous=RED)
    return [(1, [section(101, "traffic")]), (9, [volume, votes, ranking(16, "merchants", BLUE)])]


def _messages() -> _Rows:
    panels = [
        ranking(17, "alerts_by_state", BLUE),
        ranking(26, "amount_at_risk", RED),
        time_series(18, "latency", "s", "p50 p95", interval="1m"),
        stat(19, "latency_p50", "s", warn=3, alarm=30),
        stat(20, "latency_p95", "s", warn=10, alarm=60),
    ]
    return [(1, [section(102, "messages")]), (8, panels)]


def _pipeline() -> _Rows:
    panels = [
        stat(21, "backlog_rows", warn=1000, alarm=10000),
        stat(22, "backlog_age", "s", warn=60, alarm=300),
        stat(23, "since_landed", "s", warn=60, alarm=600),
        stat(24, "quarantined_count", warn=1),
        ranking(25, "quarantine_by_reason", ORANGE),
    ]
    return [(1, [section(103, "pipeline")]), (7, panels)]
