"""Every code of SOLAPI: of a whole request, of one message in an answer, and of a message later."""

import pytest

from jikimi.exceptions import DeliveryError, Misconfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.alimtalk import Verdict
from jikimi.hooks.solapi_codes import error_of_message, error_of_request, fate_of


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param("InvalidAPIKey", Misconfigured, id="API key"),
        pytest.param("SignatureDoesNotMatch", Misconfigured, id="API secret"),
        pytest.param("RequestTimeTooSkewed", Misconfigured, id="clock"),
        pytest.param("DuplicatedSignature", Unknown, id="a copy arrived before"),
        pytest.param("NotEnoughBalance", Misconfigured, id="balance"),
        pytest.param("ValidationError", Rejected, id="validation"),
        pytest.param("SomethingNew", Unavailable, id="unlisted"),
    ],
)
def test_refusals_of_a_request_are_translated(code: str, kind: type[DeliveryError]) -> None:
    error = error_of_request(code, 1)
    assert (type(error), error.code) == (kind, code)


def test_no_message_is_given_up_for_what_another_of_the_request_may_have_wrong() -> None:
    assert type(error_of_request("ValidationError", 2)) is Misconfigured


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param("2000", None, id="2000 accepted"),
        pytest.param("2230", None, id="2xxx unlisted"),
        pytest.param("3000", None, id="3000 waiting"),
        pytest.param("4000", None, id="4000 delivered"),
        pytest.param("1010", Rejected, id="1010 a field is missing"),
        pytest.param("1011", Rejected, id="1011 format"),
        pytest.param("1024", Unavailable, id="1024 the dealer's error"),
        pytest.param("1025", Misconfigured, id="1025 kind of message"),
        pytest.param("1026", Unavailable, id="1026 number twice"),
        pytest.param("1029", Rejected, id="1029 not in EUC-KR"),
        pytest.param("1030", Misconfigured, id="1030 balance"),
        pytest.param("1031", Rejected, id="1031 too long"),
        pytest.param("1032", Misconfigured, id="1032 custom field"),
        pytest.param("1041", Misconfigured, id="1041 KakaoTalk channel"),
        pytest.param("1042", Misconfigured, id="1042 bad template"),
        pytest.param("1043", Misconfigured, id="1043 content differs"),
        pytest.param("1062", Misconfigured, id="1062 sender number"),
        pytest.param("3103", Rejected, id="3103 template mismatch"),
        pytest.param("3104", Rejected, id="3104 no KakaoTalk"),
        pytest.param("3107", Rejected, id="3107 blocked"),
        pytest.param("1999", Unavailable, id="unlisted"),
    ],
)
def test_what_is_said_of_one_message_is_translated(code: str, kind: type[DeliveryError] | None) -> None:
    error = error_of_message(code)
    assert (type(error) if error else None) is kind


@pytest.mark.parametrize(
    ("code", "verdict", "with_fall_back"),
    [
        pytest.param("2000", Verdict.OPEN, Verdict.OPEN, id="2000 accepted"),
        pytest.param("3000", Verdict.OPEN, Verdict.OPEN, id="3000 waiting"),
        pytest.param("4000", Verdict.DELIVERED, Verdict.DELIVERED, id="4000 delivered"),
        pytest.param("1010", Verdict.REJECTED, Verdict.REJECTED, id="1010 a field is missing"),
        pytest.param("1011", Verdict.REJECTED, Verdict.REJECTED, id="1011 format"),
        pytest.param("1024", Verdict.REJECTED, Verdict.REJECTED, id="1024 the dealer's error"),
        pytest.param("1025", Verdict.REJECTED, Verdict.REJECTED, id="1025 kind of message"),
        pytest.param("1026", Verdict.REJECTED, Verdict.REJECTED, id="1026 number twice"),
        pytest.param("1029", Verdict.REJECTED, Verdict.REJECTED, id="1029 not in EUC-KR"),
        pytest.param("1030", Verdict.REJECTED, Verdict.REJECTED, id="1030 balance"),
        pytest.param("1031", Verdict.REJECTED, Verdict.REJECTED, id="1031 too long"),
        pytest.param("1032", Verdict.REJECTED, Verdict.REJECTED, id="1032 custom field"),
        pytest.param("1041", Verdict.REJECTED, Verdict.REJECTED, id="1041 KakaoTalk channel"),
        pytest.param("1042", Verdict.REJECTED, Verdict.REJECTED, id="1042 bad template"),
        pytest.param("1043", Verdict.REJECTED, Verdict.REJECTED, id="1043 content differs"),
        pytest.param("1062", Verdict.REJECTED, Verdict.REJECTED, id="1062 sender number"),
        pytest.param("3103", Verdict.REJECTED, Verdict.OPEN, id="3103 template mismatch"),
        pytest.param("3104", Verdict.REJECTED, Verdict.OPEN, id="3104 no KakaoTalk"),
        pytest.param("3107", Verdict.REJECTED, Verdict.OPEN, id="3107 blocked"),
        pytest.param("3999", Verdict.REJECTED, Verdict.OPEN, id="unlisted failure"),
        pytest.param(None, Verdict.OPEN, Verdict.OPEN, id="nothing yet"),
    ],
)
def test_messages_are_judged(code: str | None, verdict: Verdict, with_fall_back: Verdict) -> None:
    assert fate_of(code).verdict is verdict
    assert fate_of(code, may_become_text=True).verdict is with_fall_back


def test_text_message_in_the_place_of_alimtalk_decides() -> None:
    delivered = fate_of("4000", is_text=True)
    assert (delivered.verdict, "SMS" in delivered.words) == (Verdict.DELIVERED, True)
    assert fate_of("3104", is_text=True, may_become_text=True).verdict is Verdict.REJECTED
