"""NhnHook over HTTP: what it asks, how it reads answers, and what an answer that is lost or odd leads to."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from jikimi.exceptions import DeliveryError, Misconfigured, NotConfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.alimtalk import Alimtalk, Asked, Finding, Receipt, TextMessage
from jikimi.hooks.nhn import NhnHook
from tests.dealers import CUT, Answer, ScriptedDealer, connect

CALL = UUID("00000000-0000-4000-8000-000000000001")
NOON = datetime(2026, 8, 21, 3, tzinfo=UTC)
BASE = "/alimtalk/v2.3/appkeys/app-key"
NUMBER = "01012345678"
# The connection ends before the answer does.
CUT_SHORT = {"Content-Length": "900", "Connection": "close"}


def header(code: int = 0) -> dict[str, Any]:
    return {"resultCode": code, "resultMessage": f"about {NUMBER}", "isSuccessful": code == 0}


def taken(*results: dict[str, Any], code: int = 0, request_id: str = "R1") -> Answer:
    return Answer({"header": header(code), "message": {"requestId": request_id, "sendResults": list(results)}})


def result(number: int, reference: str | None, code: int = 0) -> dict[str, Any]:
    named = {"recipientGroupingKey": reference} if reference else {}
    return {"recipientSeq": number, "recipientNo": NUMBER, "resultCode": code, "resultMessage": NUMBER} | named


def message(reference: str = "a1", **changes: Any) -> Alimtalk:
    given = {"number": NUMBER, "template": "ALERT_KO", "variables": {"customer": "홍*동 고객"}} | changes
    return Alimtalk(reference, **given)


def asked(reference: str, dealer_id: str | None = None, ago: timedelta = timedelta(minutes=5)) -> Asked:
    return Asked(reference, dealer_id, NOON - ago)


def state(dealer_id: str, code: str = "1000", **more: Any) -> dict[str, Any]:
    request_id, number = dealer_id.split("/")
    status = "COMPLETED" if code == "1000" else "FAILED"
    found = {"requestId": request_id, "recipientSeq": int(number), "resultCode": code, "messageStatus": status}
    return found | {"resendStatus": "RSC01"} | more


@pytest.fixture
def dealer() -> Iterator[ScriptedDealer]:
    with ScriptedDealer().listening() as listening:
        yield listening


@pytest.fixture
def hook_with(dealer: ScriptedDealer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., NhnHook]:
    def make(**changes: Any) -> NhnHook:
        connect(monkeypatch, "alimtalk_nhn", dealer.url, **changes)
        return NhnHook(now=lambda: NOON)

    return make


@pytest.fixture
def hook(hook_with: Callable[..., NhnHook]) -> NhnHook:
    return hook_with()


def test_request_is_that_of_the_contract(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(result(1, "a1")))
    hook.send([message()], CALL)
    (request,) = dealer.asked
    assert (request.method, request.path) == ("POST", f"{BASE}/messages")
    assert request.headers["x-secret-key"] == "secret-key"
    assert request.headers["x-nc-api-idempotency-key"] == str(CALL)
    assert request.headers["content-type"] == "application/json;charset=UTF-8"
    assert request.body == {
        "senderKey": "S" * 40,
        "templateCode": "ALERT_KO",
        "senderGroupingKey": str(CALL),
        "recipientList": [
            {
                "recipientNo": NUMBER,
                "templateParameter": {"customer": "홍*동 고객"},
                "resendParameter": {"isResend": False},
                "recipientGroupingKey": "a1",
            }
        ],
    }


@pytest.mark.parametrize(
    ("text", "resend"),
    [
        pytest.param(
            TextMessage("SMS", "짧게"), {"resendType": "SMS", "resendContent": "짧게"}, id="short, without a title"
        ),
        pytest.param(
            TextMessage("LMS", "길게", "알림"),
            {"resendType": "LMS", "resendContent": "길게", "resendTitle": "알림"},
            id="long",
        ),
    ],
)
def test_fall_back_and_button_are_part_of_the_request(
    hook_with: Callable[..., NhnHook], dealer: ScriptedDealer, text: TextMessage, resend: dict[str, str]
) -> None:
    dealer.answers(taken(result(1, "a1")))
    hook_with(extra={"service_number": "1588-1234"}).send([message(fall_back=text)], CALL)
    (recipient,) = dealer.asked[0].body["recipientList"]
    assert recipient["resendParameter"] == {"isResend": True, "resendSendNo": "15990000"} | resend
    assert recipient["buttons"] == [{"ordering": 1, "telNumber": "15881234"}]


def test_each_message_is_named_by_request_and_place(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(result(2, "a2"), result(1, "a1")))
    assert hook.send([message("a1"), message("a2")], CALL) == [Receipt("R1/1", "0"), Receipt("R1/2", "0")]


def test_results_without_references_are_read_in_their_order(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(result(1, None), result(2, None, -5000)))
    first, second = hook.send([message("a1"), message("a2")], CALL)
    assert first == Receipt("R1/1", "0")
    assert (type(second), getattr(second, "code", "")) == (Rejected, "-5000")


@pytest.mark.parametrize("call_code", [pytest.param(0, id="taken"), pytest.param(-9998, id="refused, but not for all")])
def test_request_and_message_have_their_own_codes(hook: NhnHook, dealer: ScriptedDealer, call_code: int) -> None:
    dealer.answers(taken(result(1, "a1"), result(2, "a2", -5000), result(3, "a3", -9999), code=call_code))
    outcomes = hook.send([message("a1"), message("a2"), message("a3")], CALL)
    assert outcomes[0] == Receipt("R1/1", "0")
    assert [type(outcome) for outcome in outcomes[1:]] == [Rejected, Unknown]


def test_message_that_the_answer_leaves_out_is_in_doubt(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(result(1, "a1")))
    assert type(hook.send([message("a1"), message("a2")], CALL)[1]) is Unknown


def test_known_key_means_that_the_messages_are_with_the_dealer(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.answers(Answer({"header": header(-1005)}))
    assert hook.send([message("a1"), message("a2")], CALL) == [Receipt(None, "-1005")] * 2


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        pytest.param(Answer({"header": header(-1001)}), Misconfigured, "-1001", id="secret key"),
        pytest.param(Answer({"header": header(-1000)}, 401), Misconfigured, "-1000", id="app key with HTTP 401"),
        pytest.param(Answer({"header": header(-3003)}), Misconfigured, "-3003", id="template"),
        pytest.param(Answer({"header": header(-7000)}), Unavailable, "-7000", id="vendor"),
        pytest.param(Answer({"header": header(-9999)}, 500), Unknown, "-9999", id="system"),
        pytest.param(Answer({"header": header(-5000)}), Misconfigured, "-5000", id="one number of two"),
        pytest.param(Answer(b"<h1>503</h1>", 503), Unavailable, "503", id="load balancer"),
        pytest.param(Answer({"header": header(-1)}, 429, {"Retry-After": "7"}), Unavailable, "429", id="too many"),
        pytest.param(Answer(b"<h1>502</h1>", 502), Unknown, "502", id="gateway"),
        pytest.param(Answer(b"", 302, {"Location": "/elsewhere"}), Unavailable, "302", id="redirect"),
        pytest.param(Answer({"message": {}}), Unknown, "", id="no code"),
        pytest.param(Answer([]), Unknown, "200", id="no object"),
        pytest.param(Answer(b"{", 200, CUT_SHORT), Unknown, "", id="answer cut short"),
        pytest.param(CUT, Unknown, "", id="connection cut"),
    ],
)
def test_failed_request_is_the_same_for_all(
    hook: NhnHook, dealer: ScriptedDealer, answer: Answer, kind: type[DeliveryError], code: str
) -> None:
    dealer.answers(answer)
    with pytest.raises(DeliveryError) as caught:
        hook.send([message("a1"), message("a2")], CALL)
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert len(dealer.asked) == 1, "asked once, whatever came back"
    assert NUMBER not in str(caught.value)


def test_busy_dealer_says_how_long_to_wait(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.answers(Answer({"header": header(-1)}, 429, {"Retry-After": "7"}))
    with pytest.raises(Unavailable) as caught:
        hook.send([message()], CALL)
    assert caught.value.retry_after == 7


def test_dealer_that_cannot_be_reached_took_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "alimtalk_nhn", "http://127.0.0.1:1")
    with pytest.raises(Unavailable) as caught:
        NhnHook().send([message()], CALL)
    assert "app-key" not in repr(caught.value)


def test_few_messages_are_asked_for_one_by_one(hook: NhnHook, dealer: ScriptedDealer) -> None:
    states = {"R1/1": state("R1/1"), "R1/2": state("R1/2", "3019"), "R1/3": state("R1/3", "3005")}
    dealer.script = lambda request: Answer(
        {"header": header(), "message": states[request.path.removeprefix(f"{BASE}/messages/")]}
    )
    found = list(hook.findings([asked("a1", "R1/1"), asked("a2", "R1/2"), asked("a3", "R1/3")]))
    assert found == [
        Finding("R1/1/1000/RSC01", "R1/1", "a1", True, "1000", "delivered."),
        Finding("R1/2/3019/RSC01", "R1/2", "a2", False, "3019", "not a KakaoTalk user."),
    ]


def test_message_that_the_dealer_does_not_know_is_passed_over(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.answers(Answer({"header": header(-4016)}), Answer({"header": header(), "message": state("R1/2")}))
    assert [found.reference for found in hook.findings([asked("a1", "R1/1"), asked("a2", "R1/2")])] == ["a2"]


@pytest.mark.parametrize("is_wrapped", [pytest.param(False, id="bare list"), pytest.param(True, id="in an object")])
def test_many_messages_are_asked_for_by_their_period(hook: NhnHook, dealer: ScriptedDealer, is_wrapped: bool) -> None:
    states = [state(f"R{call}/{number}") for call in (1, 2) for number in range(1, 1001)]
    wrap = (lambda page: {"messageSearchResultResponse": page}) if is_wrapped else (lambda page: page)

    def page(request: Any) -> Answer:
        start = (int(request.parameters["pageNum"][0]) - 1) * 1000
        return Answer({"header": header()} | wrap({"messages": states[start : start + 1000]}))

    dealer.script = page
    wanted = [asked(f"a{number}", f"R2/{number}", timedelta(minutes=number)) for number in range(1, 31)]
    assert {found.reference for found in hook.findings(wanted)} == {one.reference for one in wanted}
    assert [request.path for request in dealer.asked] == [f"{BASE}/message-results"] * 3
    assert dealer.asked[0].parameters == {
        "startUpdateDate": ["2026-08-21 11:29"],
        "endUpdateDate": ["2026-08-21 12:01"],
        "alimtalkMessageType": ["NORMAL"],
        "pageNum": ["1"],
        "pageSize": ["1000"],
    }


def test_search_looks_back_no_further_than_the_dealer_allows(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.answers(Answer({"header": header(), "messages": []}))
    list(hook.findings([asked(f"a{number}", f"R1/{number}", timedelta(days=60)) for number in range(30)]))
    assert dealer.asked[0].parameters["startUpdateDate"] == ["2026-07-22 11:59"]


def test_refused_search_falls_back_to_single_messages(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.script = lambda request: (
        Answer({"header": header(-4003)})
        if request.path.endswith("message-results")
        else Answer({"header": header(), "message": state(request.path.removeprefix(f"{BASE}/messages/"))})
    )
    wanted = [asked(f"a{number}", f"R1/{number}") for number in range(30)]
    assert len(list(hook.findings(wanted))) == 30
    assert len(dealer.asked) == 31


@pytest.mark.parametrize("messages", [pytest.param(2, id="few"), pytest.param(30, id="many")])
def test_messages_without_an_id_are_found_by_their_reference(
    hook: NhnHook, dealer: ScriptedDealer, messages: int
) -> None:
    states = [state(f"R9/{number}", recipientGroupingKey=f"a{number}") for number in range(messages)]
    states.append(state("R9/999", recipientGroupingKey="somebody else's"))

    def found_by(request: Any) -> Answer:
        (wanted,) = request.parameters.get("recipientGroupingKey", [None])
        matching = [one for one in states if wanted in (None, one["recipientGroupingKey"])]
        return Answer({"header": header(), "messageSearchResultResponse": {"messages": matching}})

    dealer.script = found_by
    found = {one.reference: one.dealer_id for one in hook.findings([asked(f"a{n}") for n in range(messages)])}
    assert found == {f"a{number}": f"R9/{number}" for number in range(messages)}
    assert {request.path for request in dealer.asked} == {f"{BASE}/messages"}
    assert dealer.asked[0].parameters["startCreateDate"] == ["2026-08-21 11:54"]
    assert len(dealer.asked) == (2 if messages == 2 else 1)


@pytest.mark.parametrize(
    ("ago", "code", "codes"),
    [
        pytest.param(timedelta(minutes=19), 0, [], id="it may still be found"),
        pytest.param(timedelta(minutes=21), 0, ["absent"], id="it never arrived"),
        pytest.param(timedelta(days=31), 0, [], id="the dealer may have forgotten it"),
        pytest.param(timedelta(minutes=21), -4103, [], id="the search was refused"),
    ],
)
@pytest.mark.parametrize("messages", [pytest.param(1, id="few"), pytest.param(30, id="many")])
def test_message_that_the_dealer_never_had_is_rejected_in_time(
    hook: NhnHook, dealer: ScriptedDealer, messages: int, ago: timedelta, code: int, codes: list[str]
) -> None:
    dealer.answers(Answer({"header": header(code), "messageSearchResultResponse": {"messages": []}}))
    found = list(hook.findings([asked(f"a{number}", None, ago) for number in range(messages)]))
    assert [one.code for one in found] == codes * messages
    assert not [one for one in found if one.is_delivered or one.dealer_id]
    assert len({one.event_id for one in found}) == len(found)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(Answer({"header": header(-1001)}), Misconfigured, id="secret key"),
        pytest.param(Answer({"header": header(-9999)}), Unknown, id="system"),
        pytest.param(Answer(b"", 503), Unavailable, id="away"),
    ],
)
def test_dealer_that_does_not_answer_is_no_reason_to_judge_a_message(
    hook: NhnHook, dealer: ScriptedDealer, answer: Answer, kind: type[DeliveryError]
) -> None:
    dealer.answers(answer)
    with pytest.raises(kind):
        list(hook.findings([asked("a1", "R1/1")]))


def test_connection_is_tested_without_sending(hook_with: Callable[..., NhnHook], dealer: ScriptedDealer) -> None:
    dealer.answers(Answer({"header": header(), "messages": []}), Answer({"header": header(-1001)}))
    assert hook_with(extra={"template_alert_en": ""}).test_connection() == (
        True,
        "NHN Cloud accepts the app key and the secret key; empty: template_alert_en.",
    )
    is_good, words = hook_with().test_connection()
    assert (is_good, "-1001" in words) == (False, True)
    assert [request.method for request in dealer.asked] == ["GET", "GET"]


def test_missing_connection_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_ALIMTALK_DEFAULT", raising=False)
    with pytest.raises(NotConfigured, match="alimtalk_default"):
        _ = NhnHook().settings
    assert NhnHook().test_connection()[0] is False


def test_airflow_knows_the_connection_type() -> None:
    from airflow.providers_manager import ProvidersManager
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    assert ProvidersManagerTaskRuntime().hooks["alimtalk_nhn"].hook_class_name == "jikimi.hooks.nhn.NhnHook"
    manager = ProvidersManager()
    widgets = manager.connection_form_widgets
    assert widgets["extra__alimtalk_nhn__fall_back"].field["schema"]["enum"] == ["none", "SMS", "LMS"]
    assert widgets["extra__alimtalk_nhn__sender_key"].is_sensitive
    assert manager.field_behaviours["alimtalk_nhn"]["relabeling"] == {"login": "App key", "password": "Secret key"}


def test_what_is_sent_is_json_of_every_script(hook: NhnHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(result(1, "a1")))
    merchant = 'A"B\\C\n{"x"} #{bank} 김밥 🍙'
    hook.send([message(variables={"merchant": merchant})], CALL)
    assert dealer.asked[0].body["recipientList"][0]["templateParameter"] == {"merchant": merchant}
