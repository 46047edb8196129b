"""`jikimi alerts`: found, shown in words, decided on by name or by description, and the inbox of unknown ones."""

import getpass
import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from jikimi.cli import app
from jikimi.store.connection import open_store
from tests.integration.alert_rows import add_alert, add_try, decisions_of, row_of


@pytest.fixture
def store(jikimi, database):
    with open_store(database) as connection:
        yield connection


@pytest.fixture
def answered(jikimi):
    """Run `jikimi` with words and what a person types."""

    def run(*words, typed):
        result = CliRunner().invoke(app, [str(word) for word in words], input=typed, catch_exceptions=False)
        return result.exit_code, result.output

    return run


def ids(jikimi, *words):
    return [row["alert_id"] for row in json.loads(jikimi("alerts", "list", "--json", *words).stdout)]


def test_the_list_is_filtered(jikimi, store):
    old = add_alert(store, "failed", "c1", channel="email", created_at=datetime.now(UTC) - timedelta(days=2))
    new = add_alert(store, "unknown", "c2", reference="CAFE0001")
    other = add_alert(store, "pending", "c2")
    assert ids(jikimi, "--state", "failed", "--state", "unknown") == [new, old]
    assert ids(jikimi, "--customer", "c2", "--since", "1h") == [other, new]
    assert ids(jikimi, "--until", "36h") == [old]
    assert ids(jikimi, "--channel", "email", "--error", "no channel") == [old]
    assert ids(jikimi, "--reference", "cafe0001") == [new]
    assert "There are no such alerts" in jikimi("alerts", "list", "--customer", "c9").stdout
    jikimi("alerts", "list", "--since", "soon", code=2)


def test_one_alert_is_shown_in_words_and_masked(jikimi, store):
    store.execute("insert into customers (customer_id, name) values ('c1', '홍길동')")
    store.execute("insert into customer_channels values ('c1', 'email', 1, 'kim@example.com', now())")
    store.execute("insert into customer_channels values ('c1', 'alimtalk', 2, '01012345678', null)")
    alert_id = add_alert(store, "failed", struck_channels=["email"], reference="CAFE0001")
    add_try(store, alert_id, "rejected", channel="email", code="550", detail="the mailbox is closed", dealer_id="d-7")
    shown = jikimi("alerts", "show", "cafe0001").stdout
    for said in (
        f"alert {alert_id} is failed: no channel took it", "홍*동", "k***@example.com", "010-****-5678", "550", "d-7",
        "the mailbox is closed", "True", f"jikimi alerts retry {alert_id}",
    ):  # fmt: skip
        assert said in shown
    told = json.loads(jikimi("alerts", "show", alert_id, "--json").stdout)
    assert told["route"][0]["is_struck"] is True
    assert told["next_steps"]
    for hidden in ("홍길동", "kim@", "01012345678"):
        assert hidden not in shown + json.dumps(told, ensure_ascii=False)
    assert "there is no alert 404" in jikimi("alerts", "show", "404", code=1).stderr


def test_a_stranger_is_said_to_be_one(jikimi, store):
    assert "not in the table customers" in jikimi("alerts", "show", add_alert(store, customer_id="nobody")).stdout


def test_a_failed_alert_is_retried_by_name(jikimi, store):
    alert_id = add_alert(store, "failed")
    assert "1 alert is sent again" in jikimi("alerts", "retry", alert_id, "--reason", "mended").stdout
    assert decisions_of(store, alert_id) == [("retried", "failed", getpass.getuser(), "mended")]
    again = jikimi("alerts", "retry", alert_id, "--reason", "mended", "--by", "kim", code=1)
    assert f"alert {alert_id} waits to be sent already" in again.stderr


def test_of_several_the_possible_are_decided_and_the_others_named(jikimi, store):
    failed, unknown = add_alert(store, "failed"), add_alert(store, "unknown")
    result = jikimi("alerts", "retry", failed, unknown, "--reason", "mended", code=1)
    assert "1 alert is sent again" in result.stdout
    assert f"`jikimi alerts resolve {unknown}` decides" in result.stderr


def test_what_is_described_is_counted_and_asked_for(answered, jikimi, store):
    failed = [add_alert(store, "failed", last_error="quota") for _ in range(3)]
    other = add_alert(store, "failed", last_error="no consent")
    words = ("alerts", "retry", "--state", "failed", "--error", "quota", "--reason", "tomorrow")
    code, said = answered(*words, typed="n\n")
    assert (code, "3 alerts are to be sent again. Go on?" in said) == (1, True)
    assert row_of(store, failed[0])["state"] == "failed"
    assert "3 alerts are sent again." in jikimi(*words, "--yes").stdout
    assert [row_of(store, each)["state"] for each in (*failed, other)] == [*["pending"] * 3, "failed"]
    assert "0 alerts are sent again" in jikimi(*words).stdout


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["retry", "--reason", "x"], id="nothing named"),
        pytest.param(["retry", "1", "--state", "failed", "--reason", "x"], id="named and described"),
        pytest.param(["retry", "1", "--reason", " "], id="no reason"),
        pytest.param(["retry", "1"], id="no reason at all"),
        pytest.param(["retry", "--state", "unknown", "--reason", "x"], id="unknown ones are not retried"),
        pytest.param(["cancel", "--state", "failed", "--reason", "x"], id="failed ones are not cancelled"),
        pytest.param(["resolve", "1", "--reason", "x"], id="not resolved as anything"),
        pytest.param(["resolve", "1", "--delivered", "--send-again", "--reason", "x"], id="resolved twice"),
        pytest.param(["resolve", "--delivered", "--reason", "x"], id="resolve needs names"),
    ],
)
def test_an_unclear_decision_is_wrong_usage(jikimi, words):
    jikimi("alerts", *words, code=2)


def test_an_alert_that_is_under_way_cannot_be_cancelled(jikimi, store):
    alert_id = add_alert(store, "sending")
    said = jikimi("alerts", "cancel", alert_id, "--reason", "by mistake", code=1)
    assert f"alert {alert_id} is being sent right now: try again in a moment." in said.stderr
    assert "alerts are" not in said.stdout


def test_what_a_cancelled_message_would_have_told_of_is_named(jikimi, store):
    first = add_alert(store, folded_count=1)
    second = add_alert(store, "suppressed", folded_into=first)
    said = jikimi("alerts", "cancel", first, "--reason", "by mistake").stdout
    assert f"would have told of {second} too" in said
    assert json.loads(jikimi("alerts", "cancel", second, "--reason", "too", "--json").stdout)["changed"] == [second]


@pytest.mark.parametrize(
    ("option", "state"),
    [
        pytest.param("--delivered", "delivered", id="delivered"),
        pytest.param("--not-delivered", "failed", id="not delivered"),
        pytest.param("--send-again", "pending", id="send again"),
    ],
)
def test_an_unknown_alert_is_resolved(jikimi, store, option, state):
    alert_id = add_alert(store, "unknown", reference="CAFE0001")
    jikimi("alerts", "resolve", "CAFE0001", option, "--reason", "asked the dealer", "--by", "kim")
    assert row_of(store, alert_id)["state"] == state
    assert decisions_of(store, alert_id)[0][2:] == ("kim", "asked the dealer")


def test_the_inbox_lists_what_is_unknown(jikimi, store):
    assert "No alert is unknown" in jikimi("alerts", "inbox").stdout
    alert_id = add_alert(store, "unknown")
    add_try(store, alert_id, dealer_id="dealer-7")
    said = jikimi("alerts", "inbox").stdout
    assert "dealer-7" in said
    assert "resolve ALERT" in said
    assert json.loads(jikimi("alerts", "inbox", "--json").stdout)[0]["dealer_id"] == "dealer-7"


def test_the_inbox_walks_from_one_to_the_next(answered, store):
    alerts = [add_alert(store, "unknown", f"c{n}") for n in range(5)]
    typed = "d\nseen in the portal\nx\nn\n\ns\na\nthey never got it\nq\n"
    code, said = answered("alerts", "inbox", "--walk", "--by", "kim", typed=typed)
    assert code == 0
    assert "1 of 5: alert" in said
    assert "Answer with d, n, a, s or q" in said
    states = [row_of(store, each)["state"] for each in alerts]
    assert states == ["delivered", "failed", "unknown", "pending", "unknown"]
    assert decisions_of(store, alerts[1]) == [("resolved_failed", "unknown", "kim", "seen in the portal")]
    assert decisions_of(store, alerts[3]) == [("retried", "unknown", "kim", "they never got it")]


def test_an_alert_that_was_resolved_while_the_person_thought_stays_as_it_is(answered, store, monkeypatch):
    alert_id = add_alert(store, "unknown")
    ask = "jikimi.cli.alert_inbox._asked"

    def resolved_meanwhile():
        store.execute("update alerts set state = 'delivered', accepted_at = now() where alert_id = %s", [alert_id])
        return "a"

    monkeypatch.setattr(ask, resolved_meanwhile)
    _, said = answered("alerts", "inbox", "--walk", "--by", "kim", typed="sure\n")
    assert "Nothing was changed" in said
    assert row_of(store, alert_id)["state"] == "delivered"


def test_status_says_what_waits_for_a_person(jikimi, store):
    assert "waiting for a person" in jikimi("status").stdout
    alert_id = add_alert(store, "unknown")
    add_try(store, alert_id, started_at="2026-05-01T00:00Z")
    add_alert(store, "cancelled")
    said = jikimi("status").stdout
    assert "1 cancelled, 1 unknown" in said
    assert "1 unknown, the oldest since 2026-0" in said
    assert json.loads(jikimi("status", "--json").stdout)["figures"]["unknown_since"].startswith("2026-05-01")
