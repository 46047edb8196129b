"""A panel passes the gate when it is sound and better, and never otherwise."""

import math

import pytest

from ml.evaluation import Figures
from ml.promotion import Decision, as_markdown, decide, flaws_of_member, plain
from ml.training import TrainingSpec

# 7 days of 1,000 customers: one message is 1.43 per 10,000 customers and day, the budget is 35 messages.
SPEC = TrainingSpec(messages_per_10k=50, judge_days=7, members=("a", "b"))
ONE = 10_000 / 7_000


def make_figures(member: dict[str, float] | None = None, messages: float = 30, **panel: float) -> Figures:
    good = {"average_precision": 0.6, "score_spread": 0.9, "calibration_ratio": 1.1, "calibration_error": 0.003}
    figures = {"average_precision": 0.6, "card_precision_at_100": 0.3, "amount_caught": 1000.0}
    figures |= {"messages_per_day": messages / 7, "messages_per_10k": messages * ONE, "false_alarms_per_10k": 5 * ONE}
    return Figures(figures | panel, {"a": dict(good), "b": good | (member or {})})


def problems(decision: Decision) -> list[str]:
    return [check.name for check in decision.checks if not check.is_passed]


CHAMPION = make_figures()
AP, CARDS, GAIN = "average precision", "card precision@100", "gain in the better of the two"
MESSAGES, ALARMS = (f"{what} per 10,000 customers and day" for what in ("messages", "false alarms"))


@pytest.mark.parametrize(
    ("panel", "failed"),
    [
        pytest.param({"average_precision": 0.7, "card_precision_at_100": 0.31}, [], id="better in both"),
        pytest.param({"average_precision": 0.7}, [], id="better in one, equal in the other"),
        pytest.param({"average_precision": 0.7, "card_precision_at_100": 0.297}, [], id="worse by less than chance"),
        pytest.param({"average_precision": 0.7, "card_precision_at_100": 0.29}, [CARDS], id="worse in one"),
        pytest.param({}, [GAIN], id="equal"),
        pytest.param({"average_precision": 0.604}, [GAIN], id="better by less than chance"),
        pytest.param({"average_precision": 0.7, "false_alarms_per_10k": 200.0}, [ALARMS], id="false alarms"),
        pytest.param({"average_precision": 0.7, "amount_caught": 899.0}, ["amount caught"], id="less money"),
        pytest.param({"average_precision": 0.7, "amount_caught": 901.0}, [], id="hardly less money"),
        pytest.param({"average_precision": math.nan}, [AP, GAIN], id="a figure is not a number"),
    ],
)
def test_a_panel_is_compared_with_the_champion(panel: dict[str, float], failed: list[str]) -> None:
    decision = decide(make_figures(**panel), CHAMPION, SPEC)
    assert problems(decision) == failed
    assert decision.is_passed is (not failed)
    assert decision.is_sound


@pytest.mark.parametrize(
    ("messages", "is_passed"),
    [
        pytest.param(35, True, id="exactly the budget"),
        pytest.param(35 + 17, True, id="as many more as chance makes"),
        pytest.param(35 + 18, False, id="more than chance makes"),
        pytest.param(0, True, id="none"),
    ],
)
def test_messages_stay_within_the_budget(messages: int, is_passed: bool) -> None:
    decision = decide(make_figures(messages=messages), None, SPEC)
    assert problems(decision) == ([] if is_passed else [MESSAGES])


@pytest.mark.parametrize("caught", [pytest.param(0.0, id="nothing"), pytest.param(math.nan, id="unknown")])
def test_a_first_panel_that_catches_nothing_is_refused(caught: float) -> None:
    decision = decide(make_figures(messages=0, amount_caught=caught), None, SPEC)
    assert problems(decision) == ["amount caught"]
    assert "it would have caught no fraud" in decision.sentence


def test_false_alarms_may_grow_by_a_tenth_of_the_budget_where_there_is_no_chance_to_speak_of() -> None:
    large = {"messages_per_day": 10_000.0, "messages_per_10k": 50.0, "average_precision": 0.7}
    for alarms, failed in ((34.9, []), (35.5, [ALARMS])):
        champion = make_figures(false_alarms_per_10k=30.0)
        assert problems(decide(make_figures(false_alarms_per_10k=alarms, **large), champion, SPEC)) == failed


@pytest.mark.parametrize(
    ("member", "words", "is_sound"),
    [
        pytest.param({"score_spread": 0.0}, "b gives every transaction the same score", False, id="constant"),
        pytest.param({"score_spread": math.nan}, "b is missing", False, id="scores that are not numbers"),
        pytest.param({"average_precision": math.nan}, "b is missing", False, id="no figures"),
        pytest.param({"calibration_ratio": 3.5}, "b announces 3.500 frauds", True, id="announces too many"),
        pytest.param({"calibration_ratio": 0.3}, "b announces 0.300 frauds", True, id="announces too few"),
        pytest.param({"calibration_ratio": math.nan}, "b announces n/a frauds", True, id="no ratio"),
        pytest.param({"calibration_error": 0.03}, "the scores of b are 0.030 from", True, id="calibration error"),
    ],
)
@pytest.mark.parametrize("champion", [pytest.param(None, id="first"), pytest.param(CHAMPION, id="against a champion")])
def test_no_flawed_member_passes(
    member: dict[str, float], words: str, is_sound: bool, champion: Figures | None
) -> None:
    decision = decide(make_figures(member, average_precision=0.9), champion, SPEC)
    assert not decision.is_passed
    assert words in decision.sentence
    assert decision.is_sound is is_sound


def test_a_member_of_the_spec_without_figures_is_missing() -> None:
    figures = make_figures(average_precision=0.9)
    del figures.members["b"]
    decision = decide(figures, None, SPEC)
    assert "b is missing" in decision.sentence
    assert not decision.is_sound
    assert flaws_of_member(figures, "a") == ""


def test_nothing_beats_a_champion_that_could_not_be_measured() -> None:
    decision = decide(make_figures(average_precision=0.9), Figures({}, {}), SPEC)
    assert not decision.is_passed
    assert decision.is_sound
    assert "0.900 against n/a" in decision.sentence


def test_the_first_panel_only_has_to_be_sound() -> None:
    decision = decide(make_figures(average_precision=0.1), None, SPEC)
    assert decision.is_passed
    assert "first panel" in decision.sentence


def test_the_table_shows_every_check_with_both_figures() -> None:
    decision = decide(make_figures(average_precision=0.7, amount_caught=800.0), CHAMPION, SPEC)
    lines = as_markdown(decision).splitlines()
    assert lines[0] == decision.sentence
    assert "| average precision | 0.700 | 0.600 | at least 0.595 | yes |" in lines
    assert "| amount caught | 800.0 | 1,000 | at least 900.0 | **no** |" in lines
    assert len(lines) == 4 + len(decision.checks)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(math.nan, "n/a", id="not a number"),
        pytest.param(None, "n/a", id="nothing"),
        pytest.param(0.12345, "0.123", id="small"),
        pytest.param(49.96, "50.0", id="tens"),
        pytest.param(1234567.8, "1,234,568", id="money"),
    ],
)
def test_figures_are_written_for_people(value: float | None, text: str) -> None:
    assert plain(value) == text
