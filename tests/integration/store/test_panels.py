"""One champion, at most one challenger, and a row for whatever was decided, whatever is run again."""

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from jikimi.exceptions import JikimiError
from jikimi.store.connection import open_store
from jikimi.store.panels import (
    Evidence,
    Member,
    NewPanel,
    challenge,
    challenger,
    champion,
    list_panels,
    panel_to_be,
    promote,
    record_panel,
    reject,
    rollback,
    show_panel,
    state_of,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DIGEST = "ab" * 32


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def new_panel(version=1):
    members = (
        Member("alpha", "jikimi_alpha", version, 0.5, DIGEST),
        Member("beta", "jikimi_beta", version, 0.25),
    )
    figures = {"average_precision": 0.9, "message_precision": math.nan}
    return NewPanel(
        "unanimous", 50, f"run-{version}", NOW, NOW, NOW, NOW, members, figures, {"alpha": {"score_spread": 0.8}}
    )


@pytest.fixture
def candidate(store):
    """Record a panel; returns its id."""
    return lambda version=1: record_panel(store, new_panel(version))


@pytest.fixture
def former(store, candidate):
    """Promote so many panels one after the other; returns their ids, the champion's last."""

    def make(count):
        panels = [candidate(version) for version in range(1, count + 1)]
        for panel_id in panels:
            promote(store, panel_id, f"panel {panel_id} is better", "kim")
        return panels

    return make


def states(store):
    return [row["state"] for row in store.execute("select state from panels order by panel_id").fetchall()]


def decisions(store, panel_id):
    return [(row["decision"], row["replaced_panel_id"]) for row in show_panel(store, panel_id)["decisions"]]


def test_before_the_first_promotion_nobody_votes(store, candidate):
    candidate()
    assert champion(store) is challenger(store) is None


def test_the_champion_has_its_members_thresholds_and_digests(store, candidate):
    promote(store, candidate(), "first")
    panel = champion(store)
    assert [(member.name, member.threshold) for member in panel.members] == [("alpha", 0.5), ("beta", 0.25)]
    assert [member.sha256 for member in panel.members] == [DIGEST, None]
    assert panel.mlflow_run_id == "run-1"


def test_a_panel_can_be_opened_before_it_votes(store, former, candidate):
    former(1)
    panel_id = candidate(2)
    assert panel_to_be(store, panel_id).panel_id == panel_id
    with pytest.raises(JikimiError, match="there is no panel 77"):
        panel_to_be(store, 77)


def test_a_promotion_retires_the_champion_and_both_are_written_down(store, former):
    first, second = former(2)
    assert champion(store).panel_id == second
    assert states(store) == ["retired", "champion"]
    assert decisions(store, first) == [("promoted", None), ("retired", None)]
    assert decisions(store, second) == [("promoted", first)]
    row = show_panel(store, second)
    assert (row["decision"], row["decided_by"]) == (f"panel {second} is better", "kim")
    assert row["decided_at"] is not None


def test_promoting_the_same_panel_twice_changes_nothing(store, candidate):
    panel_id = candidate()
    promote(store, panel_id, "first")
    before = store.execute("select promoted_at from panels").fetchone()
    promote(store, panel_id, "first")
    assert store.execute("select promoted_at from panels").fetchone() == before
    assert decisions(store, panel_id) == [("promoted", None)]


def test_a_challenger_scores_in_the_shadow_and_the_champion_stays(store, former, candidate):
    (first,) = former(1)
    second = candidate(2)
    challenge(store, second, "better, a person must approve")
    challenge(store, second, "better, a person must approve")
    assert (champion(store).panel_id, challenger(store).panel_id) == (first, second)
    assert decisions(store, second) == [("challenging", None)]
    promote(store, second, "approved", "lee", expected_champion=first)
    assert (champion(store).panel_id, challenger(store)) == (second, None)
    assert decisions(store, second) == [("challenging", None), ("promoted", first)]


def test_a_newer_challenger_replaces_an_older_one(store, candidate):
    older, newer = candidate(1), candidate(2)
    challenge(store, older, "better")
    challenge(store, newer, "better still")
    assert states(store) == ["rejected", "challenger"]
    assert decisions(store, newer) == [("challenging", older)]
    assert show_panel(store, older)["decision"] == f"Panel {newer} became challenger before anyone decided."


def test_a_promotion_ends_the_wait_of_another_challenger(store, candidate):
    waiting, better = candidate(1), candidate(2)
    challenge(store, waiting, "better")
    promote(store, better, "first")
    assert states(store) == ["rejected", "champion"]


def test_a_rejected_panel_says_why_and_by_whom(store, candidate):
    panel_id = candidate()
    evidence = Evidence({"average_precision": 0.95, "message_recall": math.nan}, {"checks": [{"challenger": math.nan}]})
    for _ in range(2):
        reject(store, panel_id, "not better", "jikimi", evidence=evidence)
    row = show_panel(store, panel_id)
    assert (row["state"], row["decision"], row["decided_by"]) == ("rejected", "not better", "jikimi")
    assert row["champion_figures"] == {"average_precision": 0.95, "message_recall": None}
    (kept,) = row["decisions"]
    assert kept["figures"] == {"average_precision": 0.9, "message_precision": None, "checks": [{"challenger": None}]}
    assert kept["champion_figures"] == row["champion_figures"]


@pytest.mark.parametrize("fate", [pytest.param("retired", id="retired"), pytest.param("rejected", id="rejected")])
def test_a_panel_that_was_judged_before_takes_nobodys_place(store, candidate, fate):
    old = candidate(1)
    if fate == "retired":
        promote(store, old, "first")
    else:
        reject(store, old, "not better")
    second = candidate(2)
    promote(store, second, "better")
    with pytest.raises(JikimiError, match=f"judged before and is {fate}"):
        promote(store, old, "again")
    assert champion(store).panel_id == second
    assert decisions(store, second) == [("promoted", old if fate == "retired" else None)]


def test_a_rejected_panel_can_be_forced_but_a_retired_one_cannot(store, former, candidate):
    (first,) = former(1)
    refused = candidate(2)
    reject(store, refused, "not better")
    promote(store, refused, "the old one is blind to a new fraud", "kim", is_forced=True)
    assert champion(store).panel_id == refused
    with pytest.raises(JikimiError, match="is retired"):
        promote(store, first, "again", is_forced=True)


def test_a_panel_that_was_compared_with_another_champion_is_not_promoted(store, former, candidate):
    first, second = former(2)
    late = candidate(3)
    with pytest.raises(JikimiError, match=f"panel {second} took the place meanwhile"):
        promote(store, late, "better", expected_champion=first)
    assert states(store) == ["retired", "champion", "candidate"]
    assert decisions(store, late) == []


@pytest.mark.parametrize("has_champion", [pytest.param(False, id="the first"), pytest.param(True, id="a better one")])
def test_of_two_promotions_at_once_one_wins_and_the_other_is_told(database, store, former, candidate, has_champion):
    if has_champion:
        former(1)
    rivals = [candidate(8), candidate(9)]
    with open_store(database) as holder, ThreadPoolExecutor() as pool:
        with holder.transaction():
            promote(holder, rivals[0], "faster", "kim")
            other = pool.submit(_promote_elsewhere, database, rivals[1])
            _wait_until_someone_waits(store)
        with pytest.raises(JikimiError, match="took the place meanwhile"):
            other.result(timeout=30)
    assert champion(store).panel_id == rivals[0]
    assert state_of(store, rivals[1]) == "candidate"


def _promote_elsewhere(database, panel_id):
    with open_store(database) as connection:
        promote(connection, panel_id, "slower", "lee")


def _wait_until_someone_waits(store):
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    for _ in range(3000):
        if store.execute(waiting).fetchone()["count"]:
            return
        store.execute("select pg_sleep(0.01)")
    pytest.fail("the second promotion did not wait for the first")


def test_a_rollback_brings_the_panel_before_back(store, former):
    first, second = former(2)
    assert rollback(store, "too many false alarms", "lee") == (first, second)
    assert states(store) == ["champion", "retired"]
    assert decisions(store, first) == [("promoted", None), ("retired", None), ("rolled_back", second)]
    assert decisions(store, second) == [("promoted", first), ("retired", None)]
    row = show_panel(store, first)
    assert (row["decision"], row["decided_by"], row["retired_at"]) == ("too many false alarms", "lee", None)


def test_a_second_rollback_goes_one_further_back(store, former):
    first, second, third = former(3)
    assert rollback(store, "bad") == (second, third)
    assert rollback(store, "bad too") == (first, second)
    with pytest.raises(JikimiError, match="is the first champion"):
        rollback(store, "and again")
    assert champion(store).panel_id == first


def test_a_promotion_after_a_rollback_goes_back_to_the_panel_that_was_brought_back(store, former, candidate):
    first, _bad = former(2)
    rollback(store, "bad")
    better = candidate(3)
    promote(store, better, "better")
    assert rollback(store, "bad too") == (first, better)


def test_a_rollback_can_name_its_panel(store, former):
    first, _, third = former(3)
    assert rollback(store, "only the first was good", to=first) == (first, third)
    assert rollback(store, "no, the last", to=third) == (third, first)


def test_a_rollback_does_not_retire_a_champion_that_nobody_asked_about(store, former):
    first, second, third = former(3)
    with pytest.raises(JikimiError, match=f"panel {third} became champion meanwhile"):
        rollback(store, "bad", to=first, expected_champion=second)
    assert champion(store).panel_id == third
    assert rollback(store, "bad", to=first, expected_champion=third) == (first, third)


def test_champions_from_before_decisions_were_kept_are_found_by_their_instants(store, former, role_url):
    first, second, third = former(3)
    with open_store(role_url("postgres")) as owner:
        owner.execute("truncate panel_decisions")
    assert rollback(store, "bad") == (second, third)
    assert rollback(store, "bad too") == (first, second)
    with pytest.raises(JikimiError, match="is the first champion"):
        rollback(store, "and again")


@pytest.mark.parametrize(
    ("count", "to", "words"),
    [
        pytest.param(0, None, "there is no champion", id="no champion"),
        pytest.param(1, None, "is the first champion", id="no predecessor"),
        pytest.param(1, 1, "is no retired champion", id="the champion itself"),
        pytest.param(1, 77, "there is no panel 77", id="no such panel"),
    ],
)
def test_a_rollback_without_a_way_back_changes_nothing(store, former, count, to, words):
    former(count)
    with pytest.raises(JikimiError, match=words):
        rollback(store, "bad", to=to)
    assert states(store) == ["champion"] * count


def test_a_panel_that_was_never_champion_cannot_be_rolled_back_to(store, former, candidate):
    former(1)
    refused = candidate(2)
    reject(store, refused, "not better")
    with pytest.raises(JikimiError, match="is no retired champion"):
        rollback(store, "bad", to=refused)


def test_decisions_are_only_ever_added_to(store, former):
    former(1)
    with pytest.raises(Exception, match="permission denied"):
        store.execute("update panel_decisions set sentence = 'another'")


def test_what_was_reached_is_kept_for_panel_and_members_and_what_is_no_number_is_left_out(store, candidate):
    panel_id = candidate()
    rows = store.execute("select member, measure, value from panel_measures order by member").fetchall()
    assert [tuple(row.values()) for row in rows] == [
        ("alpha", "score_spread", 0.8),
        ("panel", "average_precision", 0.9),
    ]
    row = show_panel(store, panel_id)
    assert row["member_figures"] == {"alpha": {"score_spread": 0.8}}
    assert row["figures"] == {"average_precision": 0.9, "message_precision": None}


def test_panels_are_listed_newest_first(store, former, candidate):
    former(1)
    candidate(2)
    assert [(row["panel_id"], row["state"]) for row in list_panels(store, 10)] == [(2, "candidate"), (1, "champion")]
    assert [row["panel_id"] for row in list_panels(store, 1)] == [2]
    assert list_panels(store, 1)[0]["members"] == ["alpha", "beta"]
