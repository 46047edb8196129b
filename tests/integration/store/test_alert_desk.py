"""Alerts found by what a person asks for, and one with all that is known of it."""

from datetime import UTC, datetime, timedelta

import pytest

from jikimi.exceptions import JikimiError
from jikimi.store.alert_decisions import By, retry
from jikimi.store.alert_desk import Wanted, list_alerts, matching, named, show_alert, unknown_alerts
from jikimi.store.connection import open_store
from tests.integration.alert_rows import add_alert, add_try, row_of

HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({"states": ["failed", "unknown"]}, id="states"),
        pytest.param({"channel": "email"}, id="channel"),
        pytest.param({"customer_id": "c2"}, id="customer"),
        pytest.param({"reference": "cafe0001"}, id="reference in small letters"),
        pytest.param({"since": HOUR_AGO}, id="since"),
        pytest.param({"until": HOUR_AGO}, id="until"),
        pytest.param({"error": "QUOTA"}, id="error"),
        pytest.param({"states": ["failed"], "channel": "email", "error": "quota"}, id="all at once"),
    ],
)
def test_alerts_are_found_by_what_is_asked_for(store, wanted):
    is_until = "until" in wanted
    add_alert(store, "pending", created_at="now" if is_until else HOUR_AGO - timedelta(hours=1))
    found = add_alert(
        store, "failed", "c2", channel="email", reference="CAFE0001", last_error="quota used up",
        created_at=HOUR_AGO - timedelta(hours=1) if is_until else HOUR_AGO,
    )  # fmt: skip
    assert matching(store, Wanted(**wanted)) == [found]


def test_the_newest_come_first_and_at_most_so_many(store):
    alerts = [add_alert(store) for _ in range(3)]
    assert matching(store, Wanted(), 2) == alerts[:0:-1]
    assert [row["alert_id"] for row in list_alerts(store, alerts)] == alerts[::-1]


def test_a_name_is_a_reference_or_else_a_number(store):
    first = add_alert(store, reference="0000CAFE")
    second = add_alert(store, reference=f"{first:08}")
    assert named(store, ["0000cafe", str(second), f"{first:08}", str(first)]) == [first, second]
    with pytest.raises(JikimiError, match="no alert 99999, x"):
        named(store, [str(first), "99999", "x"])
    with pytest.raises(JikimiError, match="no alert"):
        named(store, ["9" * 30])


def test_one_alert_has_all_that_is_known_of_it(store):
    store.execute("insert into customers (customer_id, name) values ('c1', '홍길동')")
    store.execute("insert into customer_channels values ('c1', 'email', 1, 'kim@example.com', now())")
    alert_id = add_alert(store, "failed", folded_count=1)
    folded = add_alert(store, "suppressed", folded_into=alert_id)
    add_try(store, alert_id, "accepted", dealer_id="dealer-1", code="0")
    report = (
        "insert into delivery_reports (dealer, event_id, dealer_id, reference, outcome) values ('nhn', %s, %s, %s, %s)"
    )
    store.execute(report, ["e1", "dealer-1", None, "rejected"])
    store.execute(report, ["e2", None, row_of(store, alert_id)["reference"], "delivered"])
    store.execute(report, ["e3", "dealer-2", "ANOTHER", "delivered"])
    retry(store, [alert_id], By("kim", "again"))
    row = show_alert(store, alert_id)
    assert (row["state"], row["merchant"], row["card_masked"], row["is_known"]) == (
        *("pending", "ABC마트", "411111******1111", True),
    )
    assert [step["channel"] for step in row["route"]] == ["email"]
    assert [each["dealer_id"] for each in row["tries"]] == ["dealer-1"]
    assert [each["outcome"] for each in row["reports"]] == ["rejected", "delivered"]
    assert [each["decision"] for each in row["decisions"]] == ["retried"]
    assert [each["alert_id"] for each in row["folded"]] == [folded]


def test_an_alert_of_a_stranger_is_shown_too(store):
    row = show_alert(store, add_alert(store, customer_id="nobody"))
    assert (row["is_known"], row["name"], row["route"]) == (False, None, [])


def test_the_inbox_is_oldest_first_with_the_last_try(store):
    first, second = (add_alert(store, "unknown", f"c{n}", channel="kakao_friends") for n in range(2))
    add_alert(store, "failed")
    add_try(store, first, "unavailable", dealer_id="older")
    add_try(store, first, dealer_id="newer", code="-603")
    rows = unknown_alerts(store, 10)
    assert [(row["alert_id"], row["dealer_id"], row["code"]) for row in rows] == [
        (first, "newer", "-603"), (second, None, None)
    ]  # fmt: skip
    assert rows[1]["detail"] == "the answer was lost"
    assert len(unknown_alerts(store, 1)) == 1
