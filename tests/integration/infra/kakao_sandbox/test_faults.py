"""Faults happen to the calls that were meant, before or after a message was taken."""

import socket
from contextlib import suppress
from typing import Any

import httpx
import pytest


def codes(sender: Any, calls: int) -> list[int | None]:
    return [sender.memo().json().get("code") for _ in range(calls)]


def test_script_says_call_by_call_what_happens_even_over_a_restart(sender: Any) -> None:
    sender.fault(script=[None, {"kind": "error", "code": -7}, None, {"kind": "error", "code": -1}])
    assert codes(sender, 2) == [None, -7]
    sender.open()
    assert codes(sender, 3) == [None, -1, None]
    assert sender.client.get("/admin/faults").json() == []


def test_rate_hits_the_same_calls_again_with_the_same_seed(sender: Any) -> None:
    def hits(seed: int) -> list[int | None]:
        fault_id = sender.fault(kind="error", code=-7, rate=0.3, seed=seed)
        found = codes(sender, 15)
        sender.open()
        found += codes(sender, 15)
        sender.client.delete(f"/admin/faults/{fault_id}")
        return found

    sender.open(sender_quota=1000, app_quota=1000)
    first = hits(seed=1)
    assert 3 <= first.count(-7) <= 15
    assert hits(seed=1) == first
    assert hits(seed=2) != first
    assert codes(sender, 5) == [None] * 5


def test_rate_may_end_after_some_calls(sender: Any) -> None:
    sender.fault(kind="error", code=-7, rate=1, calls=2)
    assert codes(sender, 3) == [-7, -7, None]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"kind": "down", "script": [None]}, id="kind and script"),
        pytest.param({"script": [None], "calls": 2}, id="script and calls"),
        pytest.param({"script": []}, id="empty script"),
        pytest.param({"kind": "fire"}, id="unknown kind"),
        pytest.param({"kind": "down", "target": "fax"}, id="unknown target"),
        pytest.param({"kind": "quota", "target": "discord"}, id="kind of another service"),
        pytest.param({"script": [{"kind": "lost_refresh"}]}, id="script with a kind of another service"),
        pytest.param({"kind": "down", "rate": 1.5}, id="rate above one"),
        pytest.param({"kind": "down", "calls": 0}, id="no call"),
        pytest.param({"kind": "down", "chance": 0.5}, id="unknown field"),
    ],
)
def test_plan_that_makes_no_sense_is_refused(app: Any, fault: dict[str, Any]) -> None:
    assert app.client.post("/admin/faults", json=fault).status_code == 422
    assert app.client.get("/admin/faults").json() == []


def test_one_plan_can_be_dropped(sender: Any) -> None:
    sender.fault(kind="error", code=-7)
    second = sender.fault(kind="error", code=-1)
    assert sender.client.delete(f"/admin/faults/{second}").json() == {"cleared": 1}
    assert sender.client.delete(f"/admin/faults/{second}").status_code == 404
    assert codes(sender, 2) == [-7, None]


def test_plans_are_listed_with_what_comes_next(sender: Any) -> None:
    sender.fault(kind="error", code=-7, calls=3)
    sender.fault(script=[None, {"kind": "down"}], target="token")
    sender.memo()
    first, second = sender.client.get("/admin/faults").json()
    assert (first["kind"], first["code"], first["calls_left"], first["calls_seen"]) == ("error", -7, 2, 1)
    assert (second["target"], second["kind"], second["script"]) == ("token", None, [None, {"kind": "down"}])


def test_access_token_that_died_is_refused_once_and_for_all(sender: Any) -> None:
    sender.fault(kind="expired_token")
    answer = sender.memo()
    assert (answer.status_code, answer.json()) == (401, {"msg": "this access token is already expired", "code": -401})
    assert sender.memo().status_code == 401
    sender.log_in()
    assert sender.memo().status_code == 200
    assert len(sender.texts()) == 1


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        pytest.param("app", -10, id="app"),
        pytest.param("sender", -532, id="sender"),
        pytest.param("receiver", -533, id="receiver"),
        pytest.param("pair", -536, id="pair"),
    ],
)
def test_quota_on_order_is_used_up_until_midnight_in_korea(app: Any, subject: str, code: int) -> None:
    app.open(access_seconds=10**6)
    app.log_in()
    (uuid,) = app.befriend("C1")
    app.fault(kind="quota", subject=subject)
    assert [app.send(uuid).json().get("code") for _ in range(2)] == [code, code]
    app.later(hours=12)
    assert app.send(uuid).status_code == 200


def test_some_receivers_fail_and_the_others_get_it(sender: Any) -> None:
    uuids = sender.befriend("C1", "C2", "C3")
    sender.fault(kind="partial", failing=2, code=-530)
    answer = sender.send(*uuids)
    assert answer.status_code == 200
    assert answer.json() == {
        "successful_receiver_uuids": uuids[2:],
        "failure_info": [
            {"code": -530, "msg": "receiver does not want to receive messages.", "receiver_uuids": uuids[:2]}
        ],
    }
    assert sender.send(*uuids).json() == {"successful_receiver_uuids": uuids}


def test_fault_of_one_receiver_waits_for_that_receiver(sender: Any) -> None:
    first, second = sender.befriend("C1", "C2")
    sender.fault(kind="error", code=-502, receiver=second)
    assert sender.send(first).status_code == 200
    assert sender.send(second).json()["code"] == -502
    assert sender.send(second).status_code == 200


def test_message_is_kept_although_an_error_is_answered(sender: Any) -> None:
    sender.fault(kind="error_after", code=-603)
    assert sender.memo(text="하나").json() == {"msg": "time-out.", "code": -603}
    sender.fault(kind="error_after", status=504)
    assert sender.memo(text="둘").status_code == 504
    assert sender.texts() == ["하나", "둘"]


def test_other_calls_have_faults_of_their_own(sender: Any) -> None:
    sender.fault(kind="error", code=-502, target="friends")
    sender.fault(kind="error", code=-1, target="token_info")
    sender.fault(kind="error", code="KOE237", target="token")
    assert sender.memo().status_code == 200
    assert sender.call("GET", "/v1/api/talk/friends").json()["code"] == -502
    assert sender.call("GET", "/v1/api/talk/friends").status_code == 200
    assert sender.call("GET", "/v1/user/access_token_info").json()["code"] == -1
    assert sender.token(grant_type="refresh_token").json()["error_code"] == "KOE237"


def post_webhook(sandbox: Any, **more: Any) -> httpx.Response:
    path = "/api/webhooks/1100000000000000001/token"
    return sandbox.client.post(path, json={"content": "안녕"}, **more)


def seen_by_caller(sandbox: Any) -> int | str:
    try:
        return post_webhook(sandbox, timeout=0.5).status_code
    except httpx.TimeoutException:
        return "no answer"
    except httpx.TransportError:
        return "broken"


@pytest.mark.parametrize(
    ("fault", "seen", "is_kept"),
    [
        pytest.param({"kind": "down"}, 503, False, id="down"),
        pytest.param({"kind": "error"}, 500, False, id="error"),
        pytest.param({"kind": "cut_before"}, "broken", False, id="cut before"),
        pytest.param({"kind": "error_after", "status": 502}, 502, True, id="error after"),
        pytest.param({"kind": "slow", "seconds": 0.05}, 204, True, id="slow"),
        pytest.param({"kind": "timeout", "seconds": 60}, "no answer", True, id="timeout"),
        pytest.param({"kind": "cut"}, "broken", True, id="cut"),
    ],
)
def test_caller_sees_the_fault_and_the_inbox_says_whether_it_was_taken(
    running: Any, fault: dict[str, Any], seen: int | str, is_kept: bool
) -> None:
    running.fault(target="discord", **fault)
    assert seen_by_caller(running) == seen
    assert running.texts() == (["안녕"] if is_kept else [])
    assert seen_by_caller(running) == 204


def test_broken_connection_carries_no_byte_of_an_answer(running: Any) -> None:
    running.fault(target="discord", kind="cut_before")
    request = b"POST /api/webhooks/1100000000000000001/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"
    with socket.create_connection((httpx.URL(running.url).host, httpx.URL(running.url).port), 5) as connection:
        connection.sendall(request)
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""


def test_who_waits_for_an_answer_keeps_nobody_else_waiting(running: Any) -> None:
    running.fault(target="discord", kind="timeout", seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        post_webhook(running, timeout=0.2)
    assert running.client.get("/health", timeout=1).status_code == 200
    assert post_webhook(running, timeout=1).status_code == 204


def test_refresh_token_is_lost_with_the_answer(running: Any) -> None:
    form = {"client_id": "app-key", "redirect_uri": "http://127.0.0.1/oauth", "scope": "friends", "decision": "agree"}
    code = httpx.URL(running.client.post("/oauth/authorize", data=form).headers["location"]).params["code"]
    client = {"client_id": "app-key", "client_secret": "app-secret"}
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://127.0.0.1/oauth"}
    token = running.client.post("/oauth/token", data=client | grant).json()["refresh_token"]
    refresh = {"grant_type": "refresh_token", "refresh_token": token}
    running.fault(target="token", kind="lost_refresh")
    with pytest.raises(httpx.RemoteProtocolError):
        running.client.post("/oauth/token", data=client | refresh)
    assert running.client.post("/oauth/token", data=client | refresh).json()["error_code"] == "KOE322"
