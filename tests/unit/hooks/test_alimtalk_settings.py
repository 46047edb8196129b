"""A connection of a dealer is read once; what cannot be used is named with its field."""

import json
from typing import Any

import pytest
from airflow.sdk import Connection

from jikimi.exceptions import NotConfigured, Rejected
from jikimi.hooks.alimtalk_settings import NHN, SOLAPI, read_settings

EXTRA: dict[str, Any] = {"sender_key": "S" * 40, "template_alert_ko": "T1", "template_alert_more_ko": "T2"}


def connection(extra: dict[str, Any] | None = None, **changes: Any) -> Connection:
    given = {"conn_type": NHN, "login": "app-key", "password": "secret-key"} | changes
    return Connection(conn_id="alimtalk_default", extra=json.dumps(EXTRA | (extra or {})), **given)


@pytest.mark.parametrize(
    ("conn_type", "api_url", "messages_a_call"),
    [
        pytest.param(NHN, "https://kakaotalk-bizmessage.api.nhncloudservice.com", 1000, id="NHN Cloud"),
        pytest.param(SOLAPI, "https://api.solapi.com", 100, id="SOLAPI"),
    ],
)
def test_what_is_left_empty_has_a_default(conn_type: str, api_url: str, messages_a_call: int) -> None:
    settings = read_settings(connection(), conn_type)
    assert (settings.key, settings.secret, settings.sender) == ("app-key", "secret-key", "S" * 40)
    assert (settings.api_url, settings.messages_a_call) == (api_url, messages_a_call)
    assert (settings.fall_back, settings.sender_number, settings.service_number) == ("none", None, None)
    assert (settings.timeout_seconds, settings.messages_per_second) == (10, None)


def test_all_fields_are_read() -> None:
    extra = {
        "fall_back": "lms",
        "sender_number": "1599-0000",
        "service_number": "1588-1234",
        "api_url": "http://127.0.0.1:8000/",
        "timeout_seconds": "2.5",
        "messages_per_second": 50,
        "messages_a_call": 20,
    }
    settings = read_settings(connection(extra), NHN)
    assert (settings.fall_back, settings.sender_number, settings.service_number) == ("LMS", "15990000", "15881234")
    assert (settings.api_url, settings.timeout_seconds) == ("http://127.0.0.1:8000", 2.5)
    assert (settings.messages_per_second, settings.messages_a_call) == (50, 20)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"login": None}, "login", id="no key"),
        pytest.param({"password": None}, "password", id="no secret"),
        pytest.param({"extra": {"sender_key": ""}}, "sender_key", id="no sender"),
        pytest.param({"extra": {"template_alert_ko": None}}, "template_alert_ko", id="no template"),
        pytest.param({"extra": {"template_alert_more_ko": None}}, "template_alert_more_ko", id="no second template"),
        pytest.param({"extra": {"template_alert_en": "T" * 21}}, "template_alert_en", id="code that NHN cannot have"),
        pytest.param({"extra": {"fall_back": "fax"}}, "fall_back", id="unknown fall-back"),
        pytest.param({"extra": {"fall_back": "SMS"}}, "sender_number", id="fall-back without a number"),
        pytest.param({"extra": {"sender_number": "ask us"}}, "sender_number", id="number in words"),
        pytest.param({"extra": {"service_number": "1" * 15}}, "service_number", id="long number"),
        pytest.param({"extra": {"api_url": "api.solapi.com"}}, "api_url", id="address without scheme"),
        pytest.param({"extra": {"timeout_seconds": "soon"}}, "timeout_seconds", id="time-out in words"),
        pytest.param({"extra": {"timeout_seconds": -1}}, "timeout_seconds", id="negative time-out"),
        pytest.param({"extra": {"messages_per_second": 0}}, "messages_per_second", id="no message a second"),
        pytest.param({"extra": {"messages_a_call": 1001}}, "messages_a_call", id="more than NHN takes"),
    ],
)
def test_field_that_cannot_be_used_is_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(NotConfigured, match=named):
        read_settings(connection(**changes), NHN)


def test_code_of_a_template_may_be_longer_at_solapi() -> None:
    code = "KA01TP230126010938204fWJtLZUIabc"
    assert read_settings(connection({"template_alert_ko": code}), SOLAPI).template("alert.ko") == code


def test_secrets_do_not_show() -> None:
    shown = repr(read_settings(connection(), NHN))
    assert not [secret for secret in ("app-key", "secret-key", "SSSS") if secret in shown]


def test_language_without_a_template_is_refused_and_told_in_the_test() -> None:
    settings = read_settings(connection({"template_alert_en": "T3"}), NHN)
    assert (settings.template("alert.ko"), settings.template("alert.en")) == ("T1", "T3")
    with pytest.raises(Rejected, match=r"alert_more\.en"):
        settings.template("alert_more.en")
    assert settings.missing_templates() == ["template_alert_more_en"]
