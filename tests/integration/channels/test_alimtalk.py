"""AlimtalkChannel over both dealers: requests in which an answer names every message, and results by alert."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jikimi.channels.alimtalk import AlimtalkChannel
from jikimi.channels.base import Limits, Message, OpenAttempt, Report, Taken
from jikimi.exceptions import NotConfigured, Rejected, Unavailable, Unknown
from ml.messages import Letter
from tests.dealers import Answer, ScriptedDealer, connect

CALL = UUID("00000000-0000-4000-8000-000000000001")
NUMBER = "010-1234-5678"
HEADER = {"resultCode": 0, "resultMessage": "SUCCESS", "isSuccessful": True}


def message(alert_id: int, address: str | None = NUMBER, template: str = "alert.ko", **changes: Any) -> Message:
    letter = Letter("긴 글", "알림", {"customer": "홍*동 고객"}, template, sms="짧은 글", lms="긴 글")
    return Message(alert_id, changes.get("reference", f"{alert_id:08X}"), address, letter)


def nhn_taking_all(request: Any) -> Answer:
    recipients = request.body["recipientList"]
    results = [
        {"recipientSeq": n, "resultCode": 0, "recipientGroupingKey": one["recipientGroupingKey"]}
        for n, one in enumerate(recipients, 1)
    ]
    return Answer({"header": HEADER, "message": {"requestId": "R1", "sendResults": results}})


def solapi_taking_all(request: Any) -> Answer:
    items = [
        {"messageId": f"M-{n}", "statusCode": "2000", "customFields": one["customFields"]}
        for n, one in enumerate(request.body["messages"], 1)
    ]
    return Answer({"groupInfo": {"count": {"registeredFailed": 0}}, "failedMessageList": [], "messageList": items})


@pytest.fixture
def dealer() -> Iterator[ScriptedDealer]:
    with ScriptedDealer().listening() as listening:
        yield listening


@pytest.fixture
def open_over(dealer: ScriptedDealer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AlimtalkChannel]:
    def make(conn_type: str, **extra: Any) -> AlimtalkChannel:
        connect(monkeypatch, conn_type, dealer.url, extra=extra)
        return AlimtalkChannel(conn_type)

    return make


@pytest.mark.parametrize(
    ("conn_type", "limits"),
    [
        pytest.param("alimtalk_nhn", Limits(1000, 2, None, 540), id="NHN Cloud knows the key of a request"),
        pytest.param("alimtalk_solapi", Limits(100, 2, None, 0), id="SOLAPI knows none"),
    ],
)
def test_limits_are_those_of_the_dealer(
    open_over: Callable[..., AlimtalkChannel], conn_type: str, limits: Limits
) -> None:
    channel = open_over(conn_type)
    assert channel.limits == limits
    assert (channel.name, channel.connection_id) == ("alimtalk", "alimtalk_default")
    assert channel.quotas(message(1)) == ()


def test_limits_may_be_set(open_over: Callable[..., AlimtalkChannel]) -> None:
    limits = open_over("alimtalk_solapi", messages_a_call=20, messages_per_second=50).limits
    assert (limits.messages_a_call, limits.per_second) == (20, 50)


def test_connection_of_another_type_is_refused(open_over: Callable[..., AlimtalkChannel]) -> None:
    with pytest.raises(NotConfigured, match="alimtalk_nhn or alimtalk_solapi"):
        open_over("http")


@pytest.mark.parametrize(
    "conn_type", [pytest.param("alimtalk_nhn", id="NHN"), pytest.param("alimtalk_solapi", id="SOLAPI")]
)
def test_connection_is_checked_when_the_channel_is_opened(
    open_over: Callable[..., AlimtalkChannel], conn_type: str
) -> None:
    with pytest.raises(NotConfigured, match="sender_key"):
        open_over(conn_type, sender_key="")


def alerts_of(calls: list[list[Message]]) -> list[list[int]]:
    return [[one.alert_id for one in call] for call in calls]


def test_nhn_takes_one_template_a_request(open_over: Callable[..., AlimtalkChannel]) -> None:
    channel = open_over("alimtalk_nhn", messages_a_call=2)
    messages = [message(1), message(2, template="alert.en"), message(3), message(4)]
    assert alerts_of(channel.calls(messages)) == [[1, 3], [4], [2]]


def test_solapi_takes_all_templates_but_a_number_once(open_over: Callable[..., AlimtalkChannel]) -> None:
    channel = open_over("alimtalk_solapi")
    messages = [
        message(1, "010-1111-1111"),
        message(2, "010-2222-2222", "alert.en"),
        message(3, "+82 10-1111-1111"),
        message(4, "01011111111"),
        message(5, None),
        message(6, None),
    ]
    assert alerts_of(channel.calls(messages)) == [[1, 2, 5, 6], [3], [4]]


@pytest.mark.parametrize(
    "conn_type", [pytest.param("alimtalk_nhn", id="NHN"), pytest.param("alimtalk_solapi", id="SOLAPI")]
)
def test_reference_occurs_once_in_a_request(open_over: Callable[..., AlimtalkChannel], conn_type: str) -> None:
    messages = [message(1, "0101111111", reference="A"), message(2, "0102222222", reference="A")]
    assert alerts_of(open_over(conn_type).calls(messages)) == [[1], [2]]


@given(
    st.lists(st.tuples(st.sampled_from(["alert.ko", "alert.en"]), st.integers(0, 5), st.integers(0, 5)), max_size=40)
)
def test_no_message_is_lost_or_doubled_on_the_way_into_requests(drawn: list[tuple[str, int, int]]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        messages = [
            message(number, f"0101234567{phone}", template, reference=str(reference))
            for number, (template, phone, reference) in enumerate(drawn)
        ]
        for conn_type in ("alimtalk_nhn", "alimtalk_solapi"):
            connect(monkeypatch, conn_type, "http://127.0.0.1:1", extra={"messages_a_call": 3})
            calls = AlimtalkChannel(conn_type).calls(messages)
            assert sorted(one.alert_id for call in calls for one in call) == list(range(len(messages)))
            for call in calls:
                assert len(call) <= 3
                assert len({one.reference for one in call}) == len(call)
                if conn_type == "alimtalk_nhn":
                    assert len({one.letter.template for one in call}) == 1
                else:
                    assert len({one.address for one in call}) == len(call)


def test_results_are_by_alert(open_over: Callable[..., AlimtalkChannel], dealer: ScriptedDealer) -> None:
    dealer.script = nhn_taking_all
    results = open_over("alimtalk_nhn").send([message(7), message(8)], CALL)
    assert results == {7: Taken(False, "R1/1", "0"), 8: Taken(False, "R1/2", "0")}
    assert dealer.asked[0].body["templateCode"] == "ALERT_KO"
    assert [one["recipientNo"] for one in dealer.asked[0].body["recipientList"]] == ["01012345678"] * 2


def test_solapi_has_no_key_for_a_request(open_over: Callable[..., AlimtalkChannel], dealer: ScriptedDealer) -> None:
    dealer.script = solapi_taking_all
    results = open_over("alimtalk_solapi").send([message(7), message(8, "01022223333", "alert.en")], CALL)
    assert results == {7: Taken(False, "M-1", "2000"), 8: Taken(False, "M-2", "2000")}
    options = [one["kakaoOptions"]["templateId"] for one in dealer.asked[0].body["messages"]]
    assert options == ["ALERT_KO", "ALERT_EN"]


@pytest.mark.parametrize(
    ("fall_back", "resend"),
    [
        pytest.param("none", {"isResend": False}, id="none"),
        pytest.param("SMS", {"isResend": True, "resendType": "SMS", "resendContent": "짧은 글"}, id="SMS"),
        pytest.param(
            "LMS", {"isResend": True, "resendType": "LMS", "resendContent": "긴 글", "resendTitle": "알림"}, id="LMS"
        ),
    ],
)
def test_fall_back_is_that_of_the_connection(
    open_over: Callable[..., AlimtalkChannel], dealer: ScriptedDealer, fall_back: str, resend: dict[str, Any]
) -> None:
    dealer.script = nhn_taking_all
    open_over("alimtalk_nhn", fall_back=fall_back).send([message(1)], CALL)
    (recipient,) = dealer.asked[0].body["recipientList"]
    number = {} if fall_back == "none" else {"resendSendNo": "15990000"}
    assert recipient["resendParameter"] == resend | number


@pytest.mark.parametrize(
    "conn_type", [pytest.param("alimtalk_nhn", id="NHN"), pytest.param("alimtalk_solapi", id="SOLAPI")]
)
def test_message_that_cannot_leave_does_not_hold_up_the_others(
    open_over: Callable[..., AlimtalkChannel], dealer: ScriptedDealer, conn_type: str
) -> None:
    dealer.script = nhn_taking_all if conn_type == "alimtalk_nhn" else solapi_taking_all
    channel = open_over(conn_type)
    results = channel.send([message(1, "hong@example.com"), message(2)], CALL)
    assert [type(results[alert_id]) for alert_id in (1, 2)] == [Rejected, Taken]
    assert channel.send([message(3, None)], CALL).keys() == {3}
    assert len(dealer.asked) == 1, "a request of nobody does not leave"


def test_language_without_a_template_is_refused_alone(
    open_over: Callable[..., AlimtalkChannel], dealer: ScriptedDealer
) -> None:
    channel = open_over("alimtalk_nhn", template_alert_en="")
    results = channel.send([message(1, template="alert.en")], CALL)
    assert isinstance(results[1], Rejected)
    assert "alert.en" in results[1].detail
    assert dealer.asked == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(-1005, Taken, id="known: it was sent with the others"),
        pytest.param(0, Unavailable, id="not known: it never left"),
    ],
)
def test_repeated_request_whose_customer_changed_the_language_meanwhile(
    open_over: Callable[..., AlimtalkChannel], dealer: ScriptedDealer, code: int, kind: type
) -> None:
    dealer.script = lambda request: Answer({"header": {"resultCode": -1005}}) if code else nhn_taking_all(request)
    results = open_over("alimtalk_nhn").send([message(1), message(2, template="alert.en")], CALL)
    assert (type(results[1]), type(results[2])) == (Taken, kind)
    assert len(dealer.asked) == 1, "one key, one request"


def test_lost_answer_is_that_of_the_whole_request(
    open_over: Callable[..., AlimtalkChannel], dealer: ScriptedDealer
) -> None:
    dealer.answers(Answer(b"", 500))
    with pytest.raises(Unknown):
        open_over("alimtalk_nhn").send([message(1)], CALL)


@pytest.mark.parametrize(
    ("conn_type", "answer", "report"),
    [
        pytest.param(
            "alimtalk_nhn",
            {"header": HEADER, "message": {"requestId": "R1", "recipientSeq": 1, "resultCode": "1000"}},
            Report("nhn", "R1/1/1000/", "R1/1", "A1", True, "1000", "delivered."),
            id="NHN",
        ),
        pytest.param(
            "alimtalk_solapi",
            {"messageList": {"R1/1": {"statusCode": "3104"}}},
            Report("solapi", "R1/1/3104", "R1/1", "A1", False, "3104", "not a KakaoTalk user."),
            id="SOLAPI",
        ),
    ],
)
def test_reports_name_their_dealer(
    open_over: Callable[..., AlimtalkChannel],
    dealer: ScriptedDealer,
    conn_type: str,
    answer: dict[str, Any],
    report: Report,
) -> None:
    dealer.answers(Answer(answer))
    attempt = OpenAttempt("A1", "R1/1", datetime.now(UTC) - timedelta(minutes=5))
    assert list(open_over(conn_type).reports([attempt])) == [report]


def test_channel_is_tried_without_sending(open_over: Callable[..., AlimtalkChannel], dealer: ScriptedDealer) -> None:
    dealer.answers(Answer({"header": HEADER, "messages": []}))
    assert open_over("alimtalk_nhn").test()[0] is True
    assert [request.method for request in dealer.asked] == ["GET"]
