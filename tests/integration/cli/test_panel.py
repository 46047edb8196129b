"""Panels as a person compares, promotes and rolls them back; MLflow is a folder, or away."""

import json
import math
from datetime import UTC, datetime

import pytest

from jikimi.store.connection import open_store
from jikimi.store.panels import Evidence, Member, NewPanel, challenge, champion, promote, record_panel, reject

THEN = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = {"average_precision": 0.6, "score_spread": 0.9}


@pytest.fixture
def jikimi(jikimi, monkeypatch):
    # Nobody listens on this port, and asking again would only take time.
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setattr("ml.tracking.server.TRIES_AGAIN", 0)
    return jikimi


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


@pytest.fixture
def candidate(store):
    """Record a panel of two members; returns its id."""

    def make(**beta):
        members = tuple(Member(name, f"jikimi_{name}", 1, 0.25, "ab" * 32) for name in ("alpha", "beta"))
        figures = {"average_precision": 0.625, "message_precision": math.nan}
        panel = NewPanel(
            "unanimous", 50, "run", THEN, THEN, THEN, THEN, members, figures, {"alpha": GOOD, "beta": GOOD | beta}
        )
        return record_panel(store, panel)

    return make


@pytest.fixture
def former(store, candidate):
    """Promote so many panels one after the other."""

    def make(count):
        for number in range(count):
            promote(store, candidate(), f"better {number}")

    return make


def test_there_may_be_no_panels(jikimi):
    assert "no panels yet" in jikimi("panel", "list").stdout
    assert json.loads(jikimi("panel", "list", "--json").stdout) == []


def test_panels_are_listed_with_state_members_and_reason(jikimi, former):
    former(2)
    rows = json.loads(jikimi("panel", "list", "--json").stdout)
    assert [(row["panel_id"], row["state"]) for row in rows] == [(2, "champion"), (1, "retired")]
    line = jikimi("panel", "list").stdout.splitlines()[1]
    for word in ("2", "champion", "alpha, beta", "0.625", "better 1"):
        assert word in line


def test_a_panel_is_shown_beside_the_champion_of_its_day(jikimi, store, former, candidate):
    former(1)
    panel_id = candidate()
    reject(store, panel_id, "not better", evidence=Evidence({"average_precision": 0.75}))
    text = jikimi("panel", "show", panel_id).stdout
    for word in ("state: rejected", "abababababab", "0.250000", "0.625", "0.750", "n/a", "not better", "jikimi"):
        assert word in text
    row = json.loads(jikimi("panel", "show", panel_id, "--json").stdout)
    assert row["figures"] == {"average_precision": 0.625, "message_precision": None}
    assert row["champion_figures"] == {"average_precision": 0.75}
    assert row["decisions"][0]["decision"] == "rejected"


def test_a_panel_that_is_not_there_is_an_error(jikimi):
    assert "there is no panel 7" in jikimi("panel", "show", 7, code=1).stderr


def test_a_challenger_is_promoted_and_mlflow_follows_later(jikimi, store, former, candidate):
    former(1)
    panel_id = candidate()
    challenge(store, panel_id, "better")
    words = ("panel", "promote", panel_id, "--reason", "looked at a week of it", "--by", "kim", "--yes")
    result = jikimi(*words)
    assert f"Panel {panel_id} votes from the next batch on; panel 1 is retired." in result.stdout
    assert "the aliases in MLflow are behind" in result.stderr
    assert champion(store).panel_id == panel_id
    (_, decision) = json.loads(jikimi("panel", "show", panel_id, "--json").stdout)["decisions"]
    assert (decision["decided_by"], decision["sentence"]) == ("kim", "Approved: looked at a week of it")
    assert decision["replaced_panel_id"] == 1


def test_what_the_gate_refused_needs_force(jikimi, store, former, candidate):
    former(1)
    panel_id = candidate()
    reject(store, panel_id, "Not promoted: amount caught.")
    words = ("panel", "promote", panel_id, "--reason", "a new kind of fraud", "--yes")
    assert "did not pass the gate (Not promoted: amount caught)" in jikimi(*words, code=1).stderr
    assert champion(store).panel_id == 1
    jikimi(*words, "--force", "--by", "lee")
    row = json.loads(jikimi("panel", "show", panel_id, "--json").stdout)
    assert (row["state"], row["decision"], row["decided_by"]) == ("champion", "Forced: a new kind of fraud", "lee")


def test_a_panel_that_nobody_judged_needs_force(jikimi, candidate):
    words = ("panel", "promote", candidate(), "--reason", "the first", "--yes")
    assert "nobody has judged it" in jikimi(*words, code=1).stderr
    assert "becomes the first" not in jikimi(*words, "--force").stderr


@pytest.mark.parametrize(
    ("beta", "words"),
    [
        pytest.param({"score_spread": 0.0}, "beta gives every transaction the same score", id="constant"),
        pytest.param({"score_spread": math.nan}, "beta is missing", id="missing"),
    ],
)
def test_nobody_can_promote_a_panel_with_a_member_that_cannot_vote(jikimi, store, candidate, beta, words):
    panel_id = candidate(**beta)
    result = jikimi("panel", "promote", panel_id, "--reason", "please", "--force", "--yes", code=1)
    assert words in result.stderr
    assert champion(store) is None


def test_nothing_happens_where_the_answer_is_no(jikimi, store, former, candidate):
    former(1)
    panel_id = candidate()
    challenge(store, panel_id, "better")
    # The runner's input is empty, which is no consent.
    jikimi("panel", "promote", panel_id, "--reason", "x", code=1)
    assert champion(store).panel_id == 1


@pytest.mark.parametrize("name", [pytest.param("promote", id="promote"), pytest.param("rollback", id="rollback")])
def test_a_change_needs_a_reason(jikimi, former, name):
    former(2)
    words = ("panel", name, *(["1"] if name == "promote" else []), "--yes")
    jikimi(*words, code=2)
    jikimi(*words, "--reason", "  ", code=2)


def test_the_present_and_former_champions_cannot_be_promoted(jikimi, former):
    former(2)
    assert "panel 2 is the champion" in jikimi("panel", "promote", 2, "--reason", "x", "--yes", code=1).stderr
    assert "rollback --to 1" in jikimi("panel", "promote", 1, "--reason", "x", "--yes", code=1).stderr


def test_a_rollback_brings_the_champion_before_back(jikimi, store, former):
    former(3)
    result = jikimi("panel", "rollback", "--reason", "too many false alarms", "--by", "kim", "--yes", "--json")
    changed = json.loads(result.stdout)
    assert (changed["champion"], changed["replaced"]) == (2, 3)
    assert any("aliases in MLflow" in note for note in changed["notes"])
    jikimi("panel", "rollback", "--to", 3, "--reason", "it was the shop", "--yes")
    assert champion(store).panel_id == 3


def test_a_rollback_without_a_predecessor_says_so(jikimi, former):
    former(1)
    assert "is the first champion" in jikimi("panel", "rollback", "--reason", "x", "--yes", code=1).stderr


def test_who_decides_is_the_user_of_the_shell_by_default(jikimi, store, former, monkeypatch):
    monkeypatch.setenv("LOGNAME", "operator-7")
    former(2)
    jikimi("panel", "rollback", "--reason", "x", "--yes")
    assert json.loads(jikimi("panel", "show", 1, "--json").stdout)["decided_by"] == "operator-7"
