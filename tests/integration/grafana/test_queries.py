"""Every query of every dashboard runs as the role grafana and gives its panel what it can draw."""

import copy
from datetime import timedelta

import psycopg
import pytest

from grafana.model import DATA_SOURCE, sql
from tests.integration.grafana.macros import MacroError, last
from tests.integration.grafana.questions import Question, all_chosen, ask, faults, questions_of
from tests.integration.grafana.seeding import CATEGORIES, FIGURES, MEMBERS, ROWS_OF

HOUR = timedelta(hours=1)
# The known hour has nothing of these.
SILENT = {
    "Fallbacks", "Open alarms of data", "Open alarms of drift", "Unseen categories", "Waiting by reason",
}  # fmt: skip


def findings(connection, dashboard, context, *, is_empty=False):
    found = []
    for question in questions_of(dashboard):
        answer = ask(connection, question, context)
        if question.panel:
            found += [(question.asker, fault) for fault in faults(question.panel, answer, is_empty=is_empty)]
    return found


def asked(connection, context, query):
    return ask(connection, Question(query, sql(query), "jikimi"), context)


def all_findings(connection, dashboards, now, duration=HOUR, interval="1m", *, is_empty=False, **chosen):
    found = []
    for one in dashboards:
        context = last(duration, now, interval, **(all_chosen(one) | chosen))
        found += [(one["uid"], *fault) for fault in findings(connection, one, context, is_empty=is_empty)]
    return found


def test_every_query_runs_on_empty_tables_and_zeros_are_zeros(grafana, dashboards, now):
    assert all_findings(grafana, dashboards, now, is_empty=True) == []


def test_every_query_runs_on_one_row(one_row, dashboards, now):
    assert all_findings(one_row, dashboards, now) == []


def test_one_row_is_what_the_tables_hold(one_row):
    for view in ("panels", "verdicts", "alerts", "alert_attempts", "member_votes", "drift_measures", "performance"):
        assert one_row.execute(f"select count(*) from reporting.{view}").fetchone() == (1,), view


def test_every_query_runs_on_the_known_hour(seeded, dashboards, now):
    assert all_findings(seeded, dashboards, now) == []


def test_every_panel_has_something_to_show_of_the_known_hour(seeded, dashboards, now):
    silent = []
    for one in dashboards[::2]:
        context = last(timedelta(days=2), now, **all_chosen(one))
        answers = [(question, ask(seeded, question, context)) for question in questions_of(one)]
        silent += [question.asker for question, answer in answers if not answer.rows]
    assert set(silent) == SILENT


@pytest.mark.parametrize(
    ("interval", "duration"),
    [
        pytest.param("5s", timedelta(minutes=15), id="a quarter of an hour"),
        pytest.param("200ms", timedelta(minutes=1), id="a minute"),
        pytest.param("30d", timedelta(days=3650), id="ten years"),
    ],
)
def test_every_query_runs_at_any_zoom(seeded, dashboards, now, interval, duration):
    assert all_findings(seeded, dashboards[::2], now, duration, interval) == []


@pytest.mark.parametrize(
    "categories", [pytest.param(["shopping"], id="one"), pytest.param(["shopping", "it's"], id="two, one with a quote")]
)
def test_every_query_runs_with_chosen_values(seeded, dashboards, now, categories):
    chosen = {
        "category": categories, "member": list(MEMBERS[:1]), "panel": ["1", "2"], "channel": ["kakao_memo", "none"],
        "source": ["live"], "transaction": ["it's T01"],
    }  # fmt: skip
    assert all_findings(seeded, dashboards[::2], now, **chosen) == []


def test_figures_are_those_of_the_known_hour(seeded, operations, now):
    context = last(HOUR, now, **all_chosen(operations))
    assert {query: asked(seeded, context, query).rows[0][0] for query in FIGURES} == pytest.approx(FIGURES)


def test_rows_are_those_of_the_known_hour(seeded, operations, now):
    context = last(HOUR, now, **all_chosen(operations))
    assert {query: asked(seeded, context, query).rows for query in ROWS_OF} == ROWS_OF


def test_a_category_filters(seeded, now):
    context = last(HOUR, now, category=["shopping"], member=list(MEMBERS))
    assert asked(seeded, context, "scored_count").rows == [(4,)]
    assert asked(seeded, context, "unanimous_count").rows == [(1,)]


def test_volume_has_a_row_for_each_step_and_loses_nothing(seeded, operations, now):
    answer = asked(seeded, last(HOUR, now, **all_chosen(operations)), "volume")
    assert len(answer.rows) in (60, 61)
    assert sum(answer.column("scored")) == FIGURES["scored_count"]
    assert sum(answer.column("unanimous")) == FIGURES["unanimous_count"]


def test_each_member_of_the_champion_has_a_line_and_the_challenger_none(seeded, operations, now):
    answer = asked(seeded, last(HOUR, now, **all_chosen(operations)), "votes_by_member")
    votes = dict.fromkeys(MEMBERS, 0)
    for member, count in zip(answer.column("member"), answer.column("votes"), strict=True):
        votes[member] += count
    assert votes == {"logistic_regression": 6, "random_forest": 6, "xgboost": 3}


def test_newest_transactions_name_unanimous_rows_by_the_word_that_is_red(seeded, operations, now):
    answer = asked(seeded, last(HOUR, now, **all_chosen(operations)), "newest_transactions")
    assert answer.column("transaction_id") == [f"T{number:02}" for number in range(12, 0, -1)]
    assert [name for name, said in zip(answer.column("transaction_id"), answer.column("verdict"), strict=True)
            if said == "unanimous"] == ["T03", "T02", "T01"]  # fmt: skip
    assert answer.column("message")[-3:] == ["failed", "accepted", "accepted"]


def test_amounts_are_shares_of_their_own_total(seeded, operations, now):
    answer = asked(seeded, last(HOUR, now, **all_chosen(operations)), "amounts")
    assert answer.column("amount") == ["from 1000", "from 2000", "from 5000"]
    assert sum(answer.column("all")) == pytest.approx(1)
    assert [float(share) for share in answer.column("unanimous")] == pytest.approx([1 / 3] * 3)


def test_the_map_shows_merchants_to_about_a_kilometre(seeded, operations, now):
    answer = asked(seeded, last(HOUR, now, **all_chosen(operations)), "fraud_map")
    assert set(answer.column("latitude")) == {37.12}
    assert set(answer.column("longitude")) == {127.65}


def test_a_red_row_finds_its_message_whatever_the_time_range(seeded, now):
    every = {"channel": "coalesce(channel, 'none')", "category": "category"}
    long_ago = last(HOUR, now - timedelta(days=90), transaction=["T03"], **every)
    assert asked(seeded, long_ago, "newest_alerts").column("transaction_id") == ["T03"]
    assert asked(seeded, last(HOUR, now, transaction=[""], **every), "newest_alerts").column("transaction_id") == [
        "T04", "T03", "T02", "T01"]  # fmt: skip


def test_what_was_not_told_is_at_risk(seeded, now):
    context = last(HOUR, now, category="category")
    assert asked(seeded, context, "amount_at_risk").rows == [("KRW", 5000.0 + 1000.0)]


def test_a_channel_filters_and_all_keeps_what_no_channel_took(seeded, now):
    one = last(HOUR, now, channel=["email"], category="category")
    everything = last(HOUR, now, channel="coalesce(channel, 'none')", category="category")
    assert asked(seeded, one, "alerts_created").rows == [(0,)]
    assert asked(seeded, everything, "alerts_created").rows == [(4,)]


def test_the_vote_shows_its_share_and_what_was_expected(seeded, now):
    every = last(HOUR, now, panel="panel_id", member="member")
    assert asked(seeded, every, "vote_unanimous_share").rows[0][0] == pytest.approx(0.02)
    assert asked(seeded, every, "vote_expected_share").rows[0][0] == pytest.approx(0.01)
    matrix = asked(seeded, every, "agreement_matrix").rows
    assert [(one, other, round(value, 2)) for one, other, value in matrix] == [
        ("random_forest", "xgboost", 0.97), ("xgboost", "random_forest", 0.97)]  # fmt: skip


def test_variables_offer_the_champions_members_and_the_categories_of_the_time_range(seeded, operations, now):
    context = last(HOUR, now, **all_chosen(operations))
    assert asked(seeded, context, "variable_member").column("member") == sorted(MEMBERS)
    assert asked(seeded, context, "variable_category").column("category") == sorted(
        name or "unknown" for name in CATEGORIES
    )
    assert asked(seeded, last(HOUR, now - timedelta(days=1)), "variable_category").rows == []


def test_each_promotion_and_each_way_back_is_marked_at_its_own_time(seeded, now):
    answer = asked(seeded, last(HOUR, now), "annotation_promotions")
    assert answer.column("text") == [
        "Panel 1 promoted. First panel.",
        "Panel 2 promoted. Better.",
        "Panel 1 brought back. Too many messages.",
    ]
    assert answer.column("time") == [now - timedelta(minutes=minutes) for minutes in (50, 49, 48)]


def test_quiet_and_never_differ(grafana, now):
    assert asked(grafana, last(HOUR, now), "since_scored").rows == [(None,)]


def test_freshness_and_backlog_age_grow_with_time(seeded, now):
    assert asked(seeded, last(HOUR, now), "since_landed").rows[0][0] == pytest.approx(300, abs=30)
    assert asked(seeded, last(HOUR, now), "since_scored").rows[0][0] == pytest.approx(28 * 60 - 1, abs=30)
    assert asked(seeded, last(HOUR, now), "backlog_age").rows[0][0] == pytest.approx(300, abs=30)


def changed(dashboard, title, old, new):
    """Return the dashboard with one panel only, and one text of its query replaced."""
    panel = copy.deepcopy(next(panel for panel in dashboard["panels"] if panel["title"] == title))
    assert old in panel["targets"][0]["rawSql"]
    panel["targets"][0]["rawSql"] = panel["targets"][0]["rawSql"].replace(old, new)
    return {**dashboard, "panels": [panel]}


@pytest.mark.parametrize(
    ("title", "old", "new", "error"),
    [
        pytest.param("Map of fraud", "$__timeFilter", "$__timeFliter", MacroError, id="unknown macro"),
        pytest.param("Map of fraud", "scored_at", "scored_on", psycopg.errors.UndefinedColumn, id="renamed column"),
        pytest.param(
            "Quarantine by reason", "reporting.", "public.", psycopg.errors.UndefinedTable, id="outside reporting"
        ),
        pytest.param(
            "Map of fraud", "${category:sqlstring}", "$kategory", psycopg.errors.SyntaxError, id="unknown variable"
        ),
        pytest.param(
            "Transactions scored", "reporting.", "public.", psycopg.errors.UndefinedFunction, id="unknown function"
        ),
    ],
)  # fmt: skip
def test_a_broken_query_is_caught(seeded, operations, now, title, old, new, error):
    broken = changed(operations, title, old, new)
    with pytest.raises(error):
        findings(seeded, broken, last(HOUR, now, **all_chosen(operations)))


@pytest.mark.parametrize(
    ("title", "old", "new"),
    [
        pytest.param("Transactions over time", "select axis.time,", "select axis.time as at,", id="no time"),
        pytest.param("Transactions over time", "order by axis.time", "order by axis.time desc", id="wrong order"),
        pytest.param("Transactions scored", "::bigint", "::text", id="a number as text"),
        pytest.param("Transactions by merchant", "select merchant,", "select null::text,", id="bars without names"),
        pytest.param("Newest transactions", "as verdict", "as called", id="the red column is gone"),
        pytest.param("Map of fraud", "as latitude", "as lat", id="a map without latitude"),
        pytest.param("Amounts: all and fraud", '"all"', '"every"', id="a coloured column is gone"),
        pytest.param("All agree or most agree", "sqlstring})", "sqlstring}) group by category", id="two"),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_caught(seeded, operations, now, title, old, new):
    broken = changed(operations, title, old, new)
    assert title in dict(findings(seeded, broken, last(HOUR, now, **all_chosen(operations))))


def test_a_query_that_groups_its_zero_away_is_caught(grafana, operations, now):
    broken = changed(operations, "Alerts by state", "left join reporting.alerts", "join reporting.alerts")
    found = findings(grafana, broken, last(HOUR, now, **all_chosen(operations)), is_empty=True)
    assert found == [("Alerts by state", "no zeros on empty tables")]


def test_every_query_asks_the_provisioned_data_source(operations):
    assert {question.data_source for question in questions_of(operations)} == {DATA_SOURCE["uid"]}
