"""NHN Cloud's API answers as its documentation says: requests, their messages, what became of them, and the webhook."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

TEMPLATE = "[#{bank}] 알림\n#{name}님, #{amount}이 결제됐습니다."
VALUES = {"bank": "지킴이", "name": "홍*동", "amount": "1,000원"}
SENDER = "5" * 40
RESEND = {"isResend": True, "resendType": "SMS", "resendContent": "[지킴이] 확인", "resendSendNo": "1599-0000"}
NUMBER = "01000000001"


@dataclass
class Nhn:
    """A customer of NHN Cloud."""

    app: Any
    secret: str = "nhn-secret"
    app_key: str = "nhn-app"

    def post(self, body: Any, key: str | None = None) -> dict[str, Any]:
        headers = {"X-Secret-Key": self.secret} | ({"X-NC-API-IDEMPOTENCY-KEY": key} if key else {})
        answer = self.app.client.post(self._path("messages"), headers=headers, json=body)
        assert answer.status_code == 200
        return answer.json()

    def send(self, *recipients: Any, key: str | None = None, **changes: Any) -> dict[str, Any]:
        body = {"senderKey": SENDER, "templateCode": "ALERT", "recipientList": list(recipients)}
        return self.post(body | changes, key)

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        headers = {"X-Secret-Key": self.secret}
        answer = self.app.client.get(self._path(path), headers=headers, params=parameters)
        assert answer.status_code == 200
        return answer.json()

    def state(self, answer: dict[str, Any], sequence: int = 1) -> tuple[str, str, str | None]:
        found = self.get(f"messages/{answer['message']['requestId']}/{sequence}")["message"]
        return found["messageStatus"], found["resendStatus"], found["resultCode"]

    def inbox(self) -> list[tuple[str, str, str]]:
        found = self.app.client.get("/admin/messages").json()
        return [(message["channel"], message["state"], message["text"]) for message in found]

    def order(self, **fate: Any) -> None:
        assert self.app.client.post("/admin/deliveries", json=fate).status_code == 200

    def fault(self, **fault: Any) -> None:
        assert self.app.client.post("/admin/faults", json={"target": "nhn"} | fault).status_code == 200

    def _path(self, path: str) -> str:
        return f"/alimtalk/v2.3/appkeys/{self.app_key}/{path}"


@dataclass
class Listener:
    """A webhook's receiver: it keeps what comes, and answers with the statuses given, then with 200."""

    url: str
    came: "queue.Queue[tuple[str | None, dict[str, Any]]]" = field(default_factory=queue.Queue)
    statuses: "queue.Queue[int]" = field(default_factory=queue.Queue)

    def next(self) -> tuple[str | None, dict[str, Any]]:
        return self.came.get(timeout=10)

    def next_as_time_passes(self, app: Any) -> dict[str, Any]:
        """Return what comes next, however long the sandbox waits by its own clock."""
        for _ in range(50):
            app.later(minutes=1)
            with suppress(queue.Empty):
                return self.came.get(timeout=0.2)[1]
        raise AssertionError("nothing was told")


@pytest.fixture
def nhn(app: Any) -> Nhn:
    app.open(
        nhn_app_key="nhn-app",
        nhn_secret_key="nhn-secret",
        nhn_sender_key=SENDER,
        templates={"ALERT": TEMPLATE, "LONG": "#{text}", "MANY": "".join(f"#{{v{i}}}" for i in range(41))},
    )
    return Nhn(app)


@pytest.fixture
def listener() -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.came.put((self.headers["X-Toast-Webhook-Signature"], body))
            self.send_response(heard.statuses.get_nowait() if heard.statuses.qsize() else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard = Listener(f"http://127.0.0.1:{server.server_port}/hook")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield heard
    server.shutdown()
    server.server_close()


def recipient(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    return {"recipientNo": number, "templateParameter": VALUES, "recipientGroupingKey": "a1b2c3d4"} | changes


def code_of(answer: dict[str, Any]) -> int:
    assert answer["header"]["isSuccessful"] == (answer["header"]["resultCode"] == 0)
    return answer["header"]["resultCode"]


def codes_of(answer: dict[str, Any]) -> list[int]:
    return [result["resultCode"] for result in answer["message"]["sendResults"]]


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


def test_delivery_is_known_after_the_delay_and_not_before(nhn: Nhn) -> None:
    answer = nhn.send(recipient())
    nhn.app.later(seconds=2.9)
    assert nhn.state(answer) == ("READY", "RSC01", None)
    nhn.app.later(seconds=0.1)
    assert nhn.state(answer) == ("COMPLETED", "RSC01", "1000")
    assert [state for _, state, _ in nhn.inbox()] == ["delivered"]


def test_requested_date_is_when_sending_begins(nhn: Nhn) -> None:
    answer = nhn.send(recipient(), requestDate="2026-08-21 13:00")
    nhn.app.later(minutes=59)
    assert nhn.state(answer)[0] == "READY"
    nhn.app.later(minutes=1, seconds=3)
    assert nhn.state(answer)[0] == "COMPLETED"


@pytest.mark.parametrize("code", ["3018", "3019", "3020"])
def test_failure_without_fall_back_is_final(nhn: Nhn, code: str) -> None:
    nhn.order(address="010-0000-0001", code=int(code))
    answer = nhn.send(recipient(), recipient("01000000002"))
    nhn.app.later(seconds=3)
    assert nhn.state(answer) == ("FAILED", "RSC01", code)
    assert nhn.state(answer, 2) == ("COMPLETED", "RSC01", "1000")
    assert [state for _, state, _ in nhn.inbox()] == ["failed", "delivered"]


def test_text_message_takes_the_place_of_what_kakao_does_not_take(nhn: Nhn) -> None:
    nhn.order(address=NUMBER, code=3019)
    answer = nhn.send(recipient(resendParameter=RESEND))
    states = [nhn.state(answer)]
    for _ in range(2):
        nhn.app.later(seconds=3)
        nhn.app.open()
        states.append(nhn.state(answer))
    assert states == [("READY", "RSC02", None), ("FAILED", "RSC03", "3019"), ("FAILED", "RSC04", "3019")]
    assert nhn.inbox()[1:] == [("sms", "delivered", "[지킴이] 확인")]


def test_long_text_message_has_a_title_and_may_fail_too(nhn: Nhn) -> None:
    nhn.order(code=3020, text_code="3001", messages=1)
    nhn.order(code=3020)
    resend = {"isResend": True, "resendTitle": "이상거래", "resendContent": "가" * 1000}
    answer = nhn.send(recipient(resendParameter=resend), recipient("01000000002", resendParameter=resend))
    nhn.app.later(seconds=6)
    assert [nhn.state(answer, sequence)[1] for sequence in (1, 2)] == ["RSC05", "RSC04"]
    last = nhn.app.client.get("/admin/messages", params={"channel": "lms"}).json()
    assert [(message["chat_key"], message["subject"]) for message in last] == [("01000000002", "이상거래")]


def test_without_content_the_text_message_says_the_same_and_its_length_decides_the_kind(nhn: Nhn) -> None:
    nhn.order(code=3019)
    nhn.send(recipient(resendParameter={"isResend": True}))
    long = VALUES | {"name": "가" * 40}
    nhn.send(recipient("01000000002", templateParameter=long, resendParameter={"isResend": True}))
    nhn.app.later(seconds=6)
    nhn.get("messages", requestId="any")
    assert [channel for channel, _, _ in nhn.inbox()] == ["alimtalk", "alimtalk", "sms", "lms"]


def test_unregistered_sender_of_text_messages_is_found_out_only_when_they_are_sent(nhn: Nhn) -> None:
    nhn.order(code=3019)
    answer = nhn.send(recipient(resendParameter=RESEND | {"resendSendNo": "16000000"}))
    nhn.app.later(seconds=6)
    assert nhn.state(answer) == ("FAILED", "RSC05", "3019")
    assert len(nhn.inbox()) == 1


def test_fall_back_that_is_not_configured_is_refused(nhn: Nhn) -> None:
    nhn.app.open(sms_sender_number="")
    assert codes_of(nhn.send(recipient(resendParameter=RESEND))) == [-2502]
    assert codes_of(nhn.send(recipient(resendParameter={"isResend": False}))) == [0]


def test_unconfirmed_message_gets_no_text_message(nhn: Nhn) -> None:
    nhn.order(code=3005)
    answer = nhn.send(recipient(resendParameter=RESEND))
    nhn.app.later(seconds=60)
    assert nhn.state(answer)[2] == "3005"
    assert [(channel, state) for channel, state, _ in nhn.inbox()] == [("alimtalk", "accepted")]


def test_rate_of_fates_is_the_same_for_the_same_seed(nhn: Nhn) -> None:
    results = []
    for seed in (7, 7, 8):
        nhn.app.client.delete("/admin/deliveries")
        nhn.order(code=3019, rate=0.5, seed=seed)
        answer = nhn.send(*(recipient(f"010000000{i:02}") for i in range(40)))
        nhn.app.later(seconds=3)
        found = nhn.get("messages", requestId=answer["message"]["requestId"], pageSize=40)
        messages = found["messageSearchResultResponse"]["messages"]
        results.append([message["resultCode"] for message in messages])
    assert results[0] == results[1] != results[2]
    assert 10 < results[0].count("3019") < 30


def test_reports_can_be_held_back(nhn: Nhn) -> None:
    nhn.order(delay_seconds=3600, messages=1)
    late, soon = nhn.send(recipient()), nhn.send(recipient())
    nhn.app.later(minutes=59)
    assert (nhn.state(late)[0], nhn.state(soon)[0]) == ("READY", "COMPLETED")
    nhn.app.later(minutes=1)
    assert nhn.state(late)[0] == "COMPLETED"


def test_unknown_message_is_not_found(nhn: Nhn) -> None:
    assert code_of(nhn.get("messages/2026/1")) == -1016
    assert code_of(nhn.get("messages/2026/x")) == -9994


def test_messages_are_found_by_request_reference_number_and_state(nhn: Nhn) -> None:
    nhn.order(address="01000000002", code=3019)
    answer = nhn.send(*(recipient(f"0100000000{i}", recipientGroupingKey=f"ref{i}") for i in range(1, 4)))
    nhn.send(recipient(recipientGroupingKey="ref9"))
    nhn.app.later(seconds=3)
    today = {"startCreateDate": "2026-08-21 12:00", "endCreateDate": "2026-08-21 12:01"}

    def found(**parameters: Any) -> list[str]:
        body = nhn.get("messages", **parameters)["messageSearchResultResponse"]
        assert body["totalCount"] == len(body["messages"])
        return [message["recipientGroupingKey"] for message in body["messages"]]

    assert found(requestId=answer["message"]["requestId"]) == ["ref3", "ref2", "ref1"]
    assert found(**today) == ["ref9", "ref3", "ref2", "ref1"]
    assert found(**today, recipientGroupingKey="ref1") == ["ref1"]
    assert found(**today, recipientNo="01000000003") == ["ref3"]
    assert found(**today, messageStatus="FAILED") == found(**today, resultCode="MRC02") == ["ref2"]
    assert found(**today, senderKey="6" * 40) == []
    assert found(startRequestDate="2026-08-21 11:00", endRequestDate="2026-08-21 11:59") == []


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({}, id="none"),
        pytest.param({"recipientNo": NUMBER}, id="no period"),
        pytest.param({"startCreateDate": "2026-08-21 12:00"}, id="no end"),
        pytest.param({"startCreateDate": "2026-07-01 00:00", "endCreateDate": "2026-08-21 12:00"}, id="51 days"),
    ],
)
def test_search_needs_a_request_or_a_period_of_a_month(nhn: Nhn, parameters: dict[str, str]) -> None:
    assert code_of(nhn.get("messages", **parameters)) == -4103


def test_results_are_listed_page_by_page_when_they_come_and_again_when_they_change(nhn: Nhn) -> None:
    nhn.order(address="01000000000", code=3019)
    nhn.send(*(recipient(f"0100000000{i}", resendParameter=RESEND) for i in range(5)))

    def results(start: str, end: str, page: int) -> list[tuple[int, str]]:
        period = {"startUpdateDate": f"2026-08-21 {start}", "endUpdateDate": f"2026-08-21 {end}"}
        answer = nhn.get("message-results", **period, alimtalkMessageType="NORMAL", pageNum=page, pageSize=3)
        return [(message["recipientSeq"], message["resendStatus"]) for message in answer["messages"]]

    assert results("12:00", "12:10", 1) == []
    nhn.app.later(seconds=3)
    assert results("12:00", "12:10", 1) == [(1, "RSC03"), (2, "RSC02"), (3, "RSC02")]
    assert results("12:00", "12:10", 2) == [(4, "RSC02"), (5, "RSC02")]
    nhn.app.later(minutes=5)
    assert results("12:05", "12:10", 1) == [(1, "RSC04")]
    count = nhn.get("message-results/count", startUpdateDate="2026-08-21 12:00", endUpdateDate="2026-08-21 12:01")
    assert count["totalCount"] == 4


def test_pages_are_at_most_a_thousand(nhn: Nhn) -> None:
    period = {"startUpdateDate": "2026-08-21 12:00", "endUpdateDate": "2026-08-21 12:10"}
    assert code_of(nhn.get("message-results", **period, pageSize=1000)) == 0
    assert code_of(nhn.get("message-results", **period, pageSize=1001)) == -9994


def test_a_thousand_recipients_go_in_one_call(nhn: Nhn) -> None:
    answer = nhn.send(*(recipient(f"0100000{i:04}") for i in range(1000)))
    assert codes_of(answer) == [0] * 1000
    nhn.app.later(seconds=3)
    period = {"startUpdateDate": "2026-08-21 12:00", "endUpdateDate": "2026-08-21 12:01"}
    found = nhn.get("message-results", **period, pageSize=1000)["messages"]
    assert [message["messageStatus"] for message in found] == ["COMPLETED"] * 1000
    assert {state for _, state, _ in nhn.inbox()} == {"delivered"}


def test_webhook_is_told_every_result_with_its_signature(nhn: Nhn, listener: Listener) -> None:
    nhn.app.client.post("/admin/webhook", json={"url": listener.url, "signature": "s3cret"})
    nhn.order(address="01000000002", code=3019)
    answer = nhn.send(recipient(), recipient("01000000002"), senderGroupingKey="call")
    nhn.app.later(seconds=3)
    signature, body = listener.next()
    assert (signature, body["event"], body["appKey"]) == ("s3cret", "MESSAGE_RESULT_UPDATE", "nhn-app")
    assert body["hooksId"]
    first = sorted(body["hooks"], key=lambda hook: hook["recipientSeq"])[0]
    assert first == {
        "hookId": first["hookId"],
        "kakaoMessageType": "ALIMTALK_NORMAL",
        "requestId": answer["message"]["requestId"],
        "recipientSeq": 1,
        "requestDate": "2026-08-21 12:00:00",
        "createDate": "2026-08-21 12:00:00",
        "receiveDate": "2026-08-21 12:00:03",
        "recipientNo": NUMBER,
        "resultCode": "1000",
        "senderGroupingKey": "call",
        "recipientGroupingKey": "a1b2c3d4",
        "_links": {"self": {"href": f"/alimtalk/v2.3/appkeys/nhn-app/messages/{answer['message']['requestId']}/1"}},
    }
    assert sorted(hook["resultCode"] for hook in body["hooks"]) == ["1000", "3019"]
    assert len({hook["hookId"] for hook in body["hooks"]}) == 2


def test_webhook_of_the_settings_is_told_after_a_restart_what_was_due_before(nhn: Nhn, listener: Listener) -> None:
    nhn.send(recipient())
    nhn.app.stack.close()
    nhn.app.later(seconds=3)
    nhn.app.open(nhn_webhook_url=listener.url, nhn_webhook_signature="s3cret")
    assert listener.next()[1]["hooks"][0]["recipientGroupingKey"] == "a1b2c3d4"


def test_webhook_that_fails_is_told_again_with_the_same_hooks(nhn: Nhn, listener: Listener) -> None:
    nhn.app.client.post("/admin/webhook", json={"url": listener.url, "signature": "s3cret"})
    listener.statuses.put(500)
    nhn.send(recipient())
    nhn.app.later(seconds=3)
    _, first = listener.next()
    second = listener.next_as_time_passes(nhn.app)
    assert first["hooks"] == second["hooks"]
    assert first["hooksId"] != second["hooksId"]


def test_webhook_is_given_up_after_five_tries(nhn: Nhn, listener: Listener) -> None:
    nhn.app.client.post("/admin/webhook", json={"url": listener.url, "signature": "s3cret"})
    for _ in range(5):
        listener.statuses.put(503)
    nhn.send(recipient())
    tries = [listener.next_as_time_passes(nhn.app)["hooks"] for _ in range(5)]
    assert tries == [tries[0]] * 5
    nhn.send(recipient("01000000002"))
    assert listener.next_as_time_passes(nhn.app)["hooks"][0]["recipientNo"] == "01000000002"
    assert nhn.app.client.get("/admin/webhook").json()["given_up"] == 1


def test_webhook_can_tell_everything_twice(nhn: Nhn, listener: Listener) -> None:
    nhn.app.client.post("/admin/webhook", json={"url": listener.url, "signature": "s3cret", "copies": 2})
    nhn.send(recipient())
    nhn.app.later(seconds=3)
    assert listener.next()[1]["hooks"] == listener.next()[1]["hooks"]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://hooks.example.com/x", id="another host"),
        pytest.param("http://10.0.0.7/x", id="another machine"),
        pytest.param("http://134744072/x", id="a number"),
        pytest.param("ftp://localhost/x", id="no http"),
    ],
)
def test_webhook_stays_on_this_machine(nhn: Nhn, url: str) -> None:
    assert nhn.app.client.post("/admin/webhook", json={"url": url, "signature": "s"}).status_code == 422


def test_fates_on_order_are_listed_and_cleared(nhn: Nhn) -> None:
    nhn.order(address=NUMBER, code=3019, dealer="nhn")
    nhn.order(code="3104", dealer="solapi")
    listed = nhn.app.client.get("/admin/deliveries").json()
    assert [(one["address"], one["code"], one["dealer"]) for one in listed] == [
        (NUMBER, "3019", "nhn"),
        (None, "3104", "solapi"),
    ]
    assert nhn.app.client.post("/admin/deliveries", json={"address": "C1"}).status_code == 422
    assert nhn.app.client.delete("/admin/deliveries").json() == {"cleared": 2}
    answer = nhn.send(recipient())
    nhn.app.later(seconds=3)
    assert nhn.state(answer)[2] == "1000"
