"""The world that the pictures show gives every panel something to draw."""

import json
from datetime import UTC, datetime

import psycopg
import pytest

from grafana.build import FOLDER, files
from tests.drawing.__main__ import DRAWN
from tests.drawing.asking import answers_of
from tests.drawing.world import seeded_world


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """The answers to every query of every dashboard in English."""
    with (
        seeded_world(tmp_path_factory.mktemp("world"), datetime.now(UTC)) as url,
        psycopg.connect(url, autocommit=True) as grafana,
    ):
        boards = {path: json.loads((FOLDER / path).read_text(encoding="utf-8")) for path in files() if path[:2] == "en"}
        return {path: answers_of(grafana, board, "en", datetime.now(UTC)) for path, board in boards.items()}


def asking(answers):
    return [(board["title"], panel) for board in answers.values() for panel in board["panels"] if "columns" in panel]


def test_every_panel_has_something_to_draw(answers):
    silent = {f"{board}: {panel['title']}" for board, panel in asking(answers) if not panel["columns"][0]["values"]}

    # Now and then every customer was told.
    assert silent <= {"Operations: Amount at risk"}


def test_columns_of_a_panel_are_of_one_length(answers):
    lengths = [{len(column["values"]) for column in panel["columns"]} for _, panel in asking(answers)]

    assert all(len(one) == 1 for one in lengths)


def test_a_red_row_is_among_those_that_the_table_shows(answers):
    panels = answers["en/operations.json"]["panels"]
    (newest,) = [panel for panel in panels if panel["title"] == "Newest transactions"]
    (verdicts,) = [column["values"] for column in newest["columns"] if column["name"] == "verdict"]

    assert "unanimous" in verdicts[:9]


def test_promotions_and_trainings_are_marked(answers):
    assert {note["color"] for note in answers["en/drift.json"]["notes"]} == {"purple", "blue", "orange"}


def test_a_panel_with_a_time_range_of_its_own_is_asked_over_it(answers):
    board = answers["en/panel.json"]
    own = {panel["range"] for panel in board["panels"] if "range" in panel}

    assert own == {"Last 30 days"}
    assert board["range"] == "Last 24 hours"


def test_each_dashboard_in_english_is_drawn():
    assert {path.replace("/", "-").removesuffix(".json") for path in files() if path[:2] == "en"} <= set(DRAWN)
