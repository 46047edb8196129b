"""Channels that are away, as a drain meets them: left alone, passed over, tried again."""

from datetime import timedelta
from uuid import uuid4

from jikimi.channels.base import Limits
from jikimi.exceptions import Misconfigured, QuotaUsedUp, Unavailable, Unknown
from jikimi.outbox import NewCall
from tests.fakes import raising

ALIMTALK = Limits(messages_a_call=3, repeatable_seconds=540)


def test_an_absence_of_the_channel_is_tried_again_later(bench):
    bench.channel(answers=[raising(Unavailable("down"))])
    bench.alerts(1)
    bench.drain()
    assert bench.states() == ["pending"]
    bench.outbox.pass_time(11)
    bench.drain()
    assert bench.states() == ["delivered"]


def test_a_channel_that_is_away_is_left_alone_and_the_next_one_is_taken(bench):
    away = bench.channel(otherwise=Unavailable("down"))
    email = bench.channel("email")
    bench.alerts(8)
    bench.drain()
    assert len(away.calls_seen) == 3
    assert len(email.taken) == 5
    assert bench.states().count("pending") == 3, "those that were tried wait for another try"


def test_lost_answers_in_a_row_are_no_reason_to_lose_more(bench):
    channel = bench.channel(answers=[raising(Unknown("lost"))] * 8)
    bench.channel("email")
    bench.alerts(8)
    bench.drain()
    assert len(channel.calls_seen) == 3
    assert bench.states().count("unknown") == 3
    assert bench.states().count("delivered") == 5


def test_a_wrong_setting_costs_one_try_only(bench):
    channel = bench.channel(otherwise=Misconfigured("the secret is wrong"))
    for number in range(1, 9):
        bench.outbox.customer(f"c{number}", ("kakao_friends", True))
    bench.alerts(8)
    bench.drain()
    assert len(channel.calls_seen) == 1
    assert set(bench.states()) == {"pending"}


def test_a_drain_ends_though_its_channel_is_away_and_more_waits_than_it_can_look_at_before_it_is_due_again(bench):
    bench.channel(otherwise=Unavailable("down"))
    for number in range(60):
        bench.outbox.customer(f"k{number}", ("kakao_friends", True))
        bench.outbox.alert(f"k{number}")
    bench.let_claims_take(1, most=2000)
    bench.drain(limit=1)
    assert set(bench.states()) <= {"pending", "failed"}


def test_a_long_drain_tries_a_channel_again_that_was_away(bench):
    kakao = bench.channel(answers=[raising(Unavailable("down"))] * 3)
    email = bench.channel("email")
    for number in range(20):
        bench.outbox.customer(f"k{number}", ("kakao_friends", True), ("email", True))
        bench.outbox.alert(f"k{number}")
    bench.let_claims_take(10, most=200)
    bench.drain(limit=1)
    assert set(bench.states()) == {"delivered"}
    assert len(email.taken) >= 2, "those that came while it was away"
    assert len(kakao.taken) >= 8, "those that came afterwards"


def test_a_channel_that_is_away_is_not_passed_over_for_one_that_cannot_be_used(bench):
    kakao = bench.channel(answers=[raising(Unavailable("down"))] * 3)
    bench.alerts(8)
    bench.drain()
    assert {row.struck for row in bench.outbox.alerts.values()} == {()}, "email has no connection"
    bench.outbox.pass_time(60)
    bench.drain()
    assert len(kakao.taken) == 8


def test_counts_that_are_used_up_do_not_make_a_channel_away(bench):
    full = [QuotaUsedUp("full", "-536", subject="pair")] * 3
    kakao = bench.channel(answers=full)
    email = bench.channel("email")
    bench.alerts(5)
    bench.drain()
    assert (len(kakao.taken), len(email.taken)) == (2, 3)


def test_repeats_without_an_answer_make_a_channel_away_too(bench):
    channel = bench.channel(limits=ALIMTALK, answers=[raising(Unknown("lost"), arrives=True)] * 99)
    bench.alerts(6)
    for claimed in bench.outbox.claim(6, timedelta()).alerts:
        bench.outbox.begin(NewCall(uuid4(), channel.name, channel.connection_id, 540), [(claimed, ())])
    bench.outbox.pass_time(121)
    bench.drain()
    assert len(channel.calls_seen) == 9, "three calls, each asked about three times"


def test_a_channel_without_a_connection_is_passed_over(bench):
    email = bench.channel("email")
    bench.alerts(2)
    bench.drain()
    assert len(email.taken) == 2


def test_a_missing_connection_without_another_channel_waits_and_says_why(bench):
    bench.outbox.customer("c1", ("alimtalk", True))
    (alert_id,) = bench.alerts(1)
    bench.drain()
    assert bench.outbox.state(alert_id).state == "pending"
    assert "alimtalk_default" in bench.outbox.state(alert_id).error
