"""What an outbox promises, tried on the one in PostgreSQL and on the fake that stands for it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from jikimi.outbox import End, Fate, NewCall, Quota

MINUTE = timedelta(minutes=1)
DAY = 24 * 3600
NO_COOL_DOWN = timedelta()
NO_PATIENCE = timedelta(seconds=-1)


def call(channel="kakao_friends", repeatable_seconds=0):
    return NewCall(uuid4(), channel, f"{channel}_default", repeatable_seconds)


def claim(world, cool_down=NO_COOL_DOWN):
    return world.claim(10, cool_down).alerts


def deliver(world, claimed, new=None):
    new = new or call()
    begun = world.begin(new, [(claimed, ())])
    attempt = begun.attempts[claimed.alert_id]
    world.finish(new, [End(claimed, attempt, "delivered", Fate("delivered"), "0", None, "id-1")])


@pytest.fixture
def reached(world):
    """A customer with a route of two channels."""
    world.customer("c1", ("alimtalk", True), ("email", True))
    return world


def test_a_claimed_alert_carries_its_route_and_is_claimed_once(reached):
    alert_id = reached.alert()
    (claimed,) = claim(reached)
    assert claimed.alert_id == alert_id
    assert [(step.channel, step.has_consent) for step in claimed.route] == [("alimtalk", True), ("email", True)]
    assert claim(reached) == []
    assert reached.state(alert_id).state == "sending"


def test_an_unknown_customer_is_said_to_be_one(world):
    world.alert("nobody")
    (claimed,) = claim(world)
    assert not claimed.is_known
    assert claimed.route == ()


def test_a_customer_has_one_message_under_way(reached):
    first, second = reached.alert(), reached.alert()
    assert [each.alert_id for each in claim(reached)] == [first]
    assert claim(reached) == []
    assert reached.state(second).state == "pending"


def test_without_a_cool_down_each_alert_has_its_own_message(reached):
    first, second = reached.alert(), reached.alert()
    deliver(reached, claim(reached)[0])
    (next_one,) = claim(reached)
    assert next_one.alert_id == second
    assert next_one.more == 0
    assert reached.state(first).state == "delivered"


def test_what_waits_for_one_customer_becomes_one_message(reached):
    first, second, third = reached.alert(), reached.alert(), reached.alert()
    (claimed,) = claim(reached, MINUTE)
    assert (claimed.alert_id, claimed.more) == (first, 2)
    assert {reached.state(each).state for each in (second, third)} == {"suppressed"}
    assert {reached.state(each).folded_into for each in (second, third)} == {first}


def test_however_much_waits_for_one_customer_it_becomes_one_message(reached, monkeypatch):
    monkeypatch.setattr("jikimi.store.alerts._FOLDED_AT_ONCE", 2)
    first, *_ = [reached.alert() for _ in range(6)]
    looked = reached.claim(1, MINUTE)
    assert [(claimed.alert_id, claimed.more) for claimed in looked.alerts] == [(first, 5)]
    assert looked.touched == 6


def test_a_customer_who_was_told_waits_until_the_cool_down_is_over(reached):
    reached.alert()
    deliver(reached, claim(reached, MINUTE)[0])
    second, third = reached.alert(), reached.alert()
    looked = reached.claim(10, MINUTE)
    assert looked.alerts == []
    assert looked.touched == 2
    assert {reached.state(each).wait_reason for each in (second, third)} == {"cool_down"}
    assert reached.claim(10, MINUTE).touched == 0
    reached.pass_time(61)
    (claimed,) = claim(reached, MINUTE)
    assert (claimed.alert_id, claimed.more) == (second, 1)


def test_an_answer_that_was_lost_cools_down_too(reached):
    alert_id = reached.alert()
    (claimed,) = claim(reached, MINUTE)
    reached.begin(call(), [(claimed, ())])
    reached.recover(NO_PATIENCE)
    assert reached.state(alert_id).state == "unknown"
    reached.alert()
    assert claim(reached, MINUTE) == []


def test_a_try_that_goes_on_does_not_wait_for_a_cool_down(reached):
    reached.alert()
    (claimed,) = claim(reached, MINUTE)
    new = call()
    attempt = reached.begin(new, [(claimed, ())]).attempts[claimed.alert_id]
    fall_back = Fate("pending", "no", wait_reason="fall_back", strike="alimtalk")
    reached.finish(new, [End(claimed, attempt, "rejected", fall_back, "3019", "no")])
    (again,) = claim(reached, MINUTE)
    assert again.struck == {"alimtalk"}
    assert (again.attempts, again.tries) == (1, {"kakao_friends": 1})


def test_a_folded_message_that_is_folded_again_is_counted_with_all_it_told_of(reached):
    first, second = reached.alert(), reached.alert()
    (claimed,) = claim(reached, MINUTE)
    new = call()
    attempt = reached.begin(new, [(claimed, ())]).attempts[first]
    reached.finish(new, [End(claimed, attempt, "unavailable", Fate("pending", "later", MINUTE, "retry"))])
    third = reached.alert()
    (claimed,) = claim(reached, MINUTE)
    assert (claimed.alert_id, claimed.more) == (third, 2)
    assert reached.state(first).folded_into == third
    assert reached.state(second).folded_into == first


def test_a_message_that_is_cancelled_takes_none_along_that_it_would_have_told_of(reached):
    first, second = reached.alert(), reached.alert()
    (claimed,) = claim(reached, MINUTE)
    reached.settle([(claimed, Fate("pending", "later", MINUTE, "channel_down"))])
    reached.cancel(first)
    assert (reached.state(first).state, reached.state(first).folded_count) == ("cancelled", 0)
    assert reached.state(second).folded_into is None
    (claimed,) = claim(reached, MINUTE)
    assert (claimed.alert_id, claimed.more) == (second, 0)


def test_what_is_on_its_way_cannot_be_cancelled(reached):
    alert_id = reached.alert()
    claim(reached)
    reached.cancel(alert_id)
    assert reached.state(alert_id).state == "sending"


def test_what_a_person_ordered_waits_for_no_cool_down_and_starts_over(reached):
    first = reached.alert()
    (claimed,) = claim(reached, MINUTE)
    reached.begin(call(), [(claimed, ())])
    reached.recover(NO_PATIENCE)
    reached.send_again(first)
    second = reached.alert()
    (claimed,) = claim(reached, MINUTE)
    assert (claimed.alert_id, claimed.more, claimed.attempts) == (first, 1, 0)
    assert reached.state(second).folded_into == first


def test_a_sender_that_died_before_the_request_leaves_the_alert_due(reached):
    alert_id = reached.alert()
    claim(reached)
    assert reached.recover(NO_PATIENCE).states == {alert_id: "pending"}
    assert len(claim(reached)) == 1


def test_a_sender_that_died_after_the_request_leaves_it_unknown(reached):
    alert_id = reached.alert()
    (claimed,) = claim(reached)
    reached.begin(call(), [(claimed, ())])
    recovered = reached.recover(NO_PATIENCE)
    assert (recovered.states, recovered.calls) == ({alert_id: "unknown"}, [])
    assert reached.outcomes(alert_id) == ["unknown"]
    assert claim(reached) == []


def test_a_call_that_its_dealer_knows_is_taken_over_whole(reached):
    reached.customer("c2", ("alimtalk", True))
    first, second = reached.alert("c1"), reached.alert("c2")
    claimed = claim(reached)
    new = call("alimtalk", repeatable_seconds=540)
    begun = reached.begin(new, [(each, ()) for each in claimed])
    (open_call,) = reached.recover(NO_PATIENCE).calls
    assert open_call.call == new
    assert open_call.attempts == begun.attempts
    assert {alert.alert_id for alert in open_call.alerts} == {first, second}
    reached.finish(new, [End(claimed[0], begun.attempts[first], "accepted", Fate("accepted"))])
    assert reached.state(first).state == "sending", "the dead sender's claim is gone"
    ends = [End(each, open_call.attempts[each.alert_id], "accepted", Fate("accepted")) for each in open_call.alerts]
    reached.finish(new, ends)
    assert reached.outcomes(first) == reached.outcomes(second) == ["accepted"]


def test_a_call_that_its_dealer_forgot_is_unknown(reached):
    alert_id = reached.alert()
    (claimed,) = claim(reached)
    reached.begin(call("alimtalk", repeatable_seconds=540), [(claimed, ())])
    reached.pass_time(541)
    assert reached.recover(MINUTE).states == {alert_id: "unknown"}


def test_a_living_sender_keeps_its_alerts(reached):
    reached.alert()
    claim(reached)
    assert reached.recover(MINUTE).states == {}


def test_a_sender_so_slow_that_another_took_over_may_not_send(reached):
    alert_id = reached.alert()
    (slow,) = claim(reached)
    reached.recover(NO_PATIENCE)
    (quick,) = claim(reached)
    assert reached.begin(call(), [(slow, ())]).attempts == {}
    reached.settle([(slow, Fate("failed", "too late"))])
    deliver(reached, quick)
    assert reached.state(alert_id).state == "delivered"


def test_an_answer_that_comes_late_settles_what_was_given_up(reached):
    alert_id = reached.alert()
    (claimed,) = claim(reached)
    new = call()
    attempt = reached.begin(new, [(claimed, ())]).attempts[alert_id]
    reached.recover(NO_PATIENCE)
    reached.finish(new, [End(claimed, attempt, "delivered", Fate("delivered"), "0")])
    assert reached.state(alert_id).state == "delivered"
    assert reached.outcomes(alert_id) == ["delivered"]


def test_an_answer_that_comes_late_spares_a_second_message_that_a_person_ordered(reached):
    alert_id = reached.alert()
    (claimed,) = claim(reached)
    new = call()
    attempt = reached.begin(new, [(claimed, ())]).attempts[alert_id]
    reached.recover(NO_PATIENCE)
    reached.send_again(alert_id)
    reached.finish(new, [End(claimed, attempt, "unavailable", Fate("pending", "later", MINUTE, "retry"))])
    assert reached.state(alert_id).wait_reason == "operator", "no news for who ordered it"
    reached.finish(new, [End(claimed, attempt, "delivered", Fate("delivered"), "0")])
    assert reached.state(alert_id).state == "delivered"
    assert claim(reached) == []


def test_an_answer_comes_too_late_for_a_second_message_that_is_on_its_way(reached):
    alert_id = reached.alert()
    (claimed,) = claim(reached)
    new = call()
    attempt = reached.begin(new, [(claimed, ())]).attempts[alert_id]
    reached.recover(NO_PATIENCE)
    reached.send_again(alert_id)
    claim(reached)
    reached.finish(new, [End(claimed, attempt, "delivered", Fate("delivered"), "0")])
    assert reached.state(alert_id).state == "sending"


def test_an_answer_with_signs_that_no_database_keeps_is_kept_without_them(reached):
    alert_id = reached.alert()
    (claimed,) = claim(reached)
    new = call()
    attempt = reached.begin(new, [(claimed, ())]).attempts[alert_id]
    words = "no\0 such \ud800 number \\u0000"
    reached.finish(new, [End(claimed, attempt, "rejected", Fate("failed", words), "-1\0", words, "id\udfff")])
    assert reached.state(alert_id).state == "failed"
    assert reached.outcomes(alert_id) == ["rejected"]


def test_what_failed_without_a_request_says_why(reached):
    alert_id = reached.alert()
    (claimed,) = claim(reached)
    reached.settle([(claimed, Fate("failed", "no consent"))])
    assert (reached.state(alert_id).state, reached.state(alert_id).error) == ("failed", "no consent")
    assert reached.outcomes(alert_id) == []


def test_an_alert_that_waits_is_claimed_when_its_time_has_come(reached):
    reached.alert()
    (claimed,) = claim(reached)
    reached.settle([(claimed, Fate("deferred", "full", MINUTE, "quota"))])
    assert claim(reached) == []
    reached.pass_time(61)
    assert len(claim(reached)) == 1


def counted(world, quotas, alert_id=None):
    alert_id = alert_id or world.alert(f"c{uuid4()}")
    claimed = next(each for each in claim(world) if each.alert_id == alert_id)
    new = call()
    return claimed, new, world.begin(new, [(claimed, quotas)])


def test_a_daily_count_stops_at_its_limit_and_counts_nothing_then(world):
    app, sender = Quota("app", 9), Quota("sender", 2)
    for _ in range(2):
        assert counted(world, (app, sender))[2].over == {}
    claimed, _, begun = counted(world, (app, sender))
    assert begun.over == {claimed.alert_id: "sender"}
    assert begun.attempts == {}
    assert counted(world, (Quota("app", 3),))[2].over == {}, "the third message had counted nothing"


def test_a_message_that_was_not_taken_is_given_back(world):
    quota = Quota("sender", 1)
    claimed, new, begun = counted(world, (quota,))
    attempt = begun.attempts[claimed.alert_id]
    fate = Fate("pending", "later", MINUTE, "retry")
    world.finish(new, [End(claimed, attempt, "unavailable", fate, refunded=(quota,))])
    assert counted(world, (quota,))[2].over == {}


def test_a_count_that_the_channel_calls_used_up_is_used_up(world):
    quota = Quota("receiver:1f", 100)
    claimed, new, begun = counted(world, (quota,))
    fate = Fate("deferred", "full", MINUTE, "quota")
    attempt = begun.attempts[claimed.alert_id]
    world.finish(new, [End(claimed, attempt, "unavailable", fate, refunded=(quota,), used_up=quota)])
    again = counted(world, (quota,))
    assert again[2].over == {again[0].alert_id: "receiver:1f"}


def test_an_answer_that_is_written_twice_is_given_back_once(world):
    quota = Quota("sender", 2)
    (claimed, new, begun), _ = counted(world, (quota,)), counted(world, (quota,))
    fate = Fate("pending", "later", MINUTE, "retry")
    end = End(claimed, begun.attempts[claimed.alert_id], "unavailable", fate, refunded=(quota,))
    world.finish(new, [end])
    world.finish(new, [end])
    assert counted(world, (quota,))[2].over == {}
    assert len(counted(world, (quota,))[2].over) == 1


def test_an_answer_after_midnight_gives_nothing_back_of_the_new_day(world):
    quota = Quota("sender", 1)
    claimed, new, begun = counted(world, (quota,))
    world.pass_time(DAY)
    counted(world, (quota,))
    fate = Fate("pending", "later", MINUTE, "retry")
    world.finish(new, [End(claimed, begun.attempts[claimed.alert_id], "unavailable", fate, refunded=(quota,))])
    assert len(counted(world, (quota,))[2].over) == 1


def test_a_count_that_was_used_up_before_midnight_is_free_afterwards(world):
    quota = Quota("sender", 100)
    claimed, new, begun = counted(world, (quota,))
    world.pass_time(DAY)
    fate = Fate("deferred", "full", MINUTE, "quota")
    attempt = begun.attempts[claimed.alert_id]
    world.finish(new, [End(claimed, attempt, "unavailable", fate, refunded=(quota,), used_up=quota)])
    assert counted(world, (quota,))[2].over == {}


def test_senders_share_a_rate_limit(world):
    assert world.seconds_to_slot("discord_default", 1, 2) == pytest.approx(0, abs=0.05)
    assert world.seconds_to_slot("discord_default", 1, 2) == pytest.approx(0.5, abs=0.05)
    assert world.seconds_to_slot("smtp_default", 1, 2) == pytest.approx(0, abs=0.05)
