"""What became of messages at NHN Cloud, as its documentation says: text messages in their place, searches, results."""

from typing import Any

import pytest

from tests.integration.infra.kakao_sandbox.nhn_customer import NUMBER, RESEND, VALUES, Nhn, code_of, codes_of, recipient


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
