"""The timer that asks the dealer: what is known is applied, even where the dealer breaks off."""

from contextlib import nullcontext

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from jikimi.channels.base import Report
from jikimi.exceptions import Unavailable
from jikimi.operators.reports import CollectReportsOperator
from tests.integration.alert_rows import add_alert, add_try, row_of


class Dealer:
    """A channel whose dealer knows how these messages ended."""

    def __init__(self, known, breaks_off=False):
        self.known = known
        self.breaks_off = breaks_off
        self.asked = []
        self.is_closed = False

    def reports(self, attempts):
        self.asked += [attempt.reference for attempt in attempts]
        for attempt in attempts:
            if attempt.dealer_id in self.known:
                yield Report("nhn", f"e-{attempt.dealer_id}", attempt.dealer_id, attempt.reference, True, "1000")
        if self.breaks_off:
            raise Unavailable("NHN Cloud cannot be reached")

    def close(self):
        self.is_closed = True


@pytest.fixture
def dealer(monkeypatch):
    def make(*known, **more):
        made = Dealer(known, **more)
        monkeypatch.setattr("jikimi.channels.registry.open_channel", lambda *_: made)
        return made

    return make


def accepted(store, dealer_id):
    alert_id = add_alert(store, "accepted", attempts=1, channel="alimtalk")
    add_try(store, alert_id, "accepted", channel="alimtalk", dealer_id=dealer_id)
    store.execute("update alert_attempts set started_at = now() - interval '1 minute'")
    return alert_id


def collect():
    return CollectReportsOperator(task_id="collect_reports").execute({})


def test_what_the_dealer_knows_is_applied(store, dealer):
    known, open_one = accepted(store, "r/1"), accepted(store, "r/2")
    asked = dealer("r/1")
    assert collect() == {"delivered": 1}
    assert (row_of(store, known)["state"], row_of(store, open_one)["state"]) == ("delivered", "accepted")
    assert len(asked.asked) == 2
    assert asked.is_closed


def test_a_report_that_waited_for_its_alert_is_applied_though_the_dealer_breaks_off(store, dealer):
    alert_id = accepted(store, "r/1")
    store.execute(
        "insert into delivery_reports (dealer, event_id, dealer_id, outcome, code) values"
        " ('nhn', 'hook', 'r/1', 'delivered', '1000')"
    )
    made = dealer(breaks_off=True)
    with pytest.raises(Unavailable):
        collect()
    assert row_of(store, alert_id)["state"] == "delivered"
    assert made.is_closed


def test_what_the_dealer_said_before_it_broke_off_counts(store, dealer):
    alert_id = accepted(store, "r/1")
    dealer("r/1", breaks_off=True)
    with pytest.raises(Unavailable):
        collect()
    assert row_of(store, alert_id)["state"] == "delivered"


def test_what_is_too_old_is_asked_about_once_more_before_a_person_is(store, dealer, monkeypatch):
    monkeypatch.setenv("JIKIMI_REPORT_HOURS", "0")
    alert_id = accepted(store, "r/1")
    dealer("r/1")
    assert collect() == {"delivered": 1}
    assert row_of(store, alert_id)["state"] == "delivered"


@pytest.mark.parametrize("breaks_off", [pytest.param(False, id="answers"), pytest.param(True, id="is away")])
def test_what_stays_without_a_report_is_left_to_a_person(store, dealer, monkeypatch, breaks_off):
    monkeypatch.setenv("JIKIMI_REPORT_HOURS", "0")
    alert_id = accepted(store, "r/1")
    dealer(breaks_off=breaks_off)
    with pytest.raises(Unavailable) if breaks_off else nullcontext():
        collect()
    assert row_of(store, alert_id)["state"] == "unknown"


def test_without_a_dealer_the_task_is_skipped_and_says_what_to_do(store, monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_ALIMTALK_DEFAULT", raising=False)
    monkeypatch.setenv("JIKIMI_REPORT_HOURS", "0")
    alert_id = accepted(store, "r/1")
    with pytest.raises(AirflowSkipException, match="alimtalk_default"):
        collect()
    assert row_of(store, alert_id)["state"] == "unknown"
