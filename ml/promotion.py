"""Whether a panel may become the champion: a gate of checks on figures of both on the same later window."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ml.evaluation import Figures
from ml.training import TrainingSpec

COMPARED: Final = {"average_precision": "average precision", "card_precision_at_100": "card precision@100"}


@dataclass(frozen=True)
class Limits:
    """What the bank accepts; all of it stands here and nowhere else.

    :param least_difference: average precisions and card precisions that are nearer than this are equal. The members'
        seeds alone move both by some thousandths.
    :param deviations: a number of messages is a count, and a count of n scatters by the square root of n: so many of
        these deviations above the expected number are chance (three: once in 700 trainings).
    :param false_alarms_share: of the budget; by so much a panel may disturb more honest customers than the champion,
        if it pays otherwise. The budget is what the bank lets its customers bear, a tenth of it is one step.
    :param money_share: of the amount that the champion caught; a single large fraud moves it by some hundredths.
    :param least_spread: highest minus lowest score of a member; below it every row has the same score.
    :param calibration_ratio: announced frauds per true fraud. A judging window may have as few as ten frauds, of which
        chance alone makes five or sixteen; beyond a third or three times nobody would call the score a probability.
    :param calibration_error: mean distance of score and share of fraud. With one fraud in a hundred rows a good member
        is below .005, one that learned with weighted classes at .1 and more.
    """

    least_difference: float = 0.005
    deviations: float = 3.0
    false_alarms_share: float = 0.1
    money_share: float = 0.1
    least_spread: float = 1e-6
    calibration_ratio: tuple[float, float] = (1 / 3, 3.0)
    calibration_error: float = 0.02


LIMITS: Final = Limits()


@dataclass(frozen=True)
class Check:
    """One row of the decision table.

    :param challenger: its figure; NaN where it has none, as `champion` where there is none to compare with.
    :param limit: what was demanded, in words.
    :param problem: what to tell people where it did not pass, else empty.
    """

    name: str
    challenger: float
    champion: float
    limit: str
    problem: str = ""

    @property
    def is_passed(self) -> bool:
        """Whether what was demanded is there."""
        return not self.problem


@dataclass(frozen=True)
class Decision:
    """All checks, and one sentence for the people who will read it.

    :param is_sound: every member is there and tells rows apart. Without it not even a person may promote the panel.
    """

    checks: tuple[Check, ...]
    is_sound: bool
    sentence: str

    @property
    def is_passed(self) -> bool:
        """Whether the panel may become the champion."""
        return all(check.is_passed for check in self.checks)


def decide(challenger: Figures, champion: Figures | None, spec: TrainingSpec, limits: Limits = LIMITS) -> Decision:
    """Let a sound panel pass that is better in one of the compared figures and worse in none, and no other.

    Sound: every member of the spec is there, tells rows apart and gives probabilities; messages are within the budget.
    Beside the champion it may neither disturb more honest customers nor catch less money than `limits` say. Where
    there is no champion yet, a sound panel that catches some fraud is enough.

    :param challenger: as measured on the judging window; a figure that is missing or NaN passes no check.
    :param champion: as measured on the same window; None where there is none. A champion without figures could not be
        measured, and nothing beats it: a person has to decide.
    """
    members = [check for name in spec.members for check in _member_checks(name, challenger, champion, limits)]
    checks = [_budget_check(challenger, champion, spec, limits)]
    if champion is None:
        checks = [_first_check(measure, title, challenger) for measure, title in COMPARED.items()] + checks
        checks.append(_first_money_check(challenger))
    else:
        checks = [*_comparisons(challenger, champion, limits), *checks]
        checks += [_alarm_check(challenger, champion, spec, limits), _money_check(challenger, champion, limits)]
    is_sound = not any(flaws_of_member(challenger, name, limits) for name in spec.members)
    return Decision((*checks, *members), is_sound, _sentence([*checks, *members], champion is None))


def flaws_of_member(figures: Figures, name: str, limits: Limits = LIMITS) -> str:
    """Return what keeps a member from ever voting in a champion: it is missing or constant; else an empty string."""
    own = figures.members.get(name, {})
    if not all(math.isfinite(own.get(measure, math.nan)) for measure in ("average_precision", "score_spread")):
        return f"{name} is missing: it has no figures"
    if own["score_spread"] <= limits.least_spread:
        return f"{name} gives every transaction the same score"
    return ""


def as_markdown(decision: Decision) -> str:
    """Return the decision and its table for MLflow's and Airflow's pages."""
    rows = [
        f"| {check.name} | {plain(check.challenger)} | {plain(check.champion)} | {check.limit} | "
        f"{'yes' if check.is_passed else '**no**'} |"
        for check in decision.checks
    ]
    head = ["| check | this panel | champion | demanded | passed |", "|---|---:|---:|---|---|"]
    return "\n".join([decision.sentence, "", *head, *rows])


def plain(value: float | None) -> str:
    """Write a figure for people; what is not there is `n/a`."""
    if value is None or not math.isfinite(value):
        return "n/a"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _first_check(measure: str, title: str, challenger: Figures) -> Check:
    value = challenger.panel.get(measure, math.nan)
    return Check(title, value, math.nan, "none: the first panel", _unless(math.isfinite(value), f"{title} is n/a"))


def _first_money_check(challenger: Figures) -> Check:
    """Refuse a panel whose budget, or whose members' disagreement, leaves no message: nobody would notice that."""
    caught = challenger.panel.get("amount_caught", math.nan)
    problem = _unless(caught > 0, "it would have caught no fraud: allow more messages or choose other members")
    return Check("amount caught", caught, math.nan, "more than 0", problem)


def _comparisons(challenger: Figures, champion: Figures, limits: Limits) -> list[Check]:
    pairs = {measure: _pair(challenger, champion, measure) for measure in COMPARED}
    checks = []
    for measure, (own, other) in pairs.items():
        least = other - limits.least_difference
        checks.append(_compared(COMPARED[measure], own, other, f"at least {plain(least)}", own >= least))
    gain = max(own - other for own, other in pairs.values())
    beats = Check(
        "gain in the better of the two",
        gain,
        math.nan,
        f"more than {plain(limits.least_difference)}",
        _unless(gain > limits.least_difference, "it does not beat the champion"),
    )
    return [*checks, beats]


def _budget_check(challenger: Figures, champion: Figures | None, spec: TrainingSpec, limits: Limits) -> Check:
    own, other = _pair(challenger, champion or Figures({}, {}), "messages_per_10k")
    most = spec.messages_per_10k + limits.deviations * math.sqrt(spec.messages_per_10k * _one_message(challenger, spec))
    return Check(
        "messages per 10,000 customers and day",
        own,
        other,
        f"at most {plain(most)}: the budget of {spec.messages_per_10k:g} and chance",
        _unless(own <= most, f"{plain(own)} messages per 10,000 customers and day exceed the budget of"
                f" {spec.messages_per_10k:g} by more than chance"),
    )  # fmt: skip


def _alarm_check(challenger: Figures, champion: Figures, spec: TrainingSpec, limits: Limits) -> Check:
    own, other = _pair(challenger, champion, "false_alarms_per_10k")
    chance = (
        limits.deviations * math.sqrt(max(other, 0) * _one_message(challenger, spec)) if other == other else math.nan
    )
    most = other + max(limits.false_alarms_share * spec.messages_per_10k, chance)
    name = "false alarms per 10,000 customers and day"
    return _compared(name, own, other, f"at most {plain(most)}", own <= most)


def _money_check(challenger: Figures, champion: Figures, limits: Limits) -> Check:
    own, other = _pair(challenger, champion, "amount_caught")
    least = other * (1 - limits.money_share)
    return _compared("amount caught", own, other, f"at least {plain(least)}", own >= least)


def _member_checks(name: str, challenger: Figures, champion: Figures | None, limits: Limits) -> list[Check]:
    def pair(measure: str) -> tuple[float, float]:
        others = champion.members.get(name, {}) if champion else {}
        return challenger.members.get(name, {}).get(measure, math.nan), others.get(measure, math.nan)

    spread, ratio, error = pair("score_spread"), pair("calibration_ratio"), pair("calibration_error")
    low, high = limits.calibration_ratio
    problem = flaws_of_member(challenger, name, limits)
    ratio_problem = "" if problem else _unless(
        low <= ratio[0] <= high, f"{name} announces {plain(ratio[0])} frauds for each one that there was"
    )  # fmt: skip
    error_problem = "" if problem else _unless(
        error[0] <= limits.calibration_error, f"the scores of {name} are {plain(error[0])} from the share of fraud"
    )  # fmt: skip
    return [
        Check(f"{name}: spread of the scores", *spread, f"more than {limits.least_spread:g}", problem),
        Check(f"{name}: announced per true fraud", *ratio, f"{low:.2f} to {high:g}", ratio_problem),
        Check(f"{name}: calibration error", *error, f"at most {limits.calibration_error:g}", error_problem),
    ]


def _one_message(figures: Figures, spec: TrainingSpec) -> float:
    """Return what one message in the judging window is per 10,000 customers and day; 0 where there was none."""
    messages = figures.panel.get("messages_per_day", math.nan) * spec.judge_days
    return figures.panel.get("messages_per_10k", math.nan) / messages if messages > 0 else 0.0


def _pair(challenger: Figures, champion: Figures, measure: str) -> tuple[float, float]:
    return challenger.panel.get(measure, math.nan), champion.panel.get(measure, math.nan)


def _compared(name: str, own: float, other: float, limit: str, is_passed: bool) -> Check:
    return Check(name, own, other, limit, _unless(is_passed, f"{name} {plain(own)} against {plain(other)}, {limit}"))


def _unless(is_passed: bool, problem: str) -> str:
    return "" if is_passed else problem


def _sentence(checks: Sequence[Check], is_first: bool) -> str:
    if problems := [check.problem for check in checks if check.problem]:
        return f"Not promoted: {'; '.join(problems)}."
    compared = [check for check in checks if check.name in COMPARED.values()]
    if is_first:
        return f"Good enough as the first panel: {', '.join(f'{c.name} {plain(c.challenger)}' for c in compared)}."
    texts = (f"{c.name} {plain(c.challenger)} against {plain(c.champion)}" for c in compared)
    return f"Better than the champion: {'; '.join(texts)}."
