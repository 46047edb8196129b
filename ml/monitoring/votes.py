"""How a panel voted in a window, counted from the combinations of votes that occurred."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from ml.voting import needed_votes


@dataclass(frozen=True)
class VotePattern:
    """One combination of votes.

    :param members: that the panel names.
    :param voted: those of them that gave a score.
    :param fraud: those of them that said fraud.
    :param rows: transactions with this combination.
    """

    panel_id: int
    is_shadow: bool
    members: tuple[str, ...]
    voted: frozenset[str]
    fraud: frozenset[str]
    rows: int


@dataclass(frozen=True)
class PanelVotes:
    """Rows of one panel; the unanimous ones are part of the majority.

    :param disputed_rows: some of those that voted said fraud, and some did not.
    :param incomplete_rows: a member that the panel names did not vote.
    """

    panel_id: int
    is_shadow: bool
    scored_rows: int
    unanimous_rows: int
    majority_rows: int
    disputed_rows: int
    incomplete_rows: int


@dataclass(frozen=True)
class MemberVotes:
    """Rows of one member."""

    panel_id: int
    is_shadow: bool
    member: str
    scored_rows: int
    fraud_rows: int
    missing_rows: int


@dataclass(frozen=True)
class Agreement:
    """Rows on which two members voted; `member` comes before `other` in the alphabet."""

    panel_id: int
    is_shadow: bool
    member: str
    other: str
    both_rows: int
    agreeing_rows: int
    both_fraud_rows: int


def count_votes(patterns: Iterable[VotePattern]) -> tuple[list[PanelVotes], list[MemberVotes], list[Agreement]]:
    """Count what each panel, each member and each pair of members said."""
    by_panel: dict[tuple[int, bool], list[VotePattern]] = {}
    for pattern in patterns:
        by_panel.setdefault((pattern.panel_id, pattern.is_shadow), []).append(pattern)
    found = list(by_panel.values())
    return (
        [_panel(each) for each in found],
        [_member(each, member) for each in found for member in sorted(each[0].members)],
        [_pair(each, *pair) for each in found for pair in combinations(sorted(each[0].members), 2)],
    )


def _panel(patterns: Sequence[VotePattern]) -> PanelVotes:
    first = patterns[0]
    unanimous, majority = (needed_votes(len(first.members), policy) for policy in ("unanimous", "majority"))
    return PanelVotes(
        first.panel_id,
        first.is_shadow,
        scored_rows=_rows(patterns),
        unanimous_rows=_rows(each for each in patterns if len(each.fraud) >= unanimous),
        majority_rows=_rows(each for each in patterns if len(each.fraud) >= majority),
        disputed_rows=_rows(each for each in patterns if 0 < len(each.fraud) < len(each.voted)),
        incomplete_rows=_rows(each for each in patterns if len(each.voted) < len(each.members)),
    )


def _member(patterns: Sequence[VotePattern], member: str) -> MemberVotes:
    first = patterns[0]
    return MemberVotes(
        first.panel_id,
        first.is_shadow,
        member,
        scored_rows=_rows(patterns),
        fraud_rows=_rows(each for each in patterns if member in each.fraud),
        missing_rows=_rows(each for each in patterns if member not in each.voted),
    )


def _pair(patterns: Sequence[VotePattern], member: str, other: str) -> Agreement:
    both = [each for each in patterns if {member, other} <= each.voted]
    return Agreement(
        patterns[0].panel_id,
        patterns[0].is_shadow,
        member,
        other,
        both_rows=_rows(both),
        agreeing_rows=_rows(each for each in both if (member in each.fraud) == (other in each.fraud)),
        both_fraud_rows=_rows(each for each in both if {member, other} <= each.fraud),
    )


def _rows(patterns: Iterable[VotePattern]) -> int:
    return sum(each.rows for each in patterns)
