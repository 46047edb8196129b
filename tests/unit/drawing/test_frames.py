"""An answer becomes the columns that Grafana's data source would hand to a panel."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.drawing.asking import interval_of
from tests.drawing.frames import columns_of, written
from tests.integration.grafana.questions import Answer

FIRST, SECOND = (datetime(2026, 1, 1, 0, minute, tzinfo=UTC) for minute in (0, 1))
MS = 1_767_225_600_000


def test_a_table_keeps_its_columns_and_says_their_types():
    answer = Answer(("at", "name", "rows"), ("instant", "text", "number"), [(FIRST, "a", 3), (None, None, None)])

    assert columns_of(answer, "table") == [
        {"name": "at", "type": "time", "values": [MS, None]},
        {"name": "name", "type": "string", "values": ["a", None]},
        {"name": "rows", "type": "number", "values": [3, None]},
    ]


def test_a_time_series_without_text_stays_as_it_is():
    answer = Answer(("time", "rows"), ("instant", "number"), [(FIRST, 1), (SECOND, 2)])

    assert [column["values"] for column in columns_of(answer, "time_series")] == [[MS, MS + 60_000], [1, 2]]


def test_text_of_a_time_series_becomes_labels_and_what_is_missing_is_null():
    rows = [(FIRST, "a", 1), (FIRST, "b", 2), (SECOND, "b", 3)]
    answer = Answer(("time", "member", "share"), ("instant", "text", "number"), rows)

    assert columns_of(answer, "time_series") == [
        {"name": "time", "type": "time", "values": [MS, MS + 60_000]},
        {"name": "share", "type": "number", "labels": {"member": "a"}, "values": [1, None]},
        {"name": "share", "type": "number", "labels": {"member": "b"}, "values": [2, 3]},
    ]


def test_each_number_has_its_own_column_for_each_label():
    answer = Answer(
        ("time", "delay", "caught", "missed"), ("instant", "text", "number", "number"), [(FIRST, "7 d", 5, 6)]
    )
    shown = columns_of(answer, "time_series")[1:]

    assert [(column["name"], column["values"]) for column in shown] == [("caught", [5]), ("missed", [6])]


def test_an_empty_time_series_has_its_time_only():
    answer = Answer(("time", "member", "share"), ("instant", "text", "number"), [])

    assert columns_of(answer, "time_series") == [{"name": "time", "type": "time", "values": []}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(FIRST, MS, id="instant"),
        pytest.param(Decimal("1.5"), 1.5, id="numeric"),
        pytest.param(None, None, id="null"),
        pytest.param("x", "x", id="text"),
        pytest.param(["a"], "['a']", id="what JSON has no word for"),
    ],
)
def test_values_are_written_as_json_has_them(value, expected):
    assert written(value) == expected


@pytest.mark.parametrize(
    ("hours", "least", "expected"),
    [
        pytest.param(0.25, "5s", "5s", id="not below the panel's own"),
        pytest.param(24, "5s", "2m", id="about a point a pixel"),
        pytest.param(24 * 3650, "1m", "1d", id="the longest there is"),
    ],
)
def test_the_step_is_a_round_one(hours, least, expected):
    assert interval_of({"gridPos": {"w": 12}, "interval": least}, timedelta(hours=hours)) == expected
