"""An alert is sent once, or somebody can read why not."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from airflow.sdk import Connection
from cryptography.fernet import Fernet

from jikimi.delivery.fates import MOST_ATTEMPTS
from jikimi.exceptions import NotConfigured
from jikimi.operators.alerts import SendAlertsOperator
from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator
from jikimi.store.alerts import StoredOutbox

TAKEN = (200, {"successful_receiver_uuids": ["uuid-1"]})


class Kakao:
    """A server that answers a message as the test says, and remembers what it was sent."""

    def __init__(self):
        self.answers = []
        self.received = []
        kakao = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if self.path == "/oauth/token":
                    status, answer = 200, {"token_type": "bearer", "access_token": "a", "expires_in": 3600}
                else:
                    kakao.received.append(body)
                    status, answer = kakao.answers.pop(0) if kakao.answers else TAKEN
                if answer is None:
                    return
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def kakao(monkeypatch):
    server = Kakao()
    extra = {"auth_url": server.url, "api_url": server.url, "refresh_token": "r", "timeout_seconds": 1}
    connection = Connection(
        conn_id="kakao_default", conn_type="kakao", login="key", password="s", extra=json.dumps(extra)
    )
    monkeypatch.setenv("AIRFLOW_CONN_KAKAO_DEFAULT", connection.as_json())
    monkeypatch.setenv("JIKIMI_FERNET_KEY", Fernet.generate_key().decode())
    yield server
    server.server.shutdown()


@pytest.fixture
def alert(store, land, champion):
    """Make one alert of a customer who can be reached, unless told otherwise."""

    def make(**customer):
        values = {
            "name": "홍길동",
            "channel": "kakao_friends",
            "kakao_uuid": "uuid-1",
            "consented_at": datetime.now(UTC),
        }
        values |= customer
        store.execute(
            "with known as (insert into customers (customer_id, name) values ('c1', %(name)s))"
            " insert into customer_channels (customer_id, channel, position, address, consented_at)"
            " select 'c1', %(channel)s, 1, %(kakao_uuid)s, %(consented_at)s where %(channel)s::text is not null",
            values,
        )
        champion()
        land({"amount": "500", "merchant_name": "ABC마트"})
        ValidateBatchOperator(task_id="v").execute({"run_id": "test"})
        ScoreBatchOperator(task_id="s").execute({"run_id": "test"})

    return make


def _die(*_, **__):
    raise ZeroDivisionError


def _no_text(*_, **__):
    raise ValueError("no template")


def send(**options):
    return SendAlertsOperator(task_id="send_alerts", **options).execute({})


def state(store):
    return store.execute("select state, attempts, last_error from alerts").fetchone()


def outcomes(store):
    return [row["outcome"] for row in store.execute("select outcome from alert_attempts order by attempt_id")]


def test_a_taken_message_is_delivered_once(store, kakao, alert):
    alert()
    assert send() == 1
    assert send() == 0
    assert state(store)["state"] == "delivered"
    assert outcomes(store) == ["delivered"]
    assert len(kakao.received) == 1


def test_a_sender_that_lingers_sends_what_becomes_due_meanwhile(store, kakao, alert, monkeypatch):
    naps = []

    def make_an_alert(seconds):
        naps.append(seconds)
        if len(naps) == 1:
            alert()

    monkeypatch.setattr("jikimi.operators.alerts.time.sleep", make_an_alert)
    assert send(linger_seconds=2) == 1
    assert state(store)["state"] == "delivered"


def test_a_sender_that_does_not_linger_leaves_when_nothing_is_due(store, kakao, monkeypatch):
    naps = []
    monkeypatch.setattr("jikimi.operators.alerts.time.sleep", naps.append)
    assert send() == 0
    assert naps == []


def test_no_personal_data_in_clear_reaches_the_wire_or_the_tables(store, kakao, alert):
    alert()
    send()
    assert "홍길동" not in kakao.received[0]
    assert "1234567812347890" not in kakao.received[0]
    for table in ("alerts", "alert_attempts"):
        stored = store.execute(f"select string_agg(t::text, ' ') as text from {table} t").fetchone()
        assert "홍길동" not in stored["text"]


@pytest.mark.parametrize(
    ("answer", "expected", "outcome"),
    [
        pytest.param((400, {"code": -530, "msg": "no"}), "failed", "rejected", id="recipient refuses"),
        pytest.param((400, {"code": -7, "msg": "soon"}), "pending", "unavailable", id="maintenance"),
        pytest.param((400, {"code": -603, "msg": "late"}), "unknown", "unknown", id="time-out inside Kakao"),
        pytest.param((200, None), "unknown", "unknown", id="connection cut after the request"),
    ],
)
def test_the_answer_decides_what_becomes_of_the_alert(store, kakao, alert, answer, expected, outcome):
    kakao.answers = [answer]
    alert()
    assert send() == 0
    assert state(store)["state"] == expected
    assert state(store)["last_error"]
    assert outcomes(store) == [outcome]


def test_an_unknown_alert_is_never_sent_again(store, kakao, alert):
    kakao.answers = [(200, None)]
    alert()
    send()
    store.execute("update alerts set due_at = now() - interval '1 day'")
    assert send() == 0
    assert len(kakao.received) == 1


def test_a_refused_alert_is_not_retried(store, kakao, alert):
    kakao.answers = [(400, {"code": -530, "msg": "no"})]
    alert()
    send()
    store.execute("update alerts set due_at = now() - interval '1 day'")
    send()
    assert len(kakao.received) == 1


def test_an_alert_that_must_wait_is_sent_when_it_is_due(store, kakao, alert):
    kakao.answers = [(400, {"code": -7, "msg": "soon"})]
    alert()
    send()
    assert send() == 0, "not due yet"
    store.execute("update alerts set due_at = now()")
    assert send() == 1
    assert outcomes(store) == ["unavailable", "delivered"]


def test_after_twelve_attempts_an_alert_has_failed(store, kakao, alert):
    kakao.answers = [(400, {"code": -7, "msg": "soon"})] * MOST_ATTEMPTS
    alert()
    for _ in range(MOST_ATTEMPTS):
        assert state(store)["state"] == "pending"
        store.execute("update alerts set due_at = now()")
        send()
    assert state(store)["state"] == "failed"
    assert state(store)["attempts"] == MOST_ATTEMPTS


@pytest.mark.parametrize(
    ("customer", "reason"),
    [
        pytest.param({"channel": None}, "no channel", id="no channel"),
        pytest.param({"consented_at": None}, "consent", id="no consent"),
    ],
)
def test_nothing_is_sent_where_it_may_not_be(store, kakao, alert, customer, reason):
    alert(**customer)
    send()
    assert state(store)["state"] == "failed"
    assert reason in state(store)["last_error"]
    assert kakao.received == []


def test_an_unknown_customer_costs_no_other_row_anything_and_has_a_reason(store, kakao, land, champion):
    champion()
    land({"amount": "500", "customer_id": "nobody-knows"})
    ValidateBatchOperator(task_id="v").execute({"run_id": "test"})
    ScoreBatchOperator(task_id="s").execute({"run_id": "test"})
    send()
    assert state(store)["state"] == "failed"
    assert "customers" in state(store)["last_error"]


def test_a_sender_that_died_while_it_wrote_the_answer_down_leaves_it_to_a_person(store, kakao, alert):
    alert()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StoredOutbox, "finish", _die)
        with pytest.raises(ZeroDivisionError):
            send()
    assert send(patience_seconds=-1) == 0
    assert state(store)["state"] == "unknown"
    assert send() == 0
    assert len(kakao.received) == 1


def test_a_message_that_cannot_be_written_is_no_lost_answer(store, kakao, alert):
    alert()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ml.messages.write_letter", _no_text)
        send()
    assert state(store)["state"] == "failed"
    assert "cannot be written" in state(store)["last_error"]
    assert outcomes(store) == []


def test_a_wrong_setting_touches_no_alert(store, kakao, alert, monkeypatch):
    alert()
    monkeypatch.setenv("JIKIMI_TIME_ZONE", "Seoul/Asia")
    with pytest.raises(NotConfigured, match="JIKIMI_TIME_ZONE"):
        send()
    assert state(store)["state"] == "pending"
