"""The message API answers as KakaoTalk's does."""

import json
from typing import Any

import pytest

PAIR_AND_MORE = {"pair_quota": 1000, "receiver_quota": 1000}


def test_memo_is_kept_over_a_restart(sender: Any) -> None:
    assert (sender.memo(text="하나").status_code, sender.memo(text="둘").json()) == (200, {"result_code": 0})
    sender.open()
    assert sender.memo(text="셋").status_code == 200
    assert sender.texts() == ["하나", "둘", "셋"]


def test_friends_of_whom_some_fail_are_answered_with_200(sender: Any) -> None:
    uuids = sender.befriend("C1", "C2")
    answer = sender.send(*uuids, "abcdefg0003")
    assert answer.status_code == 200
    assert answer.json() == {
        "successful_receiver_uuids": uuids,
        "failure_info": [{"code": -502, "msg": "not a friend.", "receiver_uuids": ["abcdefg0003"]}],
    }


def test_friends_who_all_fail_are_answered_with_400(sender: Any) -> None:
    answer = sender.send("abcdefg0003")
    assert answer.status_code == 400
    assert answer.json() == {"code": -502, "msg": "not a friend.", "receiver_uuids": ["abcdefg0003"]}
    uuid = sender.befriend("C1")[0]
    sender.client.post("/admin/faults", json={"kind": "error", "code": -530, "uuid": uuid})
    both = sender.send(uuid, "abcdefg0003")
    assert (both.status_code, [failure["code"] for failure in both.json()["failure_info"]]) == (400, [-530, -502])
    assert sender.texts() == []


@pytest.mark.parametrize(
    ("uuids", "words"),
    [
        pytest.param(["abcdefg"] * 6, "receiver_uuids must name 1 to 5 friends.", id="six"),
        pytest.param([], "receiver_uuids must name 1 to 5 friends.", id="none"),
        pytest.param(["a b"], "The input receiver id(s) is invalid format.", id="no uuid"),
    ],
)
def test_wrong_receivers_are_bad_parameters(sender: Any, uuids: list[str], words: str) -> None:
    answer = sender.send(*uuids)
    assert (answer.status_code, answer.json()["code"]) == (400, -2)
    assert words in answer.json()["msg"]


def test_sender_is_no_receiver(sender: Any) -> None:
    me = sender.befriend("1000000001")[0]
    words = "Cannot contain a receiver who is identical to the sender in multicast mode."
    assert sender.send(me).json() == {"msg": words, "code": -2}


@pytest.mark.parametrize(
    "template",
    [
        pytest.param({"text": "가" * 201}, id="201 characters"),
        pytest.param({"text": ""}, id="empty"),
        pytest.param({"text": 7}, id="no text"),
        pytest.param({"link": None}, id="no link"),
        pytest.param({"object_type": "feed"}, id="another type"),
        pytest.param({"buttons": [{}, {}, {}]}, id="three buttons"),
    ],
)
def test_wrong_templates_are_bad_parameters(sender: Any, template: dict[str, Any]) -> None:
    answer = sender.memo(**template)
    assert (answer.status_code, answer.json()["code"]) == (400, -2)
    assert sender.texts() == []


def test_form_without_json_is_a_bad_parameter(sender: Any) -> None:
    answer = sender.call("POST", "/v2/api/talk/memo/default/send", data={"template_object": "{"})
    assert answer.json()["code"] == -2


def test_scope_without_consent_is_refused_by_name(app: Any) -> None:
    app.log_in(scope="talk_message")
    answer = app.send("abcdefg0001")
    assert answer.status_code == 403
    assert answer.json() == {
        "msg": "insufficient scopes.",
        "code": -402,
        "required_scopes": ["talk_message", "friends"],
        "allowed_scopes": ["talk_message"],
    }
    assert app.memo().status_code == 200


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        pytest.param({"app_quota": 2}, -10, id="app"),
        pytest.param({"sender_quota": 2}, -532, id="sender"),
        pytest.param({"receiver_quota": 2}, -533, id="receiver"),
        pytest.param({"pair_quota": 2}, -536, id="pair"),
    ],
)
def test_quotas_hold_over_a_restart_and_end_at_midnight_in_korea(app: Any, limits: dict[str, int], code: int) -> None:
    app.open(**limits, access_seconds=10**6)
    app.log_in()
    uuid = app.befriend("C1")[0]
    assert [app.send(uuid).status_code for _ in range(2)] == [200, 200]
    app.open()
    assert app.send(uuid).json()["code"] == code
    app.later(hours=11, minutes=59)
    assert app.send(uuid).json()["code"] == code
    app.later(minutes=1)
    assert app.send(uuid).status_code == 200
    assert len(app.texts()) == 3


def test_quota_of_one_receiver_leaves_the_others_alone(app: Any) -> None:
    app.open(receiver_quota=1)
    app.log_in()
    first, second = app.befriend("C1", "C2")
    app.send(first)
    answer = app.send(first, second).json()
    assert answer["successful_receiver_uuids"] == [second]
    assert answer["failure_info"][0]["code"] == -533


def test_limits_are_kakaotalks_own_unless_told_otherwise(app: Any) -> None:
    limits = app.settings
    assert (limits.app_quota, limits.sender_quota, limits.receiver_quota, limits.pair_quota) == (30_000, 100, 100, 20)


def test_uuids_belong_to_one_app(sender: Any) -> None:
    ours = sender.befriend("C1")
    assert sender.befriend("C1") == ours
    sender.open(app_key="other-key")
    assert sender.befriend("C1") != ours


def test_given_uuid_is_used_and_kept(sender: Any) -> None:
    person = {"customer_id": "C1", "name": "홍길동", "uuid": "abcdefg0001"}
    assert sender.client.post("/admin/friends", json=[person]).json()[0]["uuid"] == "abcdefg0001"
    assert sender.befriend("C1") == ["abcdefg0001"]


def test_friend_who_wants_no_messages_gets_none(sender: Any) -> None:
    (uuid,) = sender.befriend("C1")
    person = {"customer_id": "C1", "name": "고객 C1", "allows_messages": False, "is_favorite": True}
    sender.client.post("/admin/friends", json=[person])
    answer = sender.send(uuid)
    assert (answer.status_code, answer.json()["code"]) == (400, -530)
    (friend,) = sender.call("GET", "/v1/api/talk/friends").json()["elements"]
    assert (friend["uuid"], friend["allowed_msg"], friend["favorite"]) == (uuid, False, True)
    sender.befriend("C1")
    assert sender.send(uuid).json()["code"] == -530


@pytest.mark.parametrize(
    ("shape", "status"), [pytest.param("list_400", 400, id="400"), pytest.param("list_200", 200, id="200")]
)
def test_all_failed_may_be_answered_by_the_list_of_failures(sender: Any, shape: str, status: int) -> None:
    turned = sender.client.post("/admin/switches", json={"all_failed_answer": shape})
    assert turned.json() == {"all_failed_answer": shape}
    sender.open()
    answer = sender.send("abcdefg0003")
    assert answer.status_code == status
    assert answer.json() == {
        "successful_receiver_uuids": [],
        "failure_info": [{"code": -502, "msg": "not a friend.", "receiver_uuids": ["abcdefg0003"]}],
    }


MEMO, FRIENDS = "/v2/api/talk/memo/send", "/v1/api/talk/friends/message/send"


def test_registered_template_is_filled_in(sender: Any) -> None:
    sender.open(talk_templates={7: "안녕 ${name}님, ${amount}${unknown}"})
    (uuid,) = sender.befriend("C1")
    form = {"template_id": "7", "template_args": json.dumps({"name": "홍*동 ${amount}", "amount": 5})}
    assert sender.call("POST", MEMO, data=form).json() == {"result_code": 0}
    answer = sender.call("POST", FRIENDS, data=form | {"receiver_uuids": json.dumps([uuid])})
    assert answer.json() == {"successful_receiver_uuids": [uuid]}
    assert sender.texts() == ["안녕 홍*동 ${amount}님, 5"] * 2


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({}, id="none"),
        pytest.param({"template_id": "8"}, id="unknown"),
        pytest.param({"template_id": "seven"}, id="no number"),
        pytest.param({"template_id": "7", "template_args": "["}, id="no JSON"),
        pytest.param({"template_id": "7", "template_args": "[]"}, id="no object"),
    ],
)
def test_template_that_is_not_registered_is_a_bad_parameter(sender: Any, form: dict[str, str]) -> None:
    sender.open(talk_templates={7: "안녕"})
    assert sender.call("POST", MEMO, data=form).json()["code"] == -2
    assert sender.texts() == []


def test_half_a_character_does_not_break_the_inbox(sender: Any) -> None:
    template = '{"object_type": "text", "text": "a\\ud800b", "link": {}}'
    answer = sender.call("POST", "/v2/api/talk/memo/default/send", data={"template_object": template})
    assert answer.status_code == 200
    assert sender.texts() == ["a?b"]


def test_friends_are_listed_page_by_page(sender: Any) -> None:
    customers = [f"C{number:03}" for number in range(25)]
    uuids = sender.befriend(*customers)
    path, found = "/v1/api/talk/friends?limit=10&friend_order=nickname", []
    while path:
        answer = sender.call("GET", path).json()
        assert (answer["total_count"], answer["favorite_count"]) == (25, 0)
        found += [friend["uuid"] for friend in answer["elements"]]
        path = answer["after_url"]
    assert found == uuids
    assert answer["before_url"].startswith("http://127.0.0.1/v1/api/talk/friends?offset=10&limit=10")


def test_list_is_refused_beyond_a_hundred_at_once(sender: Any) -> None:
    assert sender.call("GET", "/v1/api/talk/friends?limit=101").json()["code"] == -2


def test_faults_come_in_order_and_can_be_cleared(sender: Any) -> None:
    for code in (-7, -1):
        sender.client.post("/admin/faults", json={"kind": "error", "code": code})
    sender.open()
    assert [sender.memo().json().get("code") for _ in range(3)] == [-7, -1, None]
    sender.client.post("/admin/faults", json={"kind": "down", "calls": 5})
    assert (sender.memo().status_code, sender.client.get("/admin/faults").json()[0]["calls_left"]) == (503, 4)
    sender.client.delete("/admin/faults")
    assert sender.memo().status_code == 200
