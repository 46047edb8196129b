"""SolapiHook over HTTP: the official client's requests, answers of each kind, and what a lost answer leads to."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from solapi import SolapiMessageService
from solapi.model import KakaoOption, RequestMessage, SendRequestConfig

from jikimi.exceptions import DeliveryError, Misconfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.alimtalk import Alimtalk, Asked, Finding, Receipt, TextMessage
from jikimi.hooks.solapi import SolapiHook
from tests.dealers import CUT, Answer, ScriptedDealer, connect

NOON = datetime(2026, 8, 21, 3, tzinfo=UTC)
NUMBER = "01012345678"
LIST = "/messages/v4/list-old"


def taken(*items: dict[str, Any], refused: list[dict[str, Any]] | None = None, failed: int | None = None) -> Answer:
    failures = refused or []
    count = {"total": 9, "registeredFailed": len(failures) if failed is None else failed}
    return Answer({"groupInfo": {"count": count}, "failedMessageList": failures, "messageList": list(items)})


def item(reference: str | None, code: str = "2000", **more: Any) -> dict[str, Any]:
    fields = {"customFields": {"alertId": reference}} if reference else {}
    return {"messageId": f"M-{reference}", "statusCode": code, "statusMessage": NUMBER} | fields | more


def message(reference: str = "a1", number: str = NUMBER, **changes: Any) -> Alimtalk:
    given = {"template": "ALERT_KO", "variables": {"customer": "홍*동 고객"}} | changes
    return Alimtalk(reference, number, **given)


def asked(reference: str, dealer_id: str | None = None, ago: timedelta = timedelta(minutes=30)) -> Asked:
    return Asked(reference, dealer_id, NOON - ago)


def listed(**items: dict[str, Any]) -> Answer:
    return Answer({"limit": 500, "messageList": {name.replace("_", "-"): found for name, found in items.items()}})


@pytest.fixture
def dealer() -> Iterator[ScriptedDealer]:
    with ScriptedDealer().listening() as listening:
        yield listening


@pytest.fixture
def hook_with(dealer: ScriptedDealer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., SolapiHook]:
    def make(**changes: Any) -> SolapiHook:
        connect(monkeypatch, "alimtalk_solapi", dealer.url, **changes)
        return SolapiHook(now=lambda: NOON)

    return make


@pytest.fixture
def hook(hook_with: Callable[..., SolapiHook]) -> SolapiHook:
    return hook_with()


def test_request_is_that_of_the_official_client(hook: SolapiHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(item("a1")))
    text = TextMessage("LMS", "길게", "알림")
    hook.send([message(fall_back=text), message("a2", "01022223333")])
    service = SolapiMessageService("app-key", "secret-key")
    service.base_url = dealer.url
    option = {"pf_id": "S" * 40, "template_id": "ALERT_KO", "variables": {"customer": "홍*동 고객"}}
    replacement = {"to": NUMBER, "from": "15990000", "type": "LMS", "text": "길게", "subject": "알림"}
    first = RequestMessage(
        to=NUMBER,
        from_="15990000",
        kakao_options=KakaoOption(**option),
        replacements=[replacement],
        custom_fields={"alertId": "a1"},
    )
    second = RequestMessage(
        to="01022223333",
        from_="15990000",
        kakao_options=KakaoOption(**option, disable_sms=True),
        custom_fields={"alertId": "a2"},
    )
    # The package cannot read the short answer of this dealer; what it asked is what counts.
    with pytest.raises(Exception, match="validation error"):
        service.send([first, second], SendRequestConfig(show_message_list=True))
    ours, theirs = dealer.asked
    assert (ours.method, ours.path, ours.body) == (theirs.method, theirs.path, theirs.body)
    assert ours.body["messages"][0]["kakaoOptions"]["variables"] == {"#{customer}": "홍*동 고객"}


def test_every_request_is_signed_anew(hook: SolapiHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(item("a1")))
    hook.send([message()])
    hook.send([message()])
    words = [request.headers["authorization"] for request in dealer.asked]
    for said in words:
        date, salt, signature = re.findall(r"(?:Date|salt|signature)=([^,]+)", said)
        assert signature == hmac.new(b"secret-key", f"{date}{salt}".encode(), hashlib.sha256).hexdigest()
        assert abs(datetime.fromisoformat(date) - datetime.now(UTC)) < timedelta(minutes=1)
    assert words[0] != words[1]


def test_messages_are_named_by_their_reference(hook: SolapiHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(item("a2"), item("a1")))
    assert hook.send([message("a1"), message("a2", "01022223333")]) == [
        Receipt("M-a1", "2000"),
        Receipt("M-a2", "2000"),
    ]


@pytest.mark.parametrize("reference", [pytest.param("a2", id="by reference"), pytest.param(None, id="by number")])
def test_refused_message_is_found(hook: SolapiHook, dealer: ScriptedDealer, reference: str | None) -> None:
    dealer.answers(taken(item("a1"), refused=[item(reference, "1062", to="01022223333")]))
    first, second = hook.send([message("a1"), message("a2", "01022223333")])
    assert first == Receipt("M-a1", "2000")
    assert (type(second), getattr(second, "code", "")) == (Misconfigured, "1062")


def test_all_refused_is_no_success(hook: SolapiHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(refused=[item("a1", "3104", to=NUMBER)]))
    assert [type(outcome) for outcome in hook.send([message("a1")])] == [Rejected]


def test_what_is_neither_listed_nor_refused_was_taken(hook: SolapiHook, dealer: ScriptedDealer) -> None:
    dealer.answers(taken(refused=[item("a1", "3107", to=NUMBER)]))
    assert hook.send([message("a1"), message("a2", "01022223333")])[1] == Receipt(None, "2000")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(taken(failed=1), id="one failed, none is named"),
        pytest.param(taken(refused=[item(None, "1062", to="01099999999")]), id="a stranger is named"),
    ],
)
def test_message_that_may_be_the_refused_one_is_in_doubt(
    hook: SolapiHook, dealer: ScriptedDealer, answer: Answer
) -> None:
    dealer.answers(answer)
    assert [type(outcome) for outcome in hook.send([message("a1")])] == [Unknown]


def refusal(code: str, status: int) -> Answer:
    return Answer({"errorCode": code, "errorMessage": f"about {NUMBER}"}, status)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        pytest.param(refusal("InvalidAPIKey", 403), Misconfigured, "InvalidAPIKey", id="key"),
        pytest.param(refusal("SignatureDoesNotMatch", 403), Misconfigured, "SignatureDoesNotMatch", id="secret"),
        pytest.param(refusal("RequestTimeTooSkewed", 403), Misconfigured, "RequestTimeTooSkewed", id="clock"),
        pytest.param(refusal("DuplicatedSignature", 403), Unknown, "DuplicatedSignature", id="a copy was there before"),
        pytest.param(refusal("ValidationError", 400), Misconfigured, "ValidationError", id="one of two is not valid"),
        pytest.param(refusal("TooManyRequests", 429), Unavailable, "429", id="too many"),
        pytest.param(refusal("InternalServerError", 500), Unknown, "500", id="broke down"),
        pytest.param(Answer(b"<h1>503</h1>", 503), Unavailable, "503", id="load balancer"),
        pytest.param(Answer(b"<h1>403</h1>", 403), Unavailable, "403", id="firewall"),
        pytest.param(Answer(b"<h1>502</h1>", 502), Unknown, "502", id="gateway"),
        pytest.param(Answer({}), Unknown, "", id="empty answer"),
        pytest.param(CUT, Unknown, "", id="connection cut"),
    ],
)
def test_failed_request_is_the_same_for_all(
    hook: SolapiHook, dealer: ScriptedDealer, answer: Answer, kind: type[DeliveryError], code: str
) -> None:
    dealer.answers(answer)
    with pytest.raises(DeliveryError) as caught:
        hook.send([message("a1"), message("a2", "01022223333")])
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert len(dealer.asked) == 1, "asked once, whatever came back"
    assert NUMBER not in str(caught.value)


def test_dealer_that_cannot_be_reached_took_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "alimtalk_solapi", "http://127.0.0.1:1")
    with pytest.raises(Unavailable):
        SolapiHook().send([message()])


def test_messages_are_asked_for_by_their_ids(hook: SolapiHook, dealer: ScriptedDealer) -> None:
    dealer.answers(listed(M_a1=item("a1", "4000"), M_a2=item("a2", "3104"), M_a3=item("a3", "3000")))
    found = list(hook.findings([asked("a1", "M-a1"), asked("a2", "M-a2"), asked("a3", "M-a3")]))
    assert found == [
        Finding("M-a1/4000", "M-a1", "a1", True, "4000", "delivered."),
        Finding("M-a2/3104", "M-a2", "a2", False, "3104", "not a KakaoTalk user."),
    ]
    (request,) = dealer.asked
    assert (request.method, request.path) == ("GET", LIST)
    assert request.parameters == {"messageIds": ["M-a1", "M-a2", "M-a3"], "limit": ["500"]}


def test_ids_are_asked_for_a_hundred_at_a_time(hook: SolapiHook, dealer: ScriptedDealer) -> None:
    dealer.script = lambda request: listed(
        **{name.replace("-", "_"): item(name[2:], "4000") for name in request.parameters["messageIds"]}
    )
    wanted = [asked(f"a{number}", f"M-a{number}") for number in range(250)]
    assert {found.reference for found in hook.findings(wanted)} == {one.reference for one in wanted}
    assert [len(request.parameters["messageIds"]) for request in dealer.asked] == [100, 100, 50]


def test_messages_without_an_id_are_found_in_their_period_by_reference(
    hook: SolapiHook, dealer: ScriptedDealer
) -> None:
    pages = [
        Answer({"messageList": {"M-1": item("somebody else's", "4000")}, "nextKey": "M-1"}),
        Answer({"messageList": {"M-2": item("a1", "4000"), "M-3": item(None, "4000")}, "nextKey": None}),
    ]
    dealer.answers(*pages)
    found = [(one.reference, one.dealer_id, one.code) for one in hook.findings([asked("a1"), asked("a2")])]
    assert found == [("a1", "M-2", "4000"), ("a2", None, "absent")]
    assert dealer.asked[0].parameters == {
        "dateType": ["CREATED"],
        "startDate": ["2026-08-21T02:28:00+00:00"],
        "endDate": ["2026-08-21T02:40:00+00:00"],
        "limit": ["500"],
    }
    assert dealer.asked[1].parameters["startKey"] == ["M-1"]


@pytest.mark.parametrize(
    ("ago", "found_item", "delivered"),
    [
        pytest.param(timedelta(minutes=1), item("a1", "3104"), [], id="a text message may be on its way"),
        pytest.param(timedelta(minutes=30), item("a1", "3104"), [False], id="none came"),
        pytest.param(timedelta(minutes=1), item("a1", "4000", replacement=True), [True], id="it was delivered"),
        pytest.param(timedelta(minutes=1), item("a1", "4000", type="LMS"), [True], id="it was delivered as LMS"),
        pytest.param(timedelta(minutes=1), item("a1", "3104", replacement=True), [False], id="it failed too"),
    ],
)
def test_alimtalk_is_not_lost_while_a_text_message_may_replace_it(
    hook_with: Callable[..., SolapiHook],
    dealer: ScriptedDealer,
    ago: timedelta,
    found_item: dict[str, Any],
    delivered: list[bool],
) -> None:
    dealer.answers(listed(M_a1=found_item))
    hook = hook_with(extra={"fall_back": "SMS"})
    found = list(hook.findings([asked("a1", "M-a1", ago)]))
    assert [one.is_delivered for one in found] == delivered
    assert all("SMS" in one.detail for one in found if one.is_delivered)


def test_dealer_that_does_not_answer_is_no_reason_to_judge_a_message(hook: SolapiHook, dealer: ScriptedDealer) -> None:
    dealer.answers(refusal("InvalidAPIKey", 403))
    with pytest.raises(Misconfigured):
        list(hook.findings([asked("a1", "M-a1")]))


def test_connection_is_tested_without_sending(hook: SolapiHook, dealer: ScriptedDealer) -> None:
    dealer.answers(listed(), refusal("SignatureDoesNotMatch", 403))
    assert hook.test_connection() == (True, "SOLAPI accepts the API key and the secret.")
    is_good, words = hook.test_connection()
    assert (is_good, "API secret" in words) == (False, True)
    assert [request.method for request in dealer.asked] == ["GET", "GET"]


def test_airflow_knows_the_connection_type() -> None:
    from airflow.providers_manager import ProvidersManager
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    assert ProvidersManagerTaskRuntime().hooks["alimtalk_solapi"].hook_class_name == "jikimi.hooks.solapi.SolapiHook"
    widgets = ProvidersManager().connection_form_widgets
    assert widgets["extra__alimtalk_solapi__messages_a_call"].field["schema"]["default"] == 100
