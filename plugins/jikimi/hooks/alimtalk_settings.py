"""What a connection of the types `alimtalk_nhn` and `alimtalk_solapi` says, read and checked once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from jikimi.exceptions import NotConfigured, Rejected

FallBack = Literal["none", "SMS", "LMS"]
NHN = "alimtalk_nhn"
SOLAPI = "alimtalk_solapi"
API_URLS = {NHN: "https://kakaotalk-bizmessage.api.nhncloudservice.com", SOLAPI: "https://api.solapi.com"}
TIMEOUT_SECONDS = 10.0
# NHN knows a repeated request; at SOLAPI a lost answer leaves every message of the request in doubt.
MESSAGES_A_CALL = {NHN: 1000, SOLAPI: 100}
# NHN knows the key of a request for ten minutes; a minute less, because its clock is another one. SOLAPI knows none.
REPEATABLE_SECONDS = {NHN: 540.0, SOLAPI: 0.0}
_MOST_A_CALL = {NHN: 1000, SOLAPI: 10_000}
# Customers read Korean unless they said otherwise.
_NEEDED_TEMPLATES = ("alert.ko", "alert_more.ko")
_TEMPLATES = (*_NEEDED_TEMPLATES, "alert.en", "alert_more.en")
_LONGEST_NHN_CODE = 20
_NUMBER = re.compile(r"[\d-]{1,14}")


@dataclass(frozen=True)
class AlimtalkSettings:
    """A checked connection; its `repr` shows no secret.

    :param sender: the sender's profile: NHN's sender key, SOLAPI's pfId.
    :param templates: codes of the approved templates by the names of `Letter.template`, such as `alert.ko`.
    :param fall_back: what is sent where KakaoTalk does not take a message.
    :param sender_number: registered number that text messages come from.
    :param service_number: what the button of a message dials; None for the template's own.
    :param timeout_seconds: for the connection, and again for the answer.
    """

    key: str = field(repr=False)
    secret: str = field(repr=False)
    sender: str = field(repr=False)
    templates: Mapping[str, str]
    fall_back: FallBack
    sender_number: str | None
    service_number: str | None
    api_url: str
    timeout_seconds: float
    messages_per_second: float | None
    messages_a_call: int

    def template(self, name: str) -> str:
        """Return the code of a template.

        :raises Rejected: there is none, which is no reason to leave customers of another language waiting.
        """
        if code := self.templates.get(name):
            return code
        raise Rejected(f"The connection names no template {name}.", "template")

    def missing_templates(self) -> list[str]:
        """Return the fields of templates that are empty."""
        return [_field_of(name) for name in _TEMPLATES if name not in self.templates]


def read_settings(connection: Any, conn_type: str) -> AlimtalkSettings:
    """Read an Airflow connection: login, password and the extras.

    :raises NotConfigured: a field is missing or cannot be used.
    """
    name, extra = connection.conn_id, connection.extra_dejson
    fall_back = _fall_back(extra.get("fall_back"), name)
    sender_number = _number(extra.get("sender_number"), "sender_number", name)
    if fall_back != "none" and not sender_number:
        raise NotConfigured(f"Text messages of the connection {name} need a sender_number, or fall_back none.")
    return AlimtalkSettings(
        key=_needed(connection.login, "login", name),
        secret=_needed(connection.password, "password", name),
        sender=_needed(extra.get("sender_key"), "sender_key", name),
        templates=_templates(extra, conn_type, name),
        fall_back=fall_back,
        sender_number=sender_number,
        service_number=_number(extra.get("service_number"), "service_number", name),
        api_url=_url(extra.get("api_url") or API_URLS[conn_type], name),
        timeout_seconds=_figure(extra.get("timeout_seconds") or TIMEOUT_SECONDS, "timeout_seconds", 600, name),
        messages_per_second=_rate(extra.get("messages_per_second"), name),
        messages_a_call=_a_call(extra.get("messages_a_call"), conn_type, name),
    )


def _templates(extra: Mapping[str, Any], conn_type: str, connection: str) -> dict[str, str]:
    found = {name: str(code) for name in _TEMPLATES if (code := extra.get(_field_of(name)))}
    for name, code in found.items():
        if conn_type == NHN and len(code) > _LONGEST_NHN_CODE:
            most = f"at most {_LONGEST_NHN_CODE} characters"
            raise NotConfigured(f"{_field_of(name)} of the connection {connection} must have {most}.")
    for name in _NEEDED_TEMPLATES:
        _needed(found.get(name), _field_of(name), connection)
    return found


def _field_of(template: str) -> str:
    return f"template_{template.replace('.', '_')}"


def _needed(value: str | None, field_name: str, connection: str) -> str:
    if not value:
        raise NotConfigured(f"The connection {connection} has no {field_name}: set it under Admin > Connections.")
    return str(value)


def _fall_back(value: str | None, connection: str) -> FallBack:
    chosen = {"": "none", "NONE": "none", "SMS": "SMS", "LMS": "LMS"}.get((value or "").upper())
    if not chosen:
        raise NotConfigured(f"fall_back of the connection {connection} must be none, SMS or LMS.")
    return cast(FallBack, chosen)


def _number(value: object, field_name: str, connection: str) -> str | None:
    """Read a number as dealers take it: digits and hyphens, at most 14 of them."""
    text = str(value or "").strip()
    if text and not _NUMBER.fullmatch(text):
        raise NotConfigured(f"{field_name} of the connection {connection} must be digits, hyphens between them.")
    return text.replace("-", "") or None


def _url(value: str, connection: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise NotConfigured(f"api_url of the connection {connection} must start with https:// or http://.")
    return value.rstrip("/")


def _figure(value: object, field_name: str, below: float, connection: str) -> float:
    try:
        figure = float(str(value))
    except ValueError:
        figure = 0
    if not 0 < figure < below:
        raise NotConfigured(f"{field_name} of the connection {connection} must be above 0 and below {below:g}.")
    return figure


def _rate(value: object, connection: str) -> float | None:
    return _figure(value, "messages_per_second", 1e6, connection) if value not in (None, "") else None


def _a_call(value: object, conn_type: str, connection: str) -> int:
    most = _MOST_A_CALL[conn_type]
    figure = _figure(value or MESSAGES_A_CALL[conn_type], "messages_a_call", most + 1, connection)
    return max(1, int(figure))
