"""A delivery report settles the alert that it names, whatever comes twice, late or in another order."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from jikimi.store.connection import open_store
from jikimi.store.reports import KeptReport, apply_reports, expire_accepted, keep_reports, waiting_for_reports
from tests.integration.alert_rows import add_alert, add_try, row_of

MOST = 12
NOW = datetime.now(UTC)


@pytest.fixture
def store(database, monkeypatch):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    with open_store() as connection:
        yield connection


@pytest.fixture
def customer(store):
    """Write a customer whose route has these channels."""

    def make(*channels):
        store.execute("insert into customers (customer_id) values ('c1')")
        for position, channel in enumerate(channels, 1):
            store.execute(
                "insert into customer_channels (customer_id, channel, position, address, consented_at)"
                " values ('c1', %s, %s, 'somewhere', now())",
                [channel, position],
            )

    return make


def sent(store, state="accepted", dealer_id="r1/1", **columns):
    """Write an alert that went over Alimtalk; returns its number and reference."""
    outcome = "unknown" if state == "unknown" else "accepted"
    alert_id = add_alert(store, state, **{"attempts": 1, "channel": "alimtalk"} | columns)
    add_try(store, alert_id, outcome, channel="alimtalk", dealer_id=dealer_id)
    return alert_id, row_of(store, alert_id)["reference"]


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
        pytest.param("pending", ("alimtalk", "email"), "delivered", "1000", "pending", id="on its way elsewhere"),
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


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_of_reports_that_come_together_the_good_news_holds_in_any_order(store, customer, order):
    customer("alimtalk", "email")
    alert_id, reference = sent(store)
    all_three = [
        report("rejected", event_id="e1", code="3019"),
        report("delivered", event_id="e2", reference=reference),
        report("rejected", event_id="e3", code="3020"),
    ]
    apply(store, *(all_three[place] for place in order))
    assert row_of(store, alert_id)["state"] == "delivered"


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
    old = "now() - interval '1 minute'"
    waiting = [sent(store)[0], sent(store, "unknown", dealer_id=None)[0]]
    sent(store, "delivered")
    other = add_alert(store, "unknown")
    add_try(store, other, "unknown", channel="email")
    store.execute(f"update alert_attempts set started_at = {old}")
    just_now = sent(store, dealer_id="r7/1")[0]
    rows = [row for page in waiting_for_reports(store) for row in page]
    assert {row["reference"] for row in rows} == {row_of(store, alert_id)["reference"] for alert_id in waiting}
    assert row_of(store, just_now)["reference"] not in {row["reference"] for row in rows}
