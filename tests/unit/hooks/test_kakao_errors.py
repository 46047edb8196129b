"""Every code of KakaoTalk's message API and of its login server has one meaning."""

import re
from pathlib import Path

import pytest

from jikimi.exceptions import DeliveryError, Misconfigured, QuotaUsedUp, Rejected, Unavailable, Unknown
from jikimi.hooks.kakao_errors import LOGIN_CODES, MESSAGE_CODES, code_of, error_of_code, error_of_login, words_in

MESSAGES = [
    pytest.param(-1, Unavailable, {"tries": None}, "internal fault", id="-1"),
    pytest.param(-2, Rejected, {}, "bad parameters", id="-2"),
    pytest.param(-3, Misconfigured, {}, "not switched on", id="-3"),
    pytest.param(-4, Misconfigured, {}, "blocked", id="-4"),
    pytest.param(-5, Misconfigured, {}, "permission", id="-5"),
    pytest.param(-6, Misconfigured, {}, "suspended", id="-6"),
    pytest.param(-7, Unavailable, {"tries": None}, "maintenance", id="-7"),
    pytest.param(-8, Rejected, {}, "bad header", id="-8"),
    pytest.param(-9, Rejected, {}, "retired", id="-9"),
    pytest.param(-10, QuotaUsedUp, {"subject": "app"}, "quota", id="-10"),
    pytest.param(-11, QuotaUsedUp, {"subject": "app"}, "quota", id="-11"),
    pytest.param(-12, Misconfigured, {}, "suspended", id="-12"),
    pytest.param(-101, Rejected, {}, "not linked", id="-101"),
    pytest.param(-103, Rejected, {}, "not linked", id="-103"),
    pytest.param(-401, Misconfigured, {}, "refused even when new", id="-401"),
    pytest.param(-402, Misconfigured, {}, "consent again", id="-402"),
    pytest.param(-501, Rejected, {}, "not a KakaoTalk user", id="-501"),
    pytest.param(-502, Unavailable, {"tries": 2}, "not a friend", id="-502"),
    pytest.param(-530, Rejected, {}, "refuses messages", id="-530"),
    pytest.param(-532, QuotaUsedUp, {"subject": "sender"}, "sender's daily limit", id="-532"),
    pytest.param(-533, QuotaUsedUp, {"subject": "receiver"}, "receiver's daily limit", id="-533"),
    pytest.param(-536, QuotaUsedUp, {"subject": "pair"}, "between these two", id="-536"),
    pytest.param(-603, Unknown, {}, "time-out inside", id="-603"),
    pytest.param(-9798, Unavailable, {"tries": None}, "maintenance", id="-9798"),
]
LOGINS = [
    pytest.param("KOE006", Misconfigured, "redirect URI is not registered", id="KOE006"),
    pytest.param("KOE010", Misconfigured, "client secret", id="KOE010"),
    pytest.param("KOE101", Misconfigured, "REST API key", id="KOE101"),
    pytest.param("KOE205", Misconfigured, "scope", id="KOE205"),
    pytest.param("KOE237", Unavailable, "too many tokens", id="KOE237"),
    pytest.param("KOE303", Misconfigured, "redirect URI is another", id="KOE303"),
    pytest.param("KOE310", Misconfigured, "grant type", id="KOE310"),
    pytest.param("KOE319", Misconfigured, "refresh token is missing", id="KOE319"),
    pytest.param("KOE320", Misconfigured, "code of the consent", id="KOE320"),
    pytest.param("KOE322", Misconfigured, "jikimi kakao login", id="KOE322"),
]


@pytest.mark.parametrize(("code", "kind", "more", "words"), MESSAGES)
def test_codes_of_messages_are_translated(
    code: int, kind: type[DeliveryError], more: dict[str, object], words: str
) -> None:
    error = error_of_code(code)
    assert (type(error), error.code) == (kind, str(code))
    assert {name: getattr(error, name) for name in more} == more
    assert words in error.detail


@pytest.mark.parametrize(("code", "kind", "words"), LOGINS)
def test_codes_of_the_login_are_translated(code: str, kind: type[DeliveryError], words: str) -> None:
    error = error_of_login({"error": "invalid_client", "error_code": code}, 401)
    assert (type(error), error.code) == (kind, code)
    assert words in error.detail


def test_the_tables_of_this_test_are_whole() -> None:
    assert {case.values[0] for case in MESSAGES} == MESSAGE_CODES.keys()
    assert {case.values[0] for case in LOGINS} == LOGIN_CODES.keys()


def test_the_tables_name_every_code_of_the_wire_contract() -> None:
    contract = Path(__file__).parents[4] / "shared/reference/kakao.md"
    if not contract.is_file():
        pytest.skip(f"the wire contract is not here: {contract} is missing")
    text = contract.read_text(encoding="utf-8").split("## 3.")[0]
    rows = re.findall(r"^\| (-[\d, -]+) \| [\d,+ ]+", text, re.MULTILINE)
    assert {int(code) for row in rows for code in re.findall(r"-\d+", row)} == MESSAGE_CODES.keys()
    assert set(re.findall(r"KOE\d+", text)) == LOGIN_CODES.keys()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(200, Unavailable, id="a failure among successes"),
        pytest.param(400, Unavailable, id="a refusal"),
        pytest.param(500, Unknown, id="a server that broke down"),
    ],
)
def test_unknown_code_was_a_refusal_unless_the_server_broke_down(status: int, kind: type[DeliveryError]) -> None:
    error = error_of_code(-9999, status=status)
    assert (type(error), error.code) == (kind, "-9999")


@pytest.mark.parametrize(
    ("answer", "status", "kind", "code"),
    [
        pytest.param({"code": -1, "msg": "internal"}, 400, Unavailable, "-1", id="internal fault"),
        pytest.param({"code": -7}, 503, Unavailable, "-7", id="maintenance"),
        pytest.param({"code": -5}, 403, Misconfigured, "-5", id="no permission"),
        pytest.param({"code": -603}, 400, Unavailable, "-603", id="nothing has left"),
        pytest.param({"error": "server_error"}, 500, Unavailable, "500", id="no code"),
        pytest.param({"error": "new", "error_code": "KOE999"}, 400, Unavailable, "KOE999", id="unknown code"),
    ],
)
def test_no_refusal_of_the_login_leaves_a_message_in_doubt(
    answer: dict[str, object], status: int, kind: type[DeliveryError], code: str
) -> None:
    error = error_of_login(answer, status)
    assert (type(error), error.code) == (kind, code)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(-401, -401, id="a number"),
        pytest.param("-401", -401, id="text"),
        pytest.param(0, None, id="success"),
        pytest.param(None, None, id="nothing"),
        pytest.param(True, None, id="a truth value"),
        pytest.param([-1], None, id="a list"),
        pytest.param("-x", None, id="a word"),
    ],
)
def test_codes_are_found_however_they_are_written(value: object, code: int | None) -> None:
    assert code_of({"code": value}) == code


def test_missing_scopes_are_named() -> None:
    answer = {"msg": "insufficient scopes.", "required_scopes": ["friends", "x"], "allowed_scopes": ["x", {}]}
    assert words_in(answer) == "insufficient scopes. missing: friends"
    assert words_in({"required_scopes": 5}) == ""
