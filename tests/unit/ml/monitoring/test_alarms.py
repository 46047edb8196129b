"""Every kind of alarm has a sentence in every language, with its figures and nothing left open."""

import tomllib
from pathlib import Path

import pytest

from ml.messages import LANGUAGES
from ml.monitoring import (
    Band,
    DataLimits,
    Day,
    Drift,
    Finding,
    Hour,
    UsualVote,
    VoteWindow,
    data_findings,
    drift_findings,
    performance_findings,
    sentence,
    vote_findings,
)
from ml.monitoring.alarms import PARTS

TEXTS = tomllib.loads((Path(__file__).parents[4] / "ml" / "templates" / "alarms.toml").read_text(encoding="utf-8"))


def all_findings():
    windows = [VoteWindow(1000, 10, 2, 0.1, 0.9)] * 2
    usual = {"xgboost": UsualVote(10, 1000), "unanimous": UsualVote(10, 1000)}
    yield from vote_findings({"xgboost": windows}, windows, usual, Band())
    drifts = [Drift("score", "xgboost", 1000, 0.3, 0, 0), Drift("feature", "category", 1000, 0.3, 0.1, 0, 0.25)]
    yield from drift_findings(drifts, {}, 0.2)
    yield from performance_findings(Day("2026-11-01", 1200, 10_000), [Day("d", 100, 9, 40)], 50.0, 0.8)
    hour = Hour("2026-11-01 12:00", 1000, 500.0, 50, "amount_is_positive")
    yield from data_findings(10_900.0, (3, 200.0), hour, DataLimits(1, 1, 1, 1))


FINDINGS = list(all_findings())


def test_every_kind_is_found_here():
    assert {finding.kind for finding in FINDINGS} == set(PARTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_a_text(language):
    assert set(TEXTS[language]) == {*PARTS, "units"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.kind)
def test_a_sentence_names_its_subject_and_leaves_nothing_open(finding, language):
    said = sentence(finding, language)
    assert "#{" not in said
    assert finding.subject in said
    assert said.endswith(".")
    assert finding.link.startswith("/d/jikimi-")


def test_figures_are_written_for_people():
    figures = {"refused": 1200, "landed": 20_000, "refused_share": 0.06, "reason": "amount_is_positive"}
    said = sentence(Finding("quarantine_high", "", True, figures), "en")
    assert said == (
        "1,200 of the 20,000 transactions of an hour (6 %) were refused, most often for amount_is_positive."
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        pytest.param(90, "90 seconds", id="seconds"),
        pytest.param(7000, "117 minutes", id="minutes"),
        pytest.param(7200, "2 hours", id="hours"),
        pytest.param(200_000, "2 days", id="days"),
    ],
)
def test_times_have_the_unit_that_suits_them(seconds, words):
    found = Finding("nothing_lands", "", True, {"since_seconds": seconds})
    assert sentence(found, "en") == f"No transaction has landed for {words}."
