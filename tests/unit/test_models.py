"""A panel's members come from MLflow once; the challenger's only from this machine, or at most every five minutes."""

import os
import time

import pytest

from jikimi.models import FETCH_AGAIN_SECONDS, is_fetch_due, load_cached_members, load_members
from jikimi.store.panels import Member, Panel
from ml.models import MEMBERS

DIGESTS = {"a": "1" * 64, "b": None}
PANEL = Panel(7, "unanimous", "run", 50, {}, tuple(Member(n, f"jikimi_{n}", 3, 0.5, d) for n, d in DIGESTS.items()))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("JIKIMI_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """Answer in MLflow's place; returns what was asked for."""
    asked = []

    def load_member(name, number, tracking_uri, sha256=None):
        asked.append((name, number, sha256))
        return MEMBERS["logistic_regression"](1)

    monkeypatch.setattr("ml.tracking.load_member", load_member)
    return asked


def test_each_member_is_fetched_once_and_verified_by_its_digest(asked):
    assert set(load_members(PANEL)) == set(load_members(PANEL)) == {"a", "b"}
    assert asked == [("jikimi_a", 3, "1" * 64), ("jikimi_b", 3, None)]


def test_what_is_not_on_this_machine_is_not_fetched_for_the_shadow(asked):
    assert load_cached_members(PANEL) is None
    assert asked == []


def test_what_is_on_this_machine_votes_in_the_shadow(asked):
    load_members(PANEL)
    assert set(load_cached_members(PANEL)) == {"a", "b"}
    assert len(asked) == 2


def test_one_task_tries_to_fetch_and_the_others_not_before_some_minutes(home):
    assert is_fetch_due(PANEL)
    assert not is_fetch_due(PANEL)
    (mark,) = (home / "models").iterdir()
    long_ago = time.time() - FETCH_AGAIN_SECONDS - 1
    os.utime(mark, (long_ago, long_ago))
    assert is_fetch_due(PANEL)
    assert not is_fetch_due(PANEL)
