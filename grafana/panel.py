"""The dashboard Panel: how the models vote, whether they agree, and how good their messages were."""

from grafana.kinds import matrix, stat, table, time_series
from grafana.model import Json, dashboard, layout, section, variable

_Rows = list[tuple[int, list[Json]]]


def panel() -> Json:
    """Return the dashboard."""
    rows = [*_now(), *_votes(), *_scores(), *_agreement(), *_performance(), *_who()]
    variables = [variable("panel", "panel_id"), variable("member", "member")]
    return dashboard("panel", "now-24h", "1m", layout(*rows), variables)


def _now() -> _Rows:
    figures = [
        stat(1, "vote_unanimous_share", "percentunit"),
        stat(2, "vote_expected_share", "percentunit"),
        stat(3, "vote_majority_share", "percentunit"),
        stat(4, "vote_disputed_share", "percentunit"),
        stat(5, "incomplete_rows", alarm=1),
        stat(6, "precision_known", "percentunit"),
        stat(7, "open_vote_alarms", alarm=1),
    ]
    return [(4, figures), (5, [table(8, "alarms_vote", "kind subject opened_at sentence link")])]


def _votes() -> _Rows:
    shares = "unanimous_share majority_share disputed_share incomplete_share expected_share"
    lines = [
        time_series(9, "member_rates", "percentunit", label="member", interval="1m"),
        time_series(10, "panel_shares", "percentunit", shares, interval="1m"),
        time_series(11, "member_missing", "percentunit", label="member", interval="1m"),
    ]
    return [(1, [section(100, "votes")]), (9, lines)]


def _scores() -> _Rows:
    names = ("member_scores_p50", "member_scores_p95", "member_scores_p99")
    lines = [
        time_series(number, name, "percentunit", label="member", interval="1m") for number, name in enumerate(names, 12)
    ]
    return [(1, [section(101, "scores")]), (8, lines)]


def _agreement() -> _Rows:
    pairs = table(16, "agreements", "member other both_rows agreeing_rows agreement_share fraud_agreement_share")
    disputed = table(17, "disagreements", "scored_at panel_id transaction_id votes voters_for panel_score")
    shown = [matrix(15, "agreement_matrix", "member", "other", "agreement"), pairs]
    return [(1, [section(102, "agreement")]), (6, shown), (8, [disputed])]


def _performance() -> _Rows:
    known = time_series(18, "precision_recall", "percentunit", "precision_share recall_share", label="delay")
    estimates = "estimated_precision_share estimated_recall_share judged_precision_share judged_recall_share"
    good = [
        known,
        time_series(19, "estimated_quality", "percentunit", estimates),
        time_series(20, "false_alarms", "locale", label="delay"),
    ]
    much = [
        time_series(21, "amounts_caught", "locale", "amount_caught amount_missed", label="delay"),
        time_series(22, "messages_expected", "locale", "messages_per_10k expected_per_10k budget_per_10k"),
    ]
    # A day is one point, and labels come weeks later: the time range of the votes would show nothing.
    month = [[shown | {"timeFrom": "30d"} for shown in row] for row in (good, much)]
    return [(1, [section(103, "performance")]), (9, month[0]), (9, month[1])]


def _who() -> _Rows:
    about = (
        "panel_id state policy members messages_per_10k trained_until_at created_at promoted_at mlflow_run_id decision"
    )
    members = table(
        24, "members", "panel_id state member model_name model_version threshold fraud_share expected_share"
    )
    return [(1, [section(104, "who")]), (8, [table(23, "panels", about)]), (8, [members])]
