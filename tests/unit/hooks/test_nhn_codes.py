"""Every code of NHN Cloud: what it makes of a request, and what it makes of a message that was taken."""

import pytest

from jikimi.exceptions import DeliveryError, Misconfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.alimtalk import Verdict
from jikimi.hooks.nhn_codes import CALLS, DELIVERIES, code_of, error_of_code, fate_of

REFUSALS = [
    pytest.param(4, Rejected, id="4 validation"),
    pytest.param(-1000, Misconfigured, id="-1000 app key"),
    pytest.param(-1001, Misconfigured, id="-1001 secret key"),
    pytest.param(-1027, Misconfigured, id="-1027 sender blocked"),
    pytest.param(-2502, Misconfigured, id="-2502 fall-back not configured"),
    pytest.param(-3003, Misconfigured, id="-3003 no template"),
    pytest.param(-3004, Misconfigured, id="-3004 parameter"),
    pytest.param(-3005, Misconfigured, id="-3005 not approved"),
    pytest.param(-3010, Misconfigured, id="-3010 body mismatch"),
    pytest.param(-5000, Rejected, id="-5000 bad number"),
    pytest.param(-7000, Unavailable, id="-7000 vendor"),
    pytest.param(-9999, Unknown, id="-9999 system"),
]


@pytest.mark.parametrize(("code", "kind"), REFUSALS)
def test_refusals_are_translated(code: int, kind: type[DeliveryError]) -> None:
    error = error_of_code(code)
    assert (type(error), error.code) == (kind, str(code))


def test_unlisted_code_was_refused_and_may_be_tried_again() -> None:
    assert type(error_of_code(-31337)) is Unavailable


@pytest.mark.parametrize("code", [pytest.param(code, id=str(code)) for code in (4, -2000, -5000)])
def test_no_message_is_given_up_for_what_another_of_the_request_may_have_wrong(code: int) -> None:
    assert type(error_of_code(code, messages=1)) is Rejected
    assert type(error_of_code(code, messages=2)) is Misconfigured


def test_only_success_and_a_known_key_mean_that_the_messages_are_with_the_dealer() -> None:
    assert {code for code, meaning in CALLS.items() if meaning.error is None} == {0, -1005}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"header": None}, id="no header"),
        pytest.param({"header": {"resultCode": "0"}}, id="code as text"),
        pytest.param({"header": {"isSuccessful": True}}, id="no code"),
    ],
)
def test_answer_without_a_code_leaves_the_messages_in_doubt(answer: dict[str, object]) -> None:
    with pytest.raises(Unknown):
        code_of(answer)


VERDICTS = [
    pytest.param("1000", "COMPLETED", "RSC01", Verdict.DELIVERED, id="1000 delivered"),
    pytest.param("1000", "COMPLETED", "RSC02", Verdict.DELIVERED, id="1000 with a fall-back that is not needed"),
    pytest.param("3005", "COMPLETED", "RSC01", Verdict.OPEN, id="3005 unconfirmed"),
    pytest.param("3005", "FAILED", "RSC01", Verdict.OPEN, id="3005 unconfirmed and called a failure"),
    pytest.param("3012", "FAILED", "RSC01", Verdict.REJECTED, id="3012 unreachable"),
    pytest.param("3016", "FAILED", "RSC01", Verdict.REJECTED, id="3016 template"),
    pytest.param("3018", "FAILED", "RSC01", Verdict.REJECTED, id="3018 cannot send"),
    pytest.param("3019", "FAILED", "RSC01", Verdict.REJECTED, id="3019 no user"),
    pytest.param("3020", "FAILED", "RSC01", Verdict.REJECTED, id="3020 blocked"),
    pytest.param("4143", "FAILED", "RSC01", Verdict.REJECTED, id="4143 expired"),
    pytest.param("3019", "FAILED", "RSC02", Verdict.OPEN, id="3019, SMS to come"),
    pytest.param("3019", "FAILED", "RSC03", Verdict.OPEN, id="3019, SMS on its way"),
    pytest.param("3019", "FAILED", "RSC04", Verdict.DELIVERED, id="3019, SMS delivered"),
    pytest.param("3019", "FAILED", "RSC05", Verdict.REJECTED, id="3019, SMS failed"),
    pytest.param("3005", "FAILED", "RSC04", Verdict.DELIVERED, id="3005, SMS delivered"),
    pytest.param("3019", None, None, Verdict.REJECTED, id="3019 of a webhook"),
    pytest.param("7777", "FAILED", "RSC01", Verdict.REJECTED, id="failed with an unlisted code"),
    pytest.param("7777", None, None, Verdict.OPEN, id="unlisted code alone"),
    pytest.param(None, "COMPLETED", "RSC01", Verdict.DELIVERED, id="completed without a code"),
    pytest.param(None, "FAILED", "RSC01", Verdict.REJECTED, id="failed without a code"),
    pytest.param(None, "CANCEL", "RSC01", Verdict.REJECTED, id="cancelled"),
    pytest.param("MRC01", "COMPLETED", "RSC01", Verdict.DELIVERED, id="MRC01"),
    pytest.param("MRC02", "FAILED", "RSC01", Verdict.REJECTED, id="MRC02"),
    pytest.param(None, "READY", None, Verdict.OPEN, id="on its way"),
    pytest.param(None, None, None, Verdict.OPEN, id="nothing known"),
]


@pytest.mark.parametrize(("code", "status", "resend", "verdict"), VERDICTS)
def test_messages_are_judged(code: str | None, status: str | None, resend: str | None, verdict: Verdict) -> None:
    assert fate_of(code, status, resend).verdict is verdict


def test_fall_back_is_named() -> None:
    assert "SMS" in fate_of("3019", "FAILED", "RSC04").words


def test_every_listed_delivery_code_has_words() -> None:
    assert all(fate.words for fate in DELIVERIES.values())
