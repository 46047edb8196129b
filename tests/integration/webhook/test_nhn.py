"""NHN's webhook: only who knows the secret is heard, nothing is heard twice, and nobody's number is kept."""

import json
import logging

import pytest
from airflow.plugins_manager import AirflowPlugin

from jikimi.airflow_plugin import JikimiPlugin
from jikimi.store.connection import open_store
from jikimi.webhook.body import MOST_BYTES
from tests.integration.alert_rows import add_alert, add_try, row_of
from tests.integration.webhook.conftest import SECRET

PHONE = "01012345678"


def hook(number=1, code="1000", **changes):
    return {
        "hookId": f"hook-{number}",
        "requestId": "request",
        "recipientSeq": number,
        "requestDate": "2026-11-28 14:00:00.0",
        "receiveDate": "2026-11-28 14:00:01.0",
        "recipientNo": PHONE,
        "resultCode": code,
        "recipientGroupingKey": f"{number:08X}",
    } | changes


def call(*hooks, **changes):
    return {"hooksId": "1", "webhookConfigId": "2", "event": "MESSAGE_RESULT_UPDATE", "hooks": list(hooks)} | changes


def post(client, body, signature=SECRET, **more):
    headers = {"X-Toast-Webhook-Signature": signature} if signature is not None else {}
    return client.post("/jikimi/reports/nhn", json=body, headers=headers, **more)


@pytest.fixture
def store(client):
    with open_store() as connection:
        yield connection


@pytest.fixture
def accepted(store):
    """An alert that NHN took as request/1."""
    alert_id = add_alert(store, "accepted", attempts=1, channel="alimtalk")
    add_try(store, alert_id, "accepted", channel="alimtalk", dealer_id="request/1")
    return alert_id


def test_good_news_makes_an_alert_delivered(client, store, accepted):
    answer = post(client, call(hook()))
    assert (answer.status_code, answer.json()) == (200, {"taken": 1, "ignored": 0})
    assert row_of(store, accepted)["state"] == "delivered"


def test_bad_news_is_left_to_the_timer_because_a_text_message_may_be_on_its_way(client, store, accepted):
    assert post(client, call(hook(code="3019"))).json() == {"taken": 0, "ignored": 1}
    assert row_of(store, accepted)["state"] == "accepted"


def test_a_result_that_comes_twice_counts_once(client, store, accepted):
    for _ in range(2):
        assert post(client, call(hook(), hook())).status_code == 200
    assert store.execute("select count(*) as n from delivery_reports").fetchone()["n"] == 1


@pytest.mark.parametrize("signature", [None, "", "wrong", SECRET + "x", "비밀"], ids=str)
def test_who_does_not_know_the_secret_is_not_heard(client, store, accepted, signature):
    encoded = signature.encode() if signature else signature
    answer = post(client, call(hook()), encoded)
    assert answer.status_code == 401
    assert row_of(store, accepted)["state"] == "accepted"


def test_without_a_secret_here_nothing_is_accepted(client, monkeypatch):
    monkeypatch.delenv("JIKIMI_WEBHOOK_SECRET")
    answer = post(client, call(hook()), "")
    assert answer.status_code == 503
    assert "JIKIMI_WEBHOOK_SECRET" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param(b"x" * (MOST_BYTES + 1), 413, "bytes", id="too large"),
        pytest.param(b"{", 422, "the body", id="no JSON"),
        pytest.param(b"[]", 422, "the body", id="no object"),
        pytest.param(
            b'{"event": "MESSAGE_RESULT_UPDATE", "hooks": [{"hookId": "1"}]}', 422, "hooks.0.", id="half a hook"
        ),
        pytest.param(b'{"event": "x", "hooks": [' + b"1," * 1200 + b"1]}", 422, "hooks", id="too many hooks"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_without_repeating_it(client, body, status, words):
    headers = {"X-Toast-Webhook-Signature": SECRET, "content-type": "application/json"}
    answer = client.post("/jikimi/reports/nhn", content=body, headers=headers)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert len(answer.json()["detail"]) < 300


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"hookId": "a\0"}, id="zero in the id"),
        pytest.param({"requestId": "\0"}, id="zero in the request"),
        pytest.param({"resultCode": "1000\0"}, id="zero in the code"),
        pytest.param({"recipientGroupingKey": "\0"}, id="zero in the key"),
        pytest.param({"recipientSeq": 2**31}, id="number too large"),
    ],
)
def test_what_the_database_cannot_hold_is_refused_before_it(client, store, changes):
    assert post(client, call(hook() | changes)).status_code == 422
    assert store.execute("select count(*) as n from delivery_reports").fetchone()["n"] == 0


def test_a_key_of_another_system_is_no_error(client, store, accepted):
    theirs = hook(2, recipientGroupingKey="다른 시스템의 키")
    assert post(client, call(hook(), theirs)).status_code == 200
    assert row_of(store, accepted)["state"] == "delivered"


def test_a_type_of_content_is_known_in_any_case(client, store, accepted):
    headers = {"X-Toast-Webhook-Signature": SECRET, "content-type": "Application/JSON;charset=UTF-8"}
    assert client.post("/jikimi/reports/nhn", content=json.dumps(call(hook())), headers=headers).status_code == 200


def test_a_body_without_an_announced_length_is_cut_off_too(client):
    headers = {"X-Toast-Webhook-Signature": SECRET, "content-type": "application/json"}
    answer = client.post("/jikimi/reports/nhn", content=(b"x" * 1000 for _ in range(300)), headers=headers)
    assert answer.status_code == 413


def test_another_type_of_content_is_refused(client):
    headers = {"X-Toast-Webhook-Signature": SECRET, "content-type": "text/plain"}
    assert client.post("/jikimi/reports/nhn", content=b"{}", headers=headers).status_code == 415


def test_an_event_that_nobody_knows_is_ignored(client):
    answer = post(client, call(hook(), event="TEMPLATE_APPROVED"))
    assert (answer.status_code, answer.json()) == (200, {"taken": 0, "ignored": 1})


def test_while_the_database_is_away_the_dealer_is_asked_to_tell_again(client, monkeypatch):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", "postgresql://jikimi@127.0.0.1:1/jikimi")
    assert post(client, call(hook())).status_code == 503


def test_nobodys_number_is_kept_or_logged(client, store, accepted, caplog):
    with caplog.at_level(logging.DEBUG):
        post(client, call(hook()))
        post(client, call({**hook(), "hookId": 7, "resultCode": None}))
    assert PHONE not in caplog.text
    for table in ("delivery_reports", "alert_attempts", "alerts"):
        kept = store.execute(f"select string_agg(t::text, ' ') as text from {table} t").fetchone()["text"]
        assert PHONE not in kept


def test_an_instant_that_is_none_costs_no_report(client, store, accepted):
    assert post(client, call(hook(receiveDate="yesterday"))).json()["taken"] == 1


def test_the_door_is_there_for_whoever_watches_it(client):
    assert client.get("/jikimi/reports/health").json() == {"status": "up"}
    assert client.get("/jikimi/openapi.json").status_code == 404


def test_the_plugin_is_one_that_airflow_takes():
    assert issubclass(JikimiPlugin, AirflowPlugin)
    JikimiPlugin.validate()
    assert [set(each) for each in JikimiPlugin.fastapi_apps] == [{"app", "url_prefix", "name"}]
