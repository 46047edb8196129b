"""AlimtalkChannel and the sandbox's two dealers over HTTP: nothing is sent twice, and reports say what became of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import Settings
from jikimi.channels.alimtalk import AlimtalkChannel
from jikimi.channels.base import Message, OpenAttempt, Report, Taken
from jikimi.exceptions import DeliveryError, Misconfigured, Rejected, Unavailable, Unknown
from ml.messages import AlertFacts, template, write_letter
from tests.dealers import EXTRA, connect
from tests.serving import get, post, serving

SENDER = "S" * 40
TEMPLATES = {
    str(EXTRA[f"template_{name.replace('.', '_')}"]): template("alimtalk", name)
    for name in ("alert.ko", "alert_more.ko", "alert.en", "alert_more.en")
}
SETTINGS = Settings(
    "app-key",
    "app-secret",
    nhn_app_key="app-key",
    nhn_secret_key="secret-key",
    nhn_sender_key=SENDER,
    solapi_api_key="app-key",
    solapi_api_secret="secret-key",
    solapi_pf_id=SENDER,
    templates=TEMPLATES,
    report_delay_seconds=0,
)
DEALERS = [pytest.param("nhn", id="NHN"), pytest.param("solapi", id="SOLAPI")]


class Sandbox:
    """The running sandbox as a test orders and sees it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def order_fault(self, **fault: Any) -> None:
        post(f"{self.url}/admin/faults", json=fault).raise_for_status()

    def order_fate(self, **fate: Any) -> None:
        post(f"{self.url}/admin/deliveries", json=fate).raise_for_status()

    def later(self, seconds: float) -> None:
        post(f"{self.url}/admin/clock", json={"shift_seconds": seconds}).raise_for_status()

    def arrived(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = get(f"{self.url}/admin/messages").json()
        return found


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with serving(create_app(tmp_path / "sandbox", SETTINGS)) as url:
        yield Sandbox(url)


@pytest.fixture
def open_over(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AlimtalkChannel]:
    def make(dealer: str, fields: dict[str, str] | None = None, **extra: Any) -> AlimtalkChannel:
        connect(monkeypatch, f"alimtalk_{dealer}", sandbox.url, **(fields or {}), extra=extra)
        return AlimtalkChannel(f"alimtalk_{dealer}")

    return make


def message(number: int, language: str = "ko", more: int = 0, phone: int | None = None) -> Message:
    reference = f"{number:08X}"
    facts = AlertFacts(
        datetime.now(UTC),
        Decimal(1234567),
        "KRW",
        reference,
        "홍길동",
        "1234567890127890",
        '김밥"천국"\\ #{bank}',
        more,
    )
    letter = write_letter("alimtalk", facts, "지킴이은행", ZoneInfo("Asia/Seoul"), language)
    return Message(number, reference, f"010-1234-{number if phone is None else phone:04d}", letter)


def attempts(messages: Sequence[Message], results: Mapping[int, Taken | DeliveryError]) -> list[OpenAttempt]:
    ids = {alert_id: getattr(result, "dealer_id", None) for alert_id, result in results.items()}
    return [OpenAttempt(one.reference, ids.get(one.alert_id), datetime.now(UTC)) for one in messages]


def reports_of(channel: AlimtalkChannel, messages: Sequence[Message], results: Any) -> dict[str | None, Report]:
    return {report.reference: report for report in channel.reports(attempts(messages, results))}


@pytest.mark.parametrize(
    ("dealer", "calls"), [pytest.param("nhn", 1, id="NHN"), pytest.param("solapi", 10, id="SOLAPI")]
)
def test_a_thousand_messages_arrive_and_are_reported(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str, calls: int
) -> None:
    channel, messages = open_over(dealer, service_number="1588-1234"), [message(number) for number in range(1000)]
    planned = channel.calls(messages)
    assert len(planned) == calls
    results = {alert: taken for call in planned for alert, taken in channel.send(call, uuid4()).items()}
    assert len({taken.dealer_id for taken in results.values() if isinstance(taken, Taken)}) == 1000
    assert [one["text"] for one in sandbox.arrived()] == [one.letter.text for one in messages]
    reports = reports_of(channel, messages, results)
    assert len(reports) == 1000
    assert all(report.is_delivered for report in reports.values())


@pytest.mark.parametrize("dealer", DEALERS)
def test_every_language_and_kind_has_its_template(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str
) -> None:
    channel = open_over(dealer)
    messages = [message(1), message(2, "en"), message(3, more=4), message(4, "en", more=4)]
    for call in channel.calls(messages):
        assert all(isinstance(result, Taken) for result in channel.send(call, uuid4()).values())
    assert {one["text"] for one in sandbox.arrived()} == {one.letter.text for one in messages}


@pytest.mark.parametrize("dealer", DEALERS)
def test_customers_with_one_telephone_are_both_told(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str
) -> None:
    channel, messages = open_over(dealer), [message(1, phone=7), message(2, phone=7)]
    results = {alert: taken for call in channel.calls(messages) for alert, taken in channel.send(call, uuid4()).items()}
    assert [type(results[alert_id]) for alert_id in (1, 2)] == [Taken, Taken]
    assert len(sandbox.arrived()) == 2
    assert set(reports_of(channel, messages, results)) == {"00000001", "00000002"}


TAKEN_BUT_LOST = {
    "time-out after it was taken": {"kind": "timeout", "seconds": 1.5},
    "cut after it was taken": {"kind": "cut"},
    "gateway lost the answer": {"kind": "error_after", "status": 502},
}
LOST = [
    *(pytest.param(fault, "-1005", id=name) for name, fault in TAKEN_BUT_LOST.items()),
    pytest.param({"kind": "error_after", "code": -9999}, "-1005", id="system error after it was taken"),
    pytest.param({"kind": "cut_before"}, "0", id="cut before it was taken"),
    pytest.param({"kind": "error", "code": -9999}, "0", id="system error before it was taken"),
]


@pytest.mark.parametrize(("fault", "code"), LOST)
def test_lost_answer_of_nhn_is_asked_for_again_and_nothing_arrives_twice(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, fault: dict[str, Any], code: str
) -> None:
    channel, messages, call_id = open_over("nhn", timeout_seconds=1), [message(1), message(2)], uuid4()
    sandbox.order_fault(target="nhn", **fault)
    with pytest.raises(Unknown):
        channel.send(messages, call_id)
    results = channel.send(messages, call_id)
    assert [getattr(results[alert_id], "code", "") for alert_id in (1, 2)] == [code, code]
    assert len(sandbox.arrived()) == 2
    reports = reports_of(channel, messages, results)
    assert {name: (report.is_delivered, bool(report.dealer_id)) for name, report in reports.items()} == {
        "00000001": (True, True),
        "00000002": (True, True),
    }


@pytest.mark.parametrize("fault", TAKEN_BUT_LOST.values(), ids=TAKEN_BUT_LOST)
def test_lost_answer_of_solapi_is_settled_by_its_reports(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    channel, messages = open_over("solapi", timeout_seconds=1), [message(1), message(2)]
    sandbox.order_fault(target="solapi", **fault)
    with pytest.raises(Unknown):
        channel.send(messages, uuid4())
    assert len(sandbox.arrived()) == 2
    reports = reports_of(channel, messages, {})
    assert [(report.is_delivered, bool(report.dealer_id)) for report in reports.values()] == [(True, True)] * 2


@pytest.mark.parametrize("dealer", DEALERS)
def test_dealer_that_is_away_takes_nothing(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str
) -> None:
    channel = open_over(dealer)
    sandbox.order_fault(target=dealer, kind="down")
    with pytest.raises(Unavailable):
        channel.send([message(1)], uuid4())
    assert sandbox.arrived() == []
    assert list(channel.reports([OpenAttempt("00000001", None, datetime.now(UTC))])) == []


@pytest.mark.parametrize(
    ("dealer", "code"), [pytest.param("nhn", -5000, id="NHN"), pytest.param("solapi", "3107", id="SOLAPI")]
)
def test_refused_messages_do_not_take_the_others_with_them(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str, code: int | str
) -> None:
    sandbox.order_fault(target=dealer, kind="partial", failing=2, code=code)
    messages = [message(number) for number in range(5)]
    results = open_over(dealer).send(messages, uuid4())
    assert [type(results[number]) for number in range(5)] == [Rejected, Rejected, Taken, Taken, Taken]
    assert len(sandbox.arrived()) == 3


@pytest.mark.parametrize(
    ("dealer", "code"), [pytest.param("nhn", -5000, id="NHN"), pytest.param("solapi", "3107", id="SOLAPI")]
)
def test_request_of_which_nothing_is_taken_names_each_reason(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str, code: int | str
) -> None:
    sandbox.order_fault(target=dealer, kind="partial", failing=2, code=code)
    results = open_over(dealer).send([message(1), message(2)], uuid4())
    assert [type(results[number]) for number in (1, 2)] == [Rejected, Rejected]


@pytest.mark.parametrize("dealer", DEALERS)
def test_wrong_secret_is_a_matter_for_a_person(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str
) -> None:
    channel = open_over(dealer, {"password": "wrong"})
    with pytest.raises(Misconfigured):
        channel.send([message(1)], uuid4())
    is_good, words = channel.test()
    assert (is_good, "secret" in words) == (False, True)
    assert open_over(dealer).test()[0] is True
    assert sandbox.arrived() == []


@pytest.mark.parametrize("dealer", DEALERS)
def test_template_that_the_dealer_does_not_know_is_a_matter_for_a_person(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str
) -> None:
    channel = open_over(dealer, template_alert_ko="OTHER")
    try:
        (result,) = channel.send([message(1)], uuid4()).values()
    except DeliveryError as error:
        result = error
    assert isinstance(result, Misconfigured)


@pytest.mark.parametrize("dealer", DEALERS)
def test_report_comes_when_the_dealer_knows(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str
) -> None:
    sandbox.order_fate(delay_seconds=60)
    channel, messages = open_over(dealer), [message(1)]
    results = channel.send(messages, uuid4())
    assert reports_of(channel, messages, results) == {}
    sandbox.later(61)
    assert [report.is_delivered for report in reports_of(channel, messages, results).values()] == [True]


VERDICTS = [
    *(pytest.param("nhn", code, False, id=f"NHN {code}") for code in ("3012", "3016", "3018", "3019", "3020", "4143")),
    pytest.param("nhn", "1000", True, id="NHN 1000"),
    pytest.param("nhn", "3005", None, id="NHN 3005"),
    *(pytest.param("solapi", code, False, id=f"SOLAPI {code}") for code in ("3103", "3104", "3107")),
    pytest.param("solapi", "4000", True, id="SOLAPI 4000"),
]


@pytest.mark.parametrize(("dealer", "code", "is_delivered"), VERDICTS)
def test_every_code_of_a_delivery_is_reported(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str, code: str, is_delivered: bool | None
) -> None:
    sandbox.order_fate(code=code)
    channel, messages = open_over(dealer), [message(1)]
    reports = reports_of(channel, messages, channel.send(messages, uuid4()))
    told = [(report.is_delivered, report.code) for report in reports.values()]
    assert told == ([] if is_delivered is None else [(is_delivered, code)])


@pytest.mark.parametrize("dealer", DEALERS)
@pytest.mark.parametrize("kind", ["SMS", "LMS"])
def test_text_message_takes_the_place_of_alimtalk(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str, kind: str
) -> None:
    refused = "3019" if dealer == "nhn" else "3104"
    sandbox.order_fate(code=refused, delay_seconds=20)
    channel, messages = open_over(dealer, fall_back=kind), [message(1)]
    results = channel.send(messages, uuid4())
    sandbox.later(21)
    assert reports_of(channel, messages, results) == {}, "KakaoTalk refused, the text message is on its way"
    sandbox.later(42)
    (report,) = reports_of(channel, messages, results).values()
    assert (report.is_delivered, "SMS" in report.detail) == (True, True)
    letter = messages[0].letter
    assert [one["text"] for one in sandbox.arrived()][-1] == (letter.sms if kind == "SMS" else letter.lms)


@pytest.mark.parametrize(
    ("dealer", "code", "text_code"),
    [pytest.param("nhn", "3019", "3003", id="NHN"), pytest.param("solapi", "3104", "3040", id="SOLAPI")],
)
def test_message_is_rejected_where_the_text_message_fails_too(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str, code: str, text_code: str
) -> None:
    sandbox.order_fate(code=code, text_code=text_code)
    channel, messages = open_over(dealer, fall_back="SMS"), [message(1)]
    (report,) = reports_of(channel, messages, channel.send(messages, uuid4())).values()
    assert report.is_delivered is False


@pytest.mark.parametrize("dealer", DEALERS)
def test_nothing_personal_is_in_what_is_kept_or_logged(
    open_over: Callable[..., AlimtalkChannel], sandbox: Sandbox, dealer: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="jikimi")
    sandbox.order_fault(target=dealer, kind="partial", failing=1, code=-5000 if dealer == "nhn" else "3107")
    sandbox.order_fate(code="3020" if dealer == "nhn" else "3107")
    channel, messages = open_over(dealer), [message(1234), message(5678)]
    results = channel.send(messages, uuid4())
    kept = [repr(results), repr(list(reports_of(channel, messages, results).values())), caplog.text]
    assert not [word for word in ("1234567", "12341234", "12345678", "홍", "김밥") if word in "".join(kept)]
