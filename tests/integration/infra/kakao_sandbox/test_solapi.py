"""SOLAPI's API answers as its documentation says."""

from datetime import timedelta
from typing import Any

import pytest

from infra.kakao_sandbox.solapi_signature import sign
from tests.integration.infra.kakao_sandbox.solapi_customer import FILLED, NUMBER, VARIABLES, Solapi, message, refusals


def test_signature_is_that_of_the_documentation() -> None:
    signature = sign("TESTSECRET", "2019-07-01T00:41:48Z", "jqsba2jxjnrjor")
    assert signature == "4c783e8afa6a6589a4c2b2faea9e138543a55311c95220989f7e2ae7559d9cd8"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"key": "other"}, "InvalidAPIKey", id="another key"),
        pytest.param({"secret": "other"}, "SignatureDoesNotMatch", id="another secret"),
        pytest.param({"signature": "é"}, "SignatureDoesNotMatch", id="no signature"),
        pytest.param({"salt": "short"}, "SignatureDoesNotMatch", id="short salt"),
        pytest.param({"salt": "s" * 65}, "SignatureDoesNotMatch", id="long salt"),
        pytest.param({"date": "2026-08-21T02:44:59Z"}, "RequestTimeTooSkewed", id="15 minutes late"),
        pytest.param({"date": "2026-08-21T12:15:01+09:00"}, "RequestTimeTooSkewed", id="15 minutes early"),
        pytest.param({"date": "today"}, "RequestTimeTooSkewed", id="no date"),
    ],
)
def test_wrong_signatures_are_refused(solapi: Solapi, changes: dict[str, str], code: str) -> None:
    headers = {name: value.encode() for name, value in solapi.signed(**changes).items()}
    answer = solapi.app.client.post("/messages/v4/send-many/detail", headers=headers, json={"messages": [message()]})
    assert (answer.status_code, answer.json()["errorCode"]) == (403, code)
    assert solapi.inbox() == []


@pytest.mark.parametrize("header", [None, "Bearer token", "HMAC-SHA256", "HMAC-MD5 apiKey=solapi-key"])
def test_other_ways_to_authenticate_are_refused(solapi: Solapi, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = solapi.app.client.get("/messages/v4/list", headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "InvalidAPIKey")


def test_instant_within_fifteen_minutes_and_any_spelling_of_the_fields_are_taken(solapi: Solapi) -> None:
    for date in ("2026-08-21T02:45:00Z", "2026-08-21T12:15:00+09:00"):
        header = solapi.signed(date=date)["Authorization"].replace("apiKey", "ApiKey").replace("date", "Date")
        answer = solapi.app.client.get("/messages/v4/list", headers={"Authorization": header})
        assert answer.status_code == 200


def test_signature_is_good_once_also_after_a_restart(solapi: Solapi) -> None:
    headers = solapi.signed()
    assert solapi.app.client.get("/cash/v1/balance", headers=headers).status_code == 200
    solapi.app.open()
    solapi.app.later(minutes=14)
    answer = solapi.app.client.get("/cash/v1/balance", headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "DuplicatedSignature")


def test_without_a_key_of_its_own_the_service_refuses_everybody(solapi: Solapi) -> None:
    solapi.app.open(solapi_api_key="", solapi_api_secret="")
    answer = solapi.app.client.get("/messages/v4/list", headers=solapi.signed(key="", secret=""))
    assert answer.json()["errorCode"] == "InvalidAPIKey"


def test_taken_message_is_listed_and_shown_in_the_chat_of_its_number(solapi: Solapi) -> None:
    answer = solapi.send(message("010-0000-0001"))
    assert answer["failedMessageList"] == []
    (listed,) = answer["messageList"]
    assert (listed["statusCode"], listed["customFields"]) == ("2000", {"alertId": "a1b2c3d4"})
    group = answer["groupInfo"]
    assert group["status"] == "SENDING"
    assert (group["count"]["total"], group["count"]["registeredSuccess"], group["count"]["sentPending"]) == (1, 1, 1)
    assert solapi.inbox() == [("alimtalk", "accepted", FILLED)]


def test_messages_are_not_listed_unless_asked_for(solapi: Solapi) -> None:
    assert "messageList" not in solapi.send(message(), showMessageList=False)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"messages": []}, 400, id="none"),
        pytest.param({"messages": [message()] * 10_001}, 400, id="10,001"),
        pytest.param({"messages": "all"}, 400, id="no list"),
        pytest.param([], 400, id="no object"),
        pytest.param({"messages": [message()], "scheduledDate": "later"}, 400, id="no date"),
    ],
)
def test_wrong_request_is_refused_as_a_whole(solapi: Solapi, body: Any, status: int) -> None:
    answer = solapi.post(body)
    assert (answer.status_code, answer.json()["errorCode"]) == (status, "ValidationError")
    assert solapi.inbox() == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param(message(None), "1010", id="no number"),
        pytest.param(message("0100000"), "1011", id="short number"),
        pytest.param(message(country="1"), "1011", id="abroad"),
        pytest.param(message(type="CTA"), "1025", id="another type"),
        pytest.param(message(options={"pfId": "KA01PF"}), "1041", id="another channel"),
        pytest.param(message(options={"templateId": "OTHER"}), "1042", id="unknown template"),
        pytest.param(message(options={"templateId": "MANY"}), "1042", id="41 variables"),
        pytest.param(message(options={"variables": {"#{bank}": "지킴이"}}), "1043", id="missing variable"),
        pytest.param(
            message(options={"templateId": "LONG", "variables": {"#{text}": "가" * 1001}}), "1031", id="too long"
        ),
        pytest.param(message(options={"variables": None}, text="아무 말"), "1043", id="another text"),
        pytest.param(message(customFields={"n" * 31: "v"}), "1032", id="long field name"),
        pytest.param(message(customFields={"n": "v" * 101}), "1032", id="long field value"),
        pytest.param(message(customFields={"n": 7}), "1032", id="field is no text"),
        pytest.param({**message(), "from": "16000000"}, "1062", id="another sender"),
        pytest.param(message(options={"disableSms": False}, **{"from": None}), "1062", id="text from nobody"),
        pytest.param(
            message(options={"disableSms": False}, replacements=[{"text": "🙂"}]), "1029", id="text with an emoji"
        ),
        pytest.param(
            message(options={"disableSms": False}, replacements=[{"text": "가" * 46, "type": "SMS"}]),
            "1031",
            id="SMS of 92 bytes",
        ),
    ],
)
def test_wrong_message_is_refused_alone(solapi: Solapi, wrong: dict[str, Any], code: str) -> None:
    answer = solapi.send(message("01000000009"), wrong)
    assert refusals(answer) == [code]
    failed = answer["failedMessageList"][0]
    assert (failed["to"], failed["customFields"]) == (wrong["to"], wrong["customFields"])
    assert [listed["statusCode"] for listed in answer["messageList"]] == ["2000", code]
    assert len(solapi.inbox()) == 1


def test_copies_of_a_number_fail_unless_they_are_allowed(solapi: Solapi) -> None:
    assert refusals(solapi.send(message(), message("010-0000-0001"), message("01000000002"))) == ["1026"]
    assert refusals(solapi.send(message(), message(), allowDuplicates=True)) == []
    assert len(solapi.inbox()) == 4


def test_list_of_numbers_is_a_message_to_each(solapi: Solapi) -> None:
    assert solapi.send(message(["01000000001", "01000000002"]))["groupInfo"]["count"]["total"] == 2


def test_text_of_the_template_is_as_good_as_its_variables(solapi: Solapi) -> None:
    assert refusals(solapi.send(message(options={"variables": None}, text=FILLED))) == []


@pytest.mark.parametrize(
    ("text", "channel"), [pytest.param("가" * 45, "sms", id="90 bytes"), pytest.param("가" * 46, "lms", id="92 bytes")]
)
def test_text_messages_go_without_kakao(solapi: Solapi, text: str, channel: str) -> None:
    solapi.send({"to": NUMBER, "from": "15990000", "text": text})
    assert [found[0] for found in solapi.inbox()] == [channel]


def test_states_follow_one_another_by_the_clock(solapi: Solapi) -> None:
    solapi.send(message())
    states = [solapi.states()]
    for _ in range(2):
        solapi.app.later(seconds=1.5)
        solapi.app.open()
        states.append(solapi.states())
    assert states == [[("2000", "ATA", False)], [("3000", "ATA", False)], [("4000", "ATA", False)]]
    assert [state for _, state, _ in solapi.inbox()] == ["delivered"]


@pytest.mark.parametrize("code", ["3103", "3104", "3107"])
def test_failure_without_fall_back_is_final(solapi: Solapi, code: str) -> None:
    solapi.order(address=NUMBER, code=code)
    solapi.send(message(), message("01000000002"))
    solapi.app.later(seconds=60)
    assert solapi.states() == [("4000", "ATA", False), (code, "ATA", False)]
    assert [state for _, state, _ in solapi.inbox()] == ["failed", "delivered"]


def test_text_message_takes_the_place_of_what_kakao_does_not_take(solapi: Solapi) -> None:
    solapi.order(address=NUMBER, code=3104)
    replacement = {"to": NUMBER, "from": "15990000", "type": "LMS", "text": "확인해 주세요", "subject": "알림"}
    group_id = solapi.send(message(options={"disableSms": False}, replacements=[replacement]))["groupInfo"]["groupId"]
    solapi.app.later(seconds=3)
    assert solapi.states() == [("3104", "ATA", False)]
    solapi.app.later(seconds=1.5)
    assert solapi.states() == [("4000", "LMS", True)]
    assert solapi.inbox()[1:] == [("lms", "delivered", "확인해 주세요")]
    count = solapi.get(f"/messages/v4/groups/{group_id}")["count"]
    assert (count["sentReplacement"], count["sentSuccess"], count["sentPending"], count["refund"]) == (1, 1, 0, 1)


def test_without_a_replacement_of_its_own_the_same_text_goes(solapi: Solapi) -> None:
    solapi.order(code=3104)
    solapi.send(message(options={"disableSms": False}))
    solapi.app.later(seconds=60)
    assert solapi.states() == [("4000", "SMS", True)]
    assert solapi.inbox()[1:] == [("sms", "delivered", FILLED)]


def test_text_message_may_fail_too(solapi: Solapi) -> None:
    solapi.order(code=3104, text_code=3047)
    unfit = message("01000000002", options={"disableSms": False, "variables": VARIABLES | {"#{name}": "🙂"}})
    solapi.send(message(options={"disableSms": False}), unfit)
    solapi.app.later(seconds=60)
    assert solapi.states() == [("3011", "LMS", True), ("3047", "SMS", True)]
    assert [channel for channel, _, _ in solapi.inbox()] == ["alimtalk", "alimtalk"]


def test_balance_pays_for_what_arrives(solapi: Solapi) -> None:
    solapi.app.client.post("/admin/balance", json={"balance": 30})
    solapi.order(address="01000000002", code=3104)
    assert refusals(solapi.send(*(message(f"0100000000{i}") for i in range(1, 4)))) == ["1030"]
    assert solapi.get("/cash/v1/balance") == {"balance": 4, "point": 0}
    solapi.app.later(seconds=3)
    solapi.listed()
    assert solapi.get("/cash/v1/balance") == {"balance": 17, "point": 0}


def test_partial_fault_fails_the_first_messages(solapi: Solapi) -> None:
    solapi.fault(kind="partial", failing=2, code=1062)
    assert refusals(solapi.send(*(message(f"0100000000{i}") for i in range(4)))) == ["1062", "1062"]
    solapi.fault(kind="error", code=3107, receiver="01000000002")
    assert refusals(solapi.send(*(message(f"0100000000{i}") for i in range(4)))) == ["3107"]


def test_faults_answer_as_solapi_does(solapi: Solapi) -> None:
    solapi.fault(kind="down")
    assert solapi.post({"messages": [message()]}).status_code == 503
    solapi.fault(kind="error", code="NotEnoughBalance", status=402)
    refused = solapi.post({"messages": [message()]})
    assert (refused.status_code, refused.json()["errorCode"]) == (402, "NotEnoughBalance")
    assert solapi.inbox() == []
    solapi.fault(kind="error_after", status=500)
    assert solapi.post({"messages": [message()]}).status_code == 500
    assert len(solapi.inbox()) == 1


def test_messages_are_found_by_id_group_number_type_state_and_period(solapi: Solapi) -> None:
    first = solapi.send(message("01000000001"), message("01000000002"))
    solapi.app.later(seconds=10)
    second = solapi.send(message("01000000003"))

    def found(**parameters: Any) -> list[str]:
        return [one["to"] for one in solapi.listed(**parameters)]

    ids = [listed["messageId"] for listed in (*first["messageList"], *second["messageList"])]
    at = (solapi.app.now - timedelta(seconds=5)).isoformat()
    assert found() == ["01000000003", "01000000002", "01000000001"]
    assert found(messageId=ids[1]) == ["01000000002"]
    assert found(messageIds=[ids[0], ids[2]]) == ["01000000003", "01000000001"]
    assert found(**{"messageIds[0]": ids[0], "messageIds[1]": ids[1]}) == ["01000000002", "01000000001"]
    assert found(groupId=second["groupInfo"]["groupId"]) == found(to="01000000003") == ["01000000003"]
    assert found(statusCode="4000") == found(endDate=at) == ["01000000002", "01000000001"]
    assert found(startDate=at, dateType="UPDATED", type="ATA") == found()
    assert found(criteria="messageId,statusCode", cond="eq,ne", value=f"{ids[0]},2000") == ["01000000001"]
    assert found(criteria="dateCreated", cond="gte", value=at) == ["01000000003"]


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"limit": 501}, id="501 a page"),
        pytest.param({"limit": "all"}, id="no number"),
        pytest.param({"startDate": "today"}, id="no date"),
        pytest.param({"criteria": "text", "cond": "eq", "value": "x"}, id="unknown field"),
        pytest.param({"criteria": "to", "cond": "like", "value": "x"}, id="unknown operator"),
    ],
)
def test_search_that_cannot_be_read_is_refused(solapi: Solapi, parameters: dict[str, Any]) -> None:
    answer = solapi.app.client.get("/messages/v4/list", headers=solapi.signed(), params=parameters)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "ValidationError")


def test_pages_follow_their_keys_while_new_messages_come(solapi: Solapi) -> None:
    solapi.send(*(message(f"010000000{i:02}") for i in range(25)))
    found: list[str] = []
    key: str | None = None
    for _ in range(3):
        page = solapi.get("/messages/v4/list", limit=10, **({"startKey": key} if key else {}))
        found += [one["to"] for one in page["messageList"].values()]
        key = page["nextKey"]
        solapi.send(message("01099999999"))
    assert found == [f"010000000{i:02}" for i in reversed(range(25))]
    assert key is None


def test_scheduled_messages_wait(solapi: Solapi) -> None:
    solapi.send(message(), scheduledDate="2026-08-21T13:00:00+09:00")
    solapi.app.later(minutes=59)
    assert solapi.states() == [("2000", "ATA", False)]
    solapi.app.later(minutes=2)
    assert solapi.states() == [("4000", "ATA", False)]


def test_ten_thousand_messages_go_in_one_call(solapi: Solapi) -> None:
    answer = solapi.send(*(message(f"0101111{i:04}") for i in range(10_000)), showMessageList=False)
    assert refusals(answer) == []
    solapi.app.later(seconds=3)
    group = solapi.get(f"/messages/v4/groups/{answer['groupInfo']['groupId']}")
    assert (group["count"]["sentSuccess"], group["status"]) == (10_000, "COMPLETE")
