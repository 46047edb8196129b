"""The drain on an outbox in memory: what leaves, what is repeated, what is left alone."""

from datetime import timedelta

import pytest

from jikimi.channels.base import Limits, Taken
from jikimi.exceptions import QuotaUsedUp, Rejected, Unavailable, Unknown
from jikimi.outbox import Quota
from tests.fakes import raising

ALIMTALK = Limits(messages_a_call=3, repeatable_seconds=540)


def test_every_due_alert_is_sent_once(bench):
    channel = bench.channel()
    ids = bench.alerts(5)
    assert bench.drain(limit=2) == {"delivered": 5}
    assert [alert_id for alert_id, _ in channel.taken] == ids
    assert channel.is_closed
    assert bench.drain() == {}


def test_a_refusal_goes_on_over_the_next_channel_in_the_same_drain(bench):
    bench.channel(answers=[Rejected("blocked", "-530")])
    email = bench.channel("email")
    (alert_id,) = bench.alerts(1)
    bench.drain()
    assert bench.states() == ["delivered"]
    assert [taken for taken, _ in email.taken] == [alert_id]
    assert bench.outbox.outcomes(alert_id) == ["rejected", "delivered"]


def test_one_refusal_of_a_call_costs_the_others_nothing(bench):
    bench.channel(
        limits=Limits(messages_a_call=3), answers=[Taken(is_final=True), Rejected("no"), Taken(is_final=True)]
    )
    ids = bench.alerts(3)
    bench.channel("email", otherwise=Rejected("no such address"))
    bench.drain()
    assert bench.states() == ["delivered", "failed", "delivered"]
    assert bench.outbox.state(ids[1]).struck == ("kakao_friends",)


def test_a_lost_answer_is_not_repeated_where_the_channel_knows_no_key(bench):
    channel = bench.channel(answers=[raising(Unknown("lost"), arrives=True)])
    bench.alerts(1)
    bench.drain()
    bench.outbox.pass_time(3600)
    bench.drain()
    assert bench.states() == ["unknown"]
    assert len(channel.calls_seen) == 1


def test_a_lost_answer_is_asked_for_again_where_the_dealer_knows_the_call(bench):
    lost = raising(Unknown("lost"), arrives=True)
    channel = bench.channel(limits=ALIMTALK, answers=[lost, lost], otherwise=Taken(False, None, "-1005"))
    bench.alerts(2)
    bench.drain()
    assert bench.states() == ["accepted", "accepted"]
    assert len({call_id for call_id, _ in channel.calls_seen}) == 1
    assert [len(ids) for _, ids in channel.calls_seen] == [2, 2, 2]


def test_a_call_that_stays_without_an_answer_is_repeated_by_a_later_drain(bench):
    channel = bench.channel(limits=ALIMTALK, answers=[raising(Unknown("lost"), arrives=True)] * 3)
    channel.otherwise = Taken(False, None, "-1005")
    bench.alerts(2)
    bench.drain()
    assert bench.states() == ["sending", "sending"]
    bench.outbox.pass_time(121)
    bench.drain()
    assert bench.states() == ["accepted", "accepted"]
    assert len({call_id for call_id, _ in channel.calls_seen}) == 1


def test_who_left_the_channel_meanwhile_is_not_asked_about_and_not_told_again(bench):
    channel = bench.channel(limits=ALIMTALK, answers=[raising(Unknown("lost"), arrives=True)] * 3)
    channel.otherwise = Taken(False, None, "-1005")
    email = bench.channel("email")
    bench.alerts(2)
    bench.drain()
    bench.outbox.customer("c1", ("email", True))
    bench.outbox.pass_time(121)
    bench.drain()
    assert bench.states() == ["sending", "accepted"]
    bench.outbox.pass_time(541)
    bench.drain()
    assert bench.states() == ["unknown", "accepted"]
    assert email.taken == []


def test_a_call_without_an_answer_is_unknown_once_its_dealer_forgot_it(bench):
    channel = bench.channel(limits=ALIMTALK, answers=[raising(Unknown("lost"), arrives=True)] * 3)
    bench.alerts(1)
    bench.drain()
    bench.outbox.pass_time(541)
    bench.drain()
    assert bench.states() == ["unknown"]
    assert len(channel.calls_seen) == 3


def test_what_a_repeat_is_refused_with_says_nothing_about_the_request_before(bench):
    answers = [raising(Unknown("lost"), arrives=True), raising(Unavailable("down")), raising(Rejected("no"))]
    bench.channel(limits=ALIMTALK, answers=answers)
    bench.alerts(1)
    bench.drain()
    assert bench.states() == ["sending"]


def test_what_a_slow_channel_cannot_send_in_time_is_given_back_before_others_take_it(bench):
    slow, ages = bench.channel(limits=Limits(per_second=0.1)), []
    send = slow.send

    def watched(messages, call_id):
        now, rows = bench.outbox.now(), bench.outbox.alerts.values()
        ages.append(max(now - row.claimed_at for row in rows if row.state == "sending"))
        return send(messages, call_id)

    slow.send = watched
    for number in range(30):
        bench.outbox.customer(f"k{number}", ("kakao_friends", True))
        bench.outbox.alert(f"k{number}")
    assert bench.drain(sleep=bench.outbox.pass_time) == {"delivered": 30}
    assert max(ages) < timedelta(seconds=120)


def test_a_slow_channel_holds_up_no_other(bench):
    order = []
    for name, limits in (("kakao_friends", Limits(per_second=0.1)), ("email", Limits(per_second=10))):
        channel = bench.channel(name, limits=limits)
        channel.answers = [lambda c, m, _: order.append(c.name) or {m[0].alert_id: Taken(is_final=True)}] * 8
    for number in range(3):
        bench.outbox.customer(f"k{number}", ("kakao_friends", True))
        bench.outbox.customer(f"e{number}", ("email", True))
        bench.outbox.alert(f"k{number}")
        bench.outbox.alert(f"e{number}")
    bench.drain(sleep=bench.outbox.pass_time)
    assert order == ["email"] * 3 + ["kakao_friends"] * 3


def test_without_consent_nothing_leaves(bench):
    channel = bench.channel()
    bench.outbox.customer("c1", ("kakao_friends", False))
    (alert_id,) = bench.alerts(1)
    assert bench.drain() == {"failed": 1}
    assert channel.calls_seen == []
    assert "consent" in bench.outbox.state(alert_id).error


def test_a_count_that_is_used_up_leads_to_the_next_channel(bench):
    kakao = bench.channel(counted=(Quota("sender", 2),))
    email = bench.channel("email")
    bench.alerts(5)
    bench.drain()
    assert (len(kakao.taken), len(email.taken)) == (2, 3)


def test_what_the_channel_calls_used_up_is_not_asked_for_again(bench):
    kakao = bench.channel(counted=(Quota("sender", 100),), answers=[QuotaUsedUp("full", "-532", subject="sender")])
    email = bench.channel("email")
    bench.alerts(5)
    bench.drain()
    assert len(kakao.calls_seen) == 1
    assert len(email.taken) == 5


def test_a_count_without_another_channel_waits_for_midnight(bench):
    kakao = bench.channel(counted=(Quota("sender", 1),))
    for number in range(1, 4):
        bench.outbox.customer(f"c{number}", ("kakao_friends", True))
    bench.alerts(3)
    bench.drain()
    assert bench.states() == ["delivered", "deferred", "deferred"]
    bench.outbox.pass_time(12 * 3600 + 60)
    bench.drain()
    assert len(kakao.taken) == 2


def test_a_rate_limit_is_kept(bench):
    bench.channel(limits=Limits(per_second=2))
    bench.alerts(3)
    bench.drain()
    assert bench.slept == [pytest.approx(0.5), pytest.approx(1.0)]


def test_one_message_tells_of_all_that_waited(bench):
    channel = bench.channel()
    first, *others = [bench.outbox.alert("c1") for _ in range(3)]
    bench.drain()
    assert [alert_id for alert_id, _ in channel.taken] == [first]
    assert [bench.outbox.state(each).folded_into for each in others] == [first, first]


def test_without_a_cool_down_each_alert_is_told(bench):
    channel = bench.channel()
    ids = [bench.outbox.alert("c1") for _ in range(3)]
    bench.drain(cool_down=timedelta())
    assert [alert_id for alert_id, _ in channel.taken] == ids


def test_a_message_that_cannot_be_written_is_no_lost_answer(bench, monkeypatch):
    channel = bench.channel()
    monkeypatch.setattr(bench, "_write", _no_text)
    (alert_id,) = bench.alerts(1)
    bench.drain()
    assert bench.outbox.state(alert_id).state == "failed"
    assert "cannot be written" in bench.outbox.state(alert_id).error
    assert channel.calls_seen == []


def test_one_message_that_cannot_be_written_costs_the_others_nothing(bench, monkeypatch):
    channel = bench.channel()
    ids = bench.alerts(3)

    def write(_, alert):
        return {ids[0]: "a letter", ids[2]: "a letter"}[alert.alert_id]

    monkeypatch.setattr(bench, "_write", write)
    bench.drain()
    assert bench.states() == ["delivered", "failed", "delivered"]
    assert bench.outbox.state(ids[1]).error == "the message cannot be written: KeyError"
    assert len(channel.taken) == 2


def test_an_error_that_no_channel_should_raise_leaves_one_alert_unknown_and_the_others_go_on(bench):
    bench.channel(answers=[raising(RuntimeError("홍길동"))])
    ids = bench.alerts(3)
    bench.drain()
    assert bench.states() == ["unknown", "delivered", "delivered"]
    assert "RuntimeError" in bench.outbox.state(ids[0]).error
    assert "홍길동" not in bench.outbox.state(ids[0]).error


def test_what_another_sender_leaves_behind_during_a_long_drain_is_taken_back_by_it(bench):
    channel = bench.channel()
    (dead,) = bench.alerts(1)
    bench.outbox.claim(1, timedelta())
    for number in range(20):
        bench.outbox.customer(f"k{number}", ("kakao_friends", True))
        bench.outbox.alert(f"k{number}")
    bench.let_claims_take(10, most=200)
    bench.drain(limit=1)
    assert dead in {alert_id for alert_id, _ in channel.taken}


def test_a_call_is_not_repeated_at_a_dealer_who_does_not_know_it(bench):
    bench.channel(limits=ALIMTALK, answers=[raising(Unknown("lost"), arrives=True)] * 3)
    bench.alerts(1)
    bench.drain()
    other_dealer = bench.channel()
    bench.outbox.pass_time(121)
    bench.drain()
    assert other_dealer.calls_seen == []
    bench.outbox.pass_time(541)
    bench.drain()
    assert bench.states() == ["unknown"]


def test_a_call_whose_letter_cannot_be_written_any_more_stops_nobody(bench, monkeypatch):
    channel = bench.channel(limits=ALIMTALK, answers=[raising(Unknown("lost"), arrives=True)] * 3)
    bench.alerts(2)
    bench.drain()
    bench.outbox.pass_time(121)
    (healthy,) = [bench.outbox.alert("c8")]
    monkeypatch.setattr(bench, "_write", lambda _, alert: {healthy: "a letter"}[alert.alert_id])
    bench.drain()
    assert healthy in {alert_id for alert_id, _ in channel.taken}


def test_several_calls_at_once_send_everything_once(bench):
    channel = bench.channel(limits=Limits(calls_at_once=4))
    ids = bench.alerts(8)
    assert bench.drain() == {"delivered": 8}
    assert sorted(alert_id for alert_id, _ in channel.taken) == ids


def _no_text(*_):
    raise ValueError("no template")
