"""A delivery report settles the alert that it names, whatever comes twice, late or in another order."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jikimi.store.connection import open_store
from jikimi.store.reports import KeptReport, apply_reports, expire_accepted, keep_reports, waiting_for_reports
from tests.integration.alert_rows import add_alert, add_try, row_of

MOST = 12
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(minutes=30)


@pytest.fixture
def store(database, monkeypatch):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    with open_store() as connection:
        yield connection


@pytest.fixture
def customer(store):
    """Write a customer whose route has these channels."""
    return partial(customer_of, store)


def customer_of(store, *channels):
    store.execute("insert into customers (customer_id) values ('c1') on conflict do nothing")
    for position, channel in enumerate(channels, 1):
        store.execute(
            "insert into customer_channels (customer_id, channel, position, address, consented_at)"
            " values ('c1', %s, %s, 'somewhere', now()) on conflict do nothing",
            [channel, position],
        )


def sent(store, state="accepted", dealer_id="r1/1", started_at=LONG_AGO, **columns):
    """Write an alert that went over Alimtalk; returns its number and reference."""
    outcome = "unknown" if state == "unknown" else "accepted"
    alert_id = add_alert(store, state, **{"attempts": 1, "channel": "alimtalk"} | columns)
    add_try(store, alert_id, outcome, channel="alimtalk", dealer_id=dealer_id, started_at=started_at)
    return alert_id, row_of(store, alert_id)["reference"]


def have(store, alert_id, state):
    """Bring an alert into a state, as a sender or a person does."""
    needs = {"accepted": ", accepted_at = now()", "sending": ", claimed_at = now()"}.get(state, "")
    store.execute(f"update alerts set state = %s{needs} where alert_id = %s", [state, alert_id])


def report(outcome="delivered", dealer_id="r1/1", reference=None, event_id="e1", code="1000"):
    return KeptReport("nhn", event_id, dealer_id, reference, outcome, code, "not a KakaoTalk user", NOW)


def apply(store, *reports):
    keep_reports(store, reports)
    return dict(apply_reports(store, MOST))


def tried(store, alert_id):
    return store.execute(
        "select outcome, code, dealer_id, reported_at from alert_attempts where alert_id = %s order by attempt_id",
        [alert_id],
    ).fetchall()


@pytest.mark.parametrize(
    ("state", "route", "outcome", "code", "expected"),
    [
        pytest.param("accepted", ("alimtalk",), "delivered", "1000", "delivered", id="accepted, delivered"),
        pytest.param("unknown", ("alimtalk",), "delivered", "1000", "delivered", id="unknown, delivered"),
        pytest.param("accepted", ("alimtalk", "email"), "rejected", "3019", "pending", id="refused, another channel"),
        pytest.param("accepted", ("email", "alimtalk"), "rejected", "3019", "pending", id="the order says nothing"),
        pytest.param("accepted", ("alimtalk",), "rejected", "3019", "failed", id="refused, no other channel"),
        pytest.param("unknown", ("alimtalk", "email"), "rejected", "3020", "pending", id="unknown, refused"),
        pytest.param("unknown", ("alimtalk",), "rejected", "absent", "pending", id="the dealer never got it"),
        pytest.param("delivered", ("alimtalk",), "rejected", "3019", "delivered", id="delivered already"),
        pytest.param("failed", ("alimtalk",), "delivered", "1000", "failed", id="failed already"),
        pytest.param("cancelled", ("alimtalk",), "delivered", "1000", "cancelled", id="cancelled"),
        pytest.param("failed", ("alimtalk", "email"), "rejected", "3019", "failed", id="failed, refused"),
        pytest.param("pending", ("alimtalk", "email"), "delivered", "1000", "delivered", id="waits, but it arrived"),
        pytest.param(
            "deferred", ("alimtalk", "email"), "delivered", "1000", "delivered", id="deferred, but it arrived"
        ),
        pytest.param("pending", ("alimtalk", "email"), "rejected", "3019", "pending", id="waits already"),
    ],
)
def test_what_a_report_leads_to(store, customer, state, route, outcome, code, expected):
    customer(*route)
    alert_id, _ = sent(store, state)
    apply(store, report(outcome, code=code))
    assert row_of(store, alert_id)["state"] == expected
    assert store.execute("select count(*) as n from delivery_reports where applied_at is null").fetchone()["n"] == 0


def test_a_delivered_message_says_when(store, customer):
    customer("alimtalk")
    alert_id, _ = sent(store)
    before = row_of(store, alert_id)["accepted_at"]
    assert apply(store, report()) == {"delivered": 1}
    row = row_of(store, alert_id)
    assert (row["accepted_at"], row["last_error"]) == (before, None)
    assert row["finished_at"] is not None
    assert tried(store, alert_id)[0]["reported_at"] == NOW


def test_a_refused_message_goes_on_at_once_and_says_why(store, customer):
    customer("alimtalk", "email")
    alert_id, _ = sent(store, staff_told_at=NOW)
    apply(store, report("rejected", code="3019"))
    row = row_of(store, alert_id)
    assert (row["wait_reason"], row["struck_channels"]) == ("fall_back", ["alimtalk"])
    assert row["last_error"] == "not a KakaoTalk user"
    assert row["due_at"] <= datetime.now(UTC)
    assert row["staff_told_at"] is None
    assert (tried(store, alert_id)[0]["outcome"], tried(store, alert_id)[0]["code"]) == ("rejected", "3019")


def test_what_the_dealer_never_got_is_sent_again_over_the_same_channel(store, customer):
    customer("alimtalk")
    alert_id, reference = sent(store, "unknown", dealer_id=None)
    apply(store, report("rejected", None, reference, code="absent"))
    assert (row_of(store, alert_id)["wait_reason"], row_of(store, alert_id)["struck_channels"]) == ("retry", [])


def test_without_consent_a_channel_is_no_way_on(store, customer):
    customer("alimtalk", "email")
    store.execute("update customer_channels set consented_at = null where channel = 'email'")
    alert_id, _ = sent(store)
    assert apply(store, report("rejected")) == {"failed": 1}
    assert row_of(store, alert_id)["last_error"]


def test_after_twelve_tries_nothing_goes_on(store, customer):
    customer("alimtalk", "email")
    sent(store, attempts=MOST)
    assert apply(store, report("rejected")) == {"failed": 1}


def test_a_message_whose_id_was_lost_is_found_by_its_reference(store, customer):
    customer("alimtalk")
    alert_id, reference = sent(store, "unknown", dealer_id=None)
    assert apply(store, report(dealer_id="r9/4", reference=reference)) == {"delivered": 1}
    assert tried(store, alert_id)[0]["dealer_id"] == "r9/4"


def test_an_older_message_of_the_same_alert_changes_nothing(store, customer):
    customer("alimtalk")
    alert_id, reference = sent(store)
    add_try(store, alert_id, "accepted", channel="alimtalk", dealer_id="r2/1")
    assert apply(store, report("rejected", "r1/1", reference)) == {}
    assert row_of(store, alert_id)["state"] == "accepted"


def test_a_report_on_an_older_try_says_nothing_of_one_whose_answer_was_lost(store, customer):
    customer("alimtalk", "email")
    alert_id, reference = sent(store, "unknown")
    add_try(store, alert_id, "unknown", channel="alimtalk")
    assert apply(store, report("rejected", "r1/1", reference)) == {}
    assert row_of(store, alert_id)["state"] == "unknown"


def test_of_two_lost_answers_nobody_knows_which_one_was_refused(store, customer):
    customer("alimtalk", "email")
    alert_id, reference = sent(store, "unknown", dealer_id=None)
    add_try(store, alert_id, "unknown", channel="alimtalk")
    assert apply(store, report("rejected", "r1/1", reference)) == {}
    assert apply(store, report("delivered", "r2/1", reference, event_id="e2")) == {"delivered": 1}


def test_what_was_sent_again_meanwhile_is_not_sent_a_third_time(store, customer):
    customer("alimtalk")
    alert_id, reference = sent(store, "unknown", dealer_id=None)
    have(store, alert_id, "sending")
    assert apply(store, report("rejected", None, reference, code="absent")) == {}
    add_try(store, alert_id, "accepted", channel="alimtalk", dealer_id="r2/1")
    have(store, alert_id, "accepted")
    assert dict(apply_reports(store, MOST)) == {}
    assert row_of(store, alert_id)["state"] == "accepted"


def test_a_refusal_is_no_news_where_another_channel_may_have_delivered(store, customer):
    customer("alimtalk", "email", "discord")
    alert_id, _ = sent(store, "unknown", channel="email")
    add_try(store, alert_id, "unknown", channel="email")
    assert apply(store, report("rejected")) == {}
    assert apply(store, report("delivered", event_id="e2")) == {"delivered": 1}
    assert row_of(store, alert_id)["channel"] == "alimtalk"


def test_good_news_on_a_message_that_did_not_tell_of_all_stops_nothing(store, customer):
    customer("alimtalk", "email")
    alert_id, _ = sent(store, "pending", folded_count=1)
    add_alert(store, "suppressed", folded_into=alert_id, finished_at=NOW)
    assert apply(store, report()) == {}
    assert row_of(store, alert_id)["state"] == "pending"


def test_a_contradiction_stays_readable(store, customer):
    customer("alimtalk", "email")
    alert_id, _ = sent(store)
    apply(store, report("rejected"))
    add_try(store, alert_id, "delivered", channel="email")
    have(store, alert_id, "accepted")
    store.execute("update alerts set state = 'delivered', finished_at = now(), channel = 'email'")
    assert apply(store, report("delivered", event_id="e2")) == {}
    said = store.execute(
        "select outcome, applied_at is not null as is_applied from delivery_reports order by report_id"
    )
    assert [tuple(row.values()) for row in said] == [("rejected", True), ("delivered", True)]
    assert [row["outcome"] for row in tried(store, alert_id)] == ["rejected", "delivered"]


def test_what_the_dealer_calls_a_message_counts_before_our_reference(store, customer):
    customer("alimtalk")
    one, reference = sent(store, dealer_id="r1/1")
    other, _ = sent(store, dealer_id="r2/1")
    apply(store, report(dealer_id="r2/1", reference=reference))
    assert (row_of(store, one)["state"], row_of(store, other)["state"]) == ("accepted", "delivered")


def test_the_dealers_clock_does_not_decide_when_the_customer_may_be_told_again(store, customer):
    customer("alimtalk")
    alert_id, _ = sent(store, "unknown")
    keep_reports(store, [replace(report(), reported_at=datetime(2999, 1, 1, tzinfo=UTC))])
    apply_reports(store, MOST)
    assert row_of(store, alert_id)["accepted_at"] == LONG_AGO


def test_a_report_that_is_faster_than_our_own_answer_waits_for_it(store, customer):
    customer("alimtalk")
    alert_id, reference = sent(store, "sending", dealer_id=None)
    assert apply(store, report(reference=reference)) == {}
    store.execute("update alerts set state = 'accepted', accepted_at = now() where alert_id = %s", [alert_id])
    assert dict(apply_reports(store, MOST)) == {"delivered": 1}


def test_a_report_on_nobody_waits_a_day_and_is_given_up(store):
    apply(store, report())
    waiting = "select count(*) as n from delivery_reports where applied_at is null"
    assert store.execute(waiting).fetchone()["n"] == 1
    store.execute("update delivery_reports set received_at = now() - interval '25 hours'")
    apply_reports(store, MOST)
    assert store.execute(waiting).fetchone()["n"] == 0


def test_the_same_saying_twice_counts_once(store, customer):
    customer("alimtalk")
    sent(store)
    assert keep_reports(store, [report(), report()]) == 1
    assert keep_reports(store, [report()]) == 0
    assert dict(apply_reports(store, MOST)) == {"delivered": 1}


SAYINGS = st.tuples(st.integers(0, 4), st.integers(0, 2))


@given(sayings=st.lists(SAYINGS, min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_neither_order_nor_repetition_nor_passes_matter(store, sayings):
    """Each saying is an event with its pass; events 0 and 1 say that it arrived, the others that it did not."""
    customer_of(store, "alimtalk", "email")
    alert_id = add_alert(store, "accepted", attempts=1, channel="alimtalk")
    dealer_id = f"r{alert_id}/1"
    add_try(store, alert_id, "accepted", channel="alimtalk", dealer_id=dealer_id, started_at=LONG_AGO)
    for number in range(3):
        apply(store, *(_said(dealer_id, event) for event, place in sayings if place == number))
    row = row_of(store, alert_id)
    assert row["state"] == ("delivered" if any(event < 2 for event, _ in sayings) else "pending")
    assert len(row["struck_channels"]) <= 1


def _said(dealer_id, event):
    return report("delivered" if event < 2 else "rejected", dealer_id, event_id=f"{dealer_id}/{event}")


def test_what_another_process_holds_is_passed_over_and_not_lost(store, customer):
    customer("alimtalk")
    sent(store)
    keep_reports(store, [report()])
    with open_store() as other, other.transaction():
        other.execute("select from delivery_reports for update")
        assert dict(apply_reports(store, MOST)) == {}
    assert dict(apply_reports(store, MOST)) == {"delivered": 1}


def test_what_a_sender_holds_is_passed_over_and_not_lost(store, customer):
    customer("alimtalk")
    sent(store)
    keep_reports(store, [report()])
    with open_store() as other, other.transaction():
        other.execute("select from alerts for update")
        assert dict(apply_reports(store, MOST)) == {}
    assert dict(apply_reports(store, MOST)) == {"delivered": 1}


def test_several_processes_apply_each_report_once(store, customer):
    customer("alimtalk", "email")
    for number in range(300):
        sent(store, dealer_id=f"many/{number}")
    for outcome in ("rejected", "delivered"):
        keep_reports(store, [report(outcome, f"many/{n}", event_id=f"{outcome}{n}") for n in range(300)])

    def work(_):
        with open_store() as own:
            return sum((apply_reports(own, MOST, most_passes=1) for _ in range(3)), Counter())

    with ThreadPoolExecutor(4) as pool:
        counts = sum(pool.map(work, range(4)), Counter()) + apply_reports(store, MOST)
    assert counts["delivered"] == 300
    assert store.execute("select count(*) as n from alerts where state = 'delivered'").fetchone()["n"] == 300


def test_one_pass_costs_a_thousand_reports_and_takes_the_newest(store, customer):
    customer("alimtalk")
    keep_reports(store, [report(dealer_id=f"x/{number}", event_id=f"x{number}") for number in range(1500)])
    sent(store)
    keep_reports(store, [report()])
    assert dict(apply_reports(store, MOST, most_passes=1)) == {"delivered": 1}


def test_thousands_are_applied_in_one_go(store, customer):
    customer("alimtalk")
    for number in range(30):
        sent(store, dealer_id=f"many/{number}")
    nobodys = [report(dealer_id=f"x/{number}", event_id=f"x{number}") for number in range(2500)]
    assert apply(store, *nobodys, *[report(dealer_id=f"many/{n}", event_id=f"m{n}") for n in range(30)]) == {
        "delivered": 30
    }


def test_an_alert_without_a_report_is_left_to_a_person(store):
    alert_id, _ = sent(store, accepted_at=datetime.fromtimestamp(NOW.timestamp() - 25 * 3600, UTC))
    fresh, _ = sent(store, dealer_id="r2/1")
    assert expire_accepted(store, 24) == [alert_id]
    assert (row_of(store, alert_id)["state"], row_of(store, fresh)["state"]) == ("unknown", "accepted")
    assert "no delivery report" in row_of(store, alert_id)["last_error"]
    assert tried(store, alert_id)[0]["outcome"] == "unknown"


def test_the_dealer_is_asked_about_what_waits_and_nothing_else(store):
    minute_ago = NOW - timedelta(minutes=1)
    waiting = [
        sent(store, started_at=minute_ago)[1],
        sent(store, "unknown", dealer_id=None, started_at=minute_ago)[1],
    ]
    sent(store, "delivered", started_at=minute_ago)
    sent(store, dealer_id="r7/1", started_at=datetime.now(UTC))
    sent(store, "unknown", dealer_id="r8/1", started_at=NOW - timedelta(days=31))
    other = add_alert(store, "unknown")
    add_try(store, other, "unknown", channel="email", started_at=minute_ago)
    assert [row["reference"] for page in waiting_for_reports(store) for row in page] == waiting


def test_a_thousand_at_a_time_are_asked_about_while_others_are_applied(store):
    for number in range(1001):
        sent(store, dealer_id=f"many/{number}", started_at=NOW - timedelta(minutes=1))
    sizes = []
    for page in waiting_for_reports(store):
        sizes.append(len(page))
        apply(store, *(report(dealer_id=row["dealer_id"], event_id=row["dealer_id"]) for row in page))
    assert sizes == [1000, 1]
    assert store.execute("select count(*) as n from alerts where state = 'delivered'").fetchone()["n"] == 1001
