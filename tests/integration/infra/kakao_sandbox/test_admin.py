"""What tests and the runner ask of the sandbox."""

from contextlib import suppress
from typing import Any

import pytest

from infra.kakao_sandbox.messages import Arrival, keep, keep_many
from infra.kakao_sandbox.solapi_signature import sign


def arrivals(app: Any, *keys: str, channel: str = "alimtalk") -> list[int]:
    sandbox = app.client.app.state.sandbox
    with sandbox.transaction():
        return keep_many(sandbox, [Arrival(key, f"접수번호 {key}", channel, key) for key in keys])


def listed(app: Any, **chosen: object) -> list[str]:
    return [message["chat_key"] for message in app.client.get("/admin/messages", params=chosen).json()]


def test_messages_kept_together_have_ids_in_their_order(app: Any) -> None:
    assert arrivals(app, "a", "b", "a") == [1, 2, 3]
    sandbox = app.client.app.state.sandbox
    with sandbox.transaction():
        assert keep(sandbox, "c", "안녕", channel="sms", title="c") == 4
    assert app.client.get("/inbox/chat", params={"key": "a"}).json()["message_count"] == 2


def test_what_was_taken_back_leaves_no_trace(app: Any) -> None:
    sandbox = app.client.app.state.sandbox
    with suppress(RuntimeError), sandbox.transaction():
        keep(sandbox, "a", "안녕", channel="sms", title="a")
        raise RuntimeError
    assert arrivals(app, "b") == [1]
    assert app.client.get("/inbox/chats").json()["channels"] == {"alimtalk": 1}


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        pytest.param({}, ["a", "b", "a", "c"], id="all"),
        pytest.param({"after_id": 2}, ["a", "c"], id="after an id"),
        pytest.param({"limit": 3}, ["a", "b", "a"], id="limit"),
        pytest.param({"channel": "email"}, ["c"], id="channel"),
        pytest.param({"chat_key": "a"}, ["a", "a"], id="address"),
        pytest.param({"chat_key": "a", "after_id": 1, "limit": 5}, ["a"], id="address after an id"),
        pytest.param({"contains": "번호 b"}, ["b"], id="text"),
        pytest.param({"contains": "%"}, [], id="no pattern"),
        pytest.param({"customer_id": "C1"}, [], id="customer"),
    ],
)
def test_messages_are_selected(app: Any, chosen: dict[str, object], found: list[str]) -> None:
    arrivals(app, "a", "b", "a")
    arrivals(app, "c", channel="email")
    assert listed(app, **chosen) == found


def test_more_messages_than_are_read_at_once_come_as_one_list(app: Any) -> None:
    keys = [f"{number:05}" for number in range(4_500)]
    arrivals(app, *keys)
    assert listed(app) == keys
    assert listed(app, limit=4_001) == keys[:4_001]


def test_clock_is_set_ahead_to_midnight_and_stays_so_over_a_restart(app: Any) -> None:
    app.open(pair_quota=1, access_seconds=10**6)
    app.log_in()
    (uuid,) = app.befriend("C1")
    assert [app.send(uuid).json().get("code") for _ in range(2)] == [None, -536]
    answer = app.client.post("/admin/clock", json={"shift_seconds": 12 * 3600})
    assert answer.json() == {"now": "2026-08-21T15:00:00+00:00", "shift_seconds": 43200.0}
    app.open()
    assert app.send(uuid).status_code == 200
    assert app.client.post("/admin/clock", json={"shift_seconds": 0}).json()["now"] == "2026-08-21T03:00:00+00:00"
    assert app.client.get("/admin/clock").json()["shift_seconds"] == 0
    assert app.send(uuid).json()["code"] == -536


def test_token_ends_when_the_clock_is_set_ahead(sender: Any) -> None:
    sender.client.post("/admin/clock", json={"shift_seconds": 6 * 3600})
    assert sender.memo().json() == {"msg": "this access token is already expired", "code": -401}


def test_callers_that_sign_with_their_own_clock_are_still_let_in(app: Any) -> None:
    app.open(solapi_api_key="key", solapi_api_secret="secret")
    app.client.post("/admin/clock", json={"shift_seconds": 86400})
    date, salt = app.now.isoformat(), "salt00000000"
    signed = f"HMAC-SHA256 apiKey=key, date={date}, salt={salt}, signature={sign('secret', date, salt)}"
    assert app.client.get("/messages/v4/list", headers={"Authorization": signed}).status_code == 200


def test_quotas_are_shown_fullest_first_and_can_be_reset(app: Any) -> None:
    app.open(pair_quota=1)
    app.log_in()
    (uuid,) = app.befriend("C1")
    app.send(uuid)
    counters = app.client.get("/admin/quotas").json()
    assert counters[0] == {"kind": "pair", "whom": f"1000000001 {uuid}", "used": 1, "most": 1}
    assert {counter["kind"]: counter["most"] for counter in counters} == {
        "app": 30_000,
        "sender": 100,
        "receiver": 100,
        "pair": 1,
    }
    assert app.client.delete("/admin/quotas").json() == {"reset": 4}
    assert app.send(uuid).status_code == 200


def test_result_of_an_alimtalk_may_leave_open_what_it_does_not_say(app: Any) -> None:
    fate = {"dealer": "nhn", "code": 3018, "text_code": None, "address": None, "messages": None}
    assert app.client.post("/admin/deliveries", json=fate).status_code == 200
    assert app.client.get("/admin/deliveries").json()[0]["code"] == "3018"
    assert app.client.post("/admin/deliveries", json=fate | {"text_code": "123456789"}).status_code == 422


def test_switch_knows_its_positions(app: Any) -> None:
    assert app.client.get("/admin/switches").json() == {"all_failed_answer": "error"}
    assert app.client.post("/admin/switches", json={"all_failed_answer": "never"}).status_code == 422
