"""Counts of votes against the votes themselves, row by row."""

from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ml.monitoring import Agreement, MemberVotes, PanelVotes, VotePattern, count_votes

MEMBERS = ("a", "b", "c")
ROWS = st.lists(st.tuples(*[st.sampled_from([None, False, True])] * 3), min_size=1, max_size=40)


def patterns(rows):
    def pattern(row, count):
        said = dict(zip(MEMBERS, row, strict=True))
        voted = frozenset(name for name, vote in said.items() if vote is not None)
        return VotePattern(1, False, MEMBERS, voted, frozenset(name for name in voted if said[name]), count)

    return [pattern(row, count) for row, count in Counter(rows).items()]


@given(ROWS)
def test_a_panel_is_counted_as_row_by_row(rows):
    ((panel,), _, _) = count_votes(patterns(rows))
    votes = [row.count(True) for row in rows]
    voters = [3 - row.count(None) for row in rows]
    assert panel == PanelVotes(
        1,
        False,
        len(rows),
        sum(each == 3 for each in votes),
        sum(2 * each > 3 for each in votes),
        sum(0 < each < voted for each, voted in zip(votes, voters, strict=True)),
        sum(voted < 3 for voted in voters),
    )


@given(ROWS)
def test_members_and_pairs_are_counted_as_row_by_row(rows):
    _, members, pairs = count_votes(patterns(rows))
    columns = dict(zip(MEMBERS, zip(*rows, strict=True), strict=True))
    assert members == [
        MemberVotes(1, False, name, len(rows), columns[name].count(True), columns[name].count(None)) for name in MEMBERS
    ]
    expected = []
    for first, second in combinations(MEMBERS, 2):
        both = [pair for pair in zip(columns[first], columns[second], strict=True) if None not in pair]
        agreeing = [pair for pair in both if pair[0] == pair[1]]
        expected.append(Agreement(1, False, first, second, len(both), len(agreeing), both.count((True, True))))
    assert pairs == expected


def test_panels_are_counted_apart_and_so_are_shadow_and_champion():
    one = VotePattern(1, False, ("a",), frozenset("a"), frozenset("a"), 2)
    shadow = VotePattern(1, True, ("a",), frozenset("a"), frozenset(), 3)
    other = VotePattern(2, False, ("a", "b"), frozenset("a"), frozenset("a"), 5)
    panels, members, pairs = count_votes([one, shadow, other])
    assert [(each.panel_id, each.is_shadow, each.scored_rows, each.unanimous_rows) for each in panels] == [
        (1, False, 2, 2),
        (1, True, 3, 0),
        (2, False, 5, 0),
    ]
    assert len(members) == 4
    assert pairs == [Agreement(2, False, "a", "b", 0, 0, 0)]


def test_without_rows_nothing_is_counted():
    assert count_votes([]) == ([], [], [])
