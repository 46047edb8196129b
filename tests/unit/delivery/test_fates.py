"""What a channel says decides what becomes of the alert."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from jikimi.channels.base import Taken
from jikimi.delivery.fates import MOST_ATTEMPTS, channel_away, fate_of, outcome_of, over_quota
from jikimi.delivery.gaps import gap_after, until_reset
from jikimi.delivery.routing import next_step
from jikimi.exceptions import Misconfigured, QuotaUsedUp, Rejected, Unavailable, Undeliverable, Unknown
from tests.fakes import MemoryOutbox

NOON_IN_KOREA = datetime(2026, 3, 1, 3, tzinfo=UTC)
TWO = (("kakao_friends", True), ("email", True))
ONE = (("kakao_friends", True),)
FULL = QuotaUsedUp("full", "-532", subject="sender")


@pytest.fixture
def claimed():
    """Claim an alert of a customer with this route."""

    def make(*route, **changes):
        outbox = MemoryOutbox()
        outbox.customer("c1", *route)
        outbox.alert()
        (alert,) = outbox.claim(1, timedelta()).alerts
        return replace(alert, **changes)

    return make


def fate(result, alert):
    return fate_of(result, alert, "kakao_friends", NOON_IN_KOREA)


@pytest.mark.parametrize(
    ("result", "state", "outcome"),
    [
        pytest.param(Taken(is_final=True), "delivered", "delivered", id="taken for good"),
        pytest.param(Taken(is_final=False), "accepted", "accepted", id="a report is due"),
        pytest.param(Unknown("lost"), "unknown", "unknown", id="answer lost"),
        pytest.param(Rejected("no"), "failed", "rejected", id="refused"),
        pytest.param(Unavailable("later"), "pending", "unavailable", id="not now"),
        pytest.param(Misconfigured("scope"), "pending", "unavailable", id="a person must act"),
        pytest.param(FULL, "deferred", "unavailable", id="quota"),
    ],
)
def test_one_channel(claimed, result, state, outcome):
    assert fate(result, claimed(*ONE)).state == state
    assert outcome_of(result) == outcome


@pytest.mark.parametrize(
    ("result", "tries", "strike"),
    [
        pytest.param(Rejected("no"), 0, "kakao_friends", id="refused"),
        pytest.param(FULL, 0, "kakao_friends", id="quota"),
        pytest.param(Unavailable("later"), 1, None, id="not now, second try"),
        pytest.param(Unavailable("later"), 2, "kakao_friends", id="not now, third try"),
        pytest.param(Unavailable("not a friend", tries=2), 0, None, id="tried once more"),
        pytest.param(Unavailable("not a friend", tries=2), 1, "kakao_friends", id="once more in vain"),
        pytest.param(Unknown("lost"), 0, None, id="a lost answer is never followed by another channel"),
    ],
)
def test_the_next_channel_is_tried(claimed, result, tries, strike):
    assert fate(result, claimed(*TWO, tries={"kakao_friends": tries})).strike == strike


def test_a_channel_that_may_be_tried_twice_has_failed_after_that(claimed):
    assert fate(Unavailable("not a friend", tries=2), claimed(*ONE, tries={"kakao_friends": 1})).state == "failed"


def test_a_quota_without_another_channel_waits_for_midnight_in_korea(claimed):
    assert fate(FULL, claimed(*ONE)).due_in == timedelta(hours=12, minutes=1)
    assert over_quota("full", claimed(*ONE), "kakao_friends", NOON_IN_KOREA).wait_reason == "quota"


def test_a_channel_says_how_long_to_wait(claimed):
    assert fate(Unavailable("busy", retry_after=3000), claimed(*ONE)).due_in == timedelta(seconds=3000)


@pytest.mark.parametrize("result", [Unavailable("later"), FULL], ids=["not now", "quota"])
def test_after_twelve_tries_an_alert_has_failed(claimed, result):
    assert fate(result, claimed(*ONE, attempts=MOST_ATTEMPTS - 2)).state != "failed"
    assert fate(result, claimed(*ONE, attempts=MOST_ATTEMPTS - 1)).state == "failed"


def test_a_channel_known_to_be_away_costs_no_try(claimed):
    assert channel_away("down", claimed(*ONE), "kakao_friends").wait_reason == "channel_down"
    assert channel_away("down", claimed(*TWO), "kakao_friends").strike == "kakao_friends"


@pytest.mark.parametrize(
    ("route", "changes", "words"),
    [
        pytest.param((), {"is_known": False}, "not in the table customers", id="unknown customer"),
        pytest.param((), {}, "no channel", id="no channel"),
        pytest.param((("email", False),), {}, "not consented", id="no consent"),
        pytest.param(ONE, {"struck": frozenset({"kakao_friends"})}, "kakao_friends did not take it", id="all struck"),
    ],
)
def test_a_customer_without_a_way_has_a_reason(claimed, route, changes, words):
    with pytest.raises(Undeliverable, match=words):
        next_step(claimed(*route, **changes))


def test_a_channel_without_consent_is_passed_over(claimed):
    assert next_step(claimed(("alimtalk", False), ("email", True))).channel == "email"


def test_gaps_grow_to_an_hour_and_differ():
    gaps = [gap_after(attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert timedelta(seconds=5) <= gaps[0] <= timedelta(seconds=10)
    assert all(later >= earlier for earlier, later in pairwise(gaps[:9]))
    assert gaps[-1] <= timedelta(hours=1)
    assert len({gap_after(3) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("now", "wait"),
    [
        pytest.param("2026-03-01T14:00Z", timedelta(hours=1, minutes=1), id="an hour before midnight in Korea"),
        pytest.param("2026-03-01T15:00Z", timedelta(minutes=1), id="at midnight, perhaps of the day before"),
        pytest.param("2026-03-01T15:01Z", timedelta(hours=24), id="a minute after midnight"),
    ],
)
def test_quotas_are_reset_at_midnight_in_korea(now, wait):
    assert until_reset(datetime.fromisoformat(now)) == wait
