"""The expander does what the reference says of Grafana, errors included."""

from datetime import UTC, datetime

import pytest

from tests.integration.grafana.macros import Context, MacroError, expand

START, END = datetime(2018, 4, 12, 18, 0, tzinfo=UTC), datetime(2018, 4, 12, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param("$__time(c)", 'c AS "time"', id="time"),
        pytest.param("$__timeEpoch(c)", 'extract(epoch from c) as "time"', id="time epoch"),
        pytest.param("$__timeFilter(c)", "c BETWEEN '2018-04-12T18:00:00Z' AND '2018-04-12T18:05:00Z'", id="filter"),
        pytest.param("$__timeFrom()", "'2018-04-12T18:00:00Z'", id="from"),
        pytest.param("$__timeTo()", "'2018-04-12T18:05:00Z'", id="to"),
        pytest.param("$__timeGroup(c,'5m')", "floor(extract(epoch from c)/300)*300", id="group"),
        pytest.param("$__timeGroup(c, '5m'), n", 'floor(extract(epoch from c)/300)*300 AS "time", n', id="old group"),
        pytest.param(
            "$__timeGroupAlias(c,'5m',0)", 'floor(extract(epoch from c)/300)*300 AS "time"', id="fill changes no SQL"
        ),
        pytest.param("$__unixEpochFilter(c)", "c >= 1523556000 AND c <= 1523556300", id="epoch filter"),
        pytest.param("$__unixEpochGroup(c,'5m')", "floor((c)/300)*300", id="epoch group"),
        pytest.param("$__unixEpochFrom()", "1523556000", id="epoch from"),
        pytest.param("'$__interval' $__interval_ms", "'1m' 60000", id="interval"),
        pytest.param("a -- $__nothing(b)\n/* $nor(this) */ c", "a \n c", id="comments go first"),
        pytest.param("$v ${v} ${v:sqlstring}", "'a','it''s' 'a','it''s' 'a','it''s'", id="several values are quoted"),
        pytest.param("${all:sqlstring}", "category", id="a custom All is put in as it is"),
    ],
)
def test_expands_as_grafana_does(sql, expected):
    variables = {"v": ["a", "it's"], "all": "category"}
    assert expand(sql, Context(START, END, "1m", variables)) == expected


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("$__timeFiler(c)", id="unknown macro"),
        pytest.param("$nonsense(c)", id="unknown name before a parenthesis"),
        pytest.param("$__timeGroup(c)", id="no interval"),
        pytest.param("$__timeGroup(c,'5 minutes')", id="unreadable interval"),
        pytest.param("${v:glob}", id="format that is not quoted for SQL"),
    ],
)
def test_refuses_what_grafana_refuses(sql):
    with pytest.raises(MacroError):
        expand(sql, Context(START, END, "1m", {"v": ["a"]}))


def test_an_argument_ends_at_the_first_parenthesis():
    assert expand("$__timeFilter(f(c))", Context(START, END)).startswith("f(c BETWEEN")
