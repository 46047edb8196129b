"""NHN Cloud's API answers as its documentation says: requests and their messages."""

from typing import Any

import pytest

from tests.integration.infra.kakao_sandbox.nhn_customer import (
    NUMBER,
    RESEND,
    SENDER,
    VALUES,
    Nhn,
    code_of,
    codes_of,
    recipient,
)


def test_taken_message_is_answered_in_full_and_shown_in_the_chat_of_its_number(nhn: Nhn) -> None:
    answer = nhn.send(recipient("010-0000-0001"), senderGroupingKey="call")
    assert answer["header"] == {"isSuccessful": True, "resultCode": 0, "resultMessage": "SUCCESS"}
    assert answer["message"] == {
        "requestId": answer["message"]["requestId"],
        "senderGroupingKey": "call",
        "sendResults": [
            {
                "recipientSeq": 1,
                "recipientNo": "010-0000-0001",
                "resultCode": 0,
                "resultMessage": "SUCCESS",
                "recipientGroupingKey": "a1b2c3d4",
            }
        ],
    }
    assert nhn.inbox() == [("alimtalk", "accepted", "[지킴이] 알림\n홍*동님, 1,000원이 결제됐습니다.")]
    chat = nhn.app.client.get("/inbox/chat", params={"key": NUMBER}).json()
    assert (chat["title"], len(chat["messages"])) == ("010-0000-0001", 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"senderKey": "6" * 40}, -2017, id="another sender"),
        pytest.param({"templateCode": "OTHER"}, -3003, id="unknown template"),
        pytest.param({"templateCode": "MANY"}, -3005, id="41 variables"),
        pytest.param({"templateCode": "T" * 21}, 4, id="long template code"),
        pytest.param({"recipientList": []}, 4, id="nobody"),
        pytest.param({"recipientList": [recipient()] * 1001}, 4, id="1,001 recipients"),
        pytest.param({"senderGroupingKey": "k" * 101}, 4, id="long grouping key"),
        pytest.param({"requestDate": "tomorrow"}, -2027, id="no date"),
        pytest.param({"requestDate": "2026-08-21 11:58"}, -2025, id="past date"),
        pytest.param({"requestDate": "2026-12-21 12:00"}, -2026, id="far date"),
    ],
)
def test_wrong_request_is_refused_as_a_whole(nhn: Nhn, changes: dict[str, Any], code: int) -> None:
    answer = nhn.send(recipient(), **changes)
    assert (code_of(answer), answer["message"]) == (code, None)
    assert nhn.inbox() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"recipientNo": "0100000"}, -5000, id="short number"),
        pytest.param({"recipientNo": None}, -5000, id="no number"),
        pytest.param({"templateParameter": {"bank": "지킴이"}}, -3004, id="missing value"),
        pytest.param({"templateParameter": VALUES | {"name": 7}}, -3004, id="value is no text"),
        pytest.param({"templateParameter": VALUES | {f"v{i}": "" for i in range(38)}}, -3004, id="41 values"),
        pytest.param({"templateParameter": VALUES | {"name": "가" * 1000}}, -2019, id="over 1,000 characters"),
        pytest.param({"recipientGroupingKey": "k" * 101}, -2000, id="long grouping key"),
        pytest.param({"resendParameter": RESEND | {"resendContent": "가" * 46}}, -4200, id="SMS of 92 bytes"),
        pytest.param({"resendParameter": RESEND | {"resendContent": "똠"}}, -4200, id="no EUC-KR"),
        pytest.param({"resendParameter": RESEND | {"resendContent": "🙂"}}, -4200, id="emoji"),
        pytest.param({"resendParameter": RESEND | {"resendType": "MMS"}}, -4200, id="MMS"),
        pytest.param(
            {"resendParameter": RESEND | {"resendType": "LMS", "resendContent": "가" * 1001}}, -4200, id="LMS too long"
        ),
        pytest.param({"buttons": [{"ordering": 1, "telNumber": "call us"}]}, -3053, id="button without digits"),
        pytest.param({"buttons": [{"telNumber": "15990000"}]}, -2018, id="button without place"),
    ],
)
def test_wrong_recipient_is_refused_alone_with_http_200(nhn: Nhn, changes: dict[str, Any], code: int) -> None:
    answer = nhn.send(recipient("01000000009"), recipient(**changes))
    assert (code_of(answer), codes_of(answer)) == (0, [0, code])
    assert len(nhn.inbox()) == 1


def test_request_without_any_good_recipient_fails_as_a_whole_and_names_each_reason(nhn: Nhn) -> None:
    answer = nhn.send(recipient("1"), recipient(templateParameter={}), key="call")
    assert (code_of(answer), codes_of(answer)) == (-1031, [-5000, -3004])
    assert code_of(nhn.send(recipient(), key="call")) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"app_key": "other"}, -1000, id="app key"),
        pytest.param({"secret": "other"}, -1001, id="secret key"),
    ],
)
def test_wrong_keys_are_refused_everywhere(nhn: Nhn, changes: dict[str, str], code: int) -> None:
    stranger = Nhn(nhn.app, **changes)
    assert code_of(stranger.send(recipient())) == code
    assert code_of(stranger.get("messages", requestId="1")) == code
    assert code_of(stranger.get("message-results")) == code


def test_without_keys_of_its_own_the_service_refuses_everybody(nhn: Nhn) -> None:
    nhn.app.open(nhn_app_key="", nhn_secret_key="")
    assert code_of(Nhn(nhn.app, secret="").send(recipient())) == -1000


def test_unreadable_body_is_refused(nhn: Nhn) -> None:
    headers = {"X-Secret-Key": nhn.secret, "Content-Type": "application/json"}
    path = "/alimtalk/v2.3/appkeys/nhn-app/messages"
    assert code_of(nhn.app.client.post(path, headers=headers, content=b"{").json()) == -3002
    assert code_of(nhn.post([])) == -3002
    assert code_of(nhn.app.client.post(path, headers={"X-Secret-Key": nhn.secret}, content=b"{}").json()) == -9996


def test_same_key_is_refused_for_ten_minutes_also_after_a_restart(nhn: Nhn) -> None:
    assert code_of(nhn.send(recipient(), key="call")) == 0
    nhn.app.later(minutes=9, seconds=59)
    nhn.app.open()
    assert code_of(nhn.send(recipient("01000000002"), key="call")) == -1005
    assert code_of(nhn.send(recipient("01000000002"), key="another")) == 0
    nhn.app.later(seconds=1)
    assert code_of(nhn.send(recipient("01000000003"), key="call")) == 0
    assert len(nhn.inbox()) == 3


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        pytest.param({"kind": "error_after", "status": 502}, 502, id="error"),
        pytest.param({"kind": "slow", "seconds": 0}, 200, id="slow"),
    ],
)
def test_repeat_of_a_call_whose_answer_was_lost_sends_nothing_again(
    nhn: Nhn, fault: dict[str, Any], status: int
) -> None:
    nhn.fault(**fault)
    headers = {"X-Secret-Key": nhn.secret, "X-NC-API-IDEMPOTENCY-KEY": "call"}
    body = {"senderKey": SENDER, "templateCode": "ALERT", "recipientList": [recipient()]}
    lost = nhn.app.client.post("/alimtalk/v2.3/appkeys/nhn-app/messages", headers=headers, json=body)
    assert lost.status_code == status
    assert code_of(nhn.post(body, "call")) == -1005
    assert len(nhn.inbox()) == 1


def test_faults_before_anything_is_taken_leave_the_key_free(nhn: Nhn) -> None:
    nhn.fault(kind="error", code=-9999)
    assert code_of(nhn.send(recipient(), key="call")) == -9999
    assert code_of(nhn.send(recipient(), key="call")) == 0


def test_partial_fault_fails_the_first_recipients(nhn: Nhn) -> None:
    nhn.fault(kind="partial", failing=2, code=-7000)
    answer = nhn.send(*(recipient(f"0100000000{i}") for i in range(4)))
    assert (code_of(answer), codes_of(answer)) == (0, [-7000, -7000, 0, 0])
    assert len(nhn.inbox()) == 2


def test_fault_for_one_number_fails_it_alone(nhn: Nhn) -> None:
    nhn.fault(kind="error", code=-1028, receiver="01000000002")
    answer = nhn.send(*(recipient(f"0100000000{i}") for i in range(4)))
    assert codes_of(answer) == [0, 0, -1028, 0]
