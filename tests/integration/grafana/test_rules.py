"""Every alert rule fires on what it is there for, and on nothing else."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import yaml

from tests.conftest import empty
from tests.integration.grafana.alert_faults import ALMOST, FAULTS, QUIET
from tests.integration.grafana.macros import MacroError, last
from tests.integration.grafana.questions import Question, ask

PROVISIONED = Path(__file__).parents[3] / "grafana/provisioning/alerting/rules.yaml"
RULES = {
    rule["annotations"]["runbook_url"].partition("#")[2]: rule
    for group in yaml.safe_load(PROVISIONED.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}
# Nothing was measured and nothing sent: normal before the first day.
NO_ROWS_WHEN_EMPTY = {"member_missing", "member_constant", "score_drift", "quota_high"}


class RuleError(Exception):
    """Grafana could not evaluate the rule."""


def asked(connection, rule):
    """Return the number of each instance."""
    query = rule["data"][0]
    window = timedelta(seconds=query["relativeTimeRange"]["from"])
    context = last(window, datetime.now(UTC) + timedelta(seconds=1))
    answer = ask(connection, Question(rule["title"], query["model"]["rawSql"], query["datasourceUid"]), context)
    numbers, texts = answer.of_kind("number"), answer.of_kind("text")
    if len(numbers) != 1 or len(numbers) + len(texts) != len(answer.columns):
        raise RuleError(f"{answer.columns} are {answer.kinds}")
    labels = list(zip(*(answer.column(name) for name in texts), strict=True)) if texts else answer.rows
    if len(set(labels)) != len(labels):
        raise RuleError("two instances of the same labels")
    return [math.nan if value is None else float(value) for value in answer.column(numbers[0])]


def state_of(connection, rule):
    """Return `Alerting`, `OK`, or the rule's state for no data, as Grafana evaluates a threshold on a table."""
    numbers = asked(connection, rule)
    (above,) = rule["data"][1]["model"]["conditions"][0]["evaluator"]["params"]
    if not numbers:
        return rule["noDataState"]
    return "Alerting" if any(number > above for number in numbers) else "OK"


def states(connection):
    return {name: state_of(connection, rule) for name, rule in RULES.items()}


@pytest.fixture(scope="module")
def owner(role_url):
    """Give the owner's connection to an empty database; each test rolls back, for emptying it takes seconds."""
    with psycopg.connect(role_url("postgres"), autocommit=True) as connection:
        empty(connection)
        connection.autocommit = False
        yield connection


@pytest.fixture
def tables(owner):
    """Give the empty tables, and forget afterwards what a test wrote."""
    yield owner
    owner.rollback()


@pytest.fixture
def grafana(tables):
    """Give the empty database as the role `grafana` sees it."""
    tables.execute("set local role grafana")
    return tables


def after(tables, fault=""):
    """Return what the role `grafana` sees of a database where nothing, or this alone, is wrong."""
    tables.execute(QUIET + fault)
    tables.execute("set local role grafana")
    return tables


def test_every_rule_has_a_case_that_makes_it_fire():
    assert set(FAULTS) == set(RULES)


def test_nothing_fires_on_empty_tables(grafana):
    assert states(grafana) == dict.fromkeys(RULES, "OK")


def test_only_rules_about_things_that_may_not_exist_yet_have_no_rows(grafana):
    assert {name for name, rule in RULES.items() if not asked(grafana, rule)} == NO_ROWS_WHEN_EMPTY
    assert {name for name, rule in RULES.items() if rule["noDataState"] == "OK"} == NO_ROWS_WHEN_EMPTY


def test_nothing_fires_on_a_quiet_database(tables):
    assert states(after(tables)) == dict.fromkeys(RULES, "OK")


@pytest.mark.parametrize("name", RULES)
def test_a_rule_fires_on_its_fault(tables, name):
    assert state_of(after(tables, FAULTS[name]), RULES[name]) == "Alerting"


@pytest.mark.parametrize("name", ALMOST)
def test_a_rule_is_silent_just_short_of_its_fault(tables, name):
    assert state_of(after(tables, ALMOST[name]), RULES[name]) == "OK"


def changed(sql):
    rule = RULES["alerts_unknown"]
    query = rule["data"][0] | {"model": rule["data"][0]["model"] | {"rawSql": sql}}
    return rule | {"data": [query, *rule["data"][1:]]}


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        pytest.param("select 'x' as alerts", RuleError, id="no number"),
        pytest.param("select 1 as a, 2 as b", RuleError, id="two numbers"),
        pytest.param("select 1 as alerts, now() as at", RuleError, id="an instant"),
        pytest.param("select 1 as alerts, true as late", RuleError, id="a bool"),
        pytest.param("select 1 as alerts, 'a' as name union all select 2, 'a'", RuleError, id="labels twice"),
        pytest.param("select $__nothing(1)", MacroError, id="an unknown macro"),
        pytest.param("select 1 from reporting.gone", psycopg.errors.UndefinedTable, id="an unknown view"),
        pytest.param("select count(*) from public.customers", psycopg.errors.InsufficientPrivilege, id="customers"),
    ],
)
def test_a_fault_in_a_query_is_found(grafana, sql, error):
    with pytest.raises(error):
        state_of(grafana, changed(sql))


def test_a_null_is_never_above_a_threshold(grafana):
    assert state_of(grafana, changed("select null::float8 as alerts")) == "OK"


def test_no_rows_are_the_state_for_no_data(grafana):
    assert state_of(grafana, changed("select 1 as alerts where false")) == "Alerting"
