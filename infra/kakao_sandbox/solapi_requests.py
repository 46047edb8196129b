"""A request to SOLAPI is checked here: as a whole, and message by message."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.kakao_sandbox import dealers_texts
from infra.kakao_sandbox.dealers_deliveries import Delivery, Refused, TextMessage
from infra.kakao_sandbox.settings import Settings
from infra.kakao_sandbox.solapi_answers import SolapiError

MOST_MESSAGES = 10_000
_MOST_NAME, _MOST_VALUE = 30, 100


@dataclass(frozen=True)
class Sending:
    """A request that passed what is checked once for all messages.

    :param messages: one for each number.
    :param starts_at: in seconds since 1970.
    """

    messages: list[dict[str, Any]] = field(repr=False)
    allows_copies: bool
    shows_list: bool
    starts_at: float


def read(body: object, now: float) -> Sending:
    """Check a request as a whole.

    :raises SolapiError: it is refused.
    """
    given = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise SolapiError("ValidationError", "messages must be a list of messages.")
    messages = [{**one, "to": number} for one in given for number in _numbers(one)]
    if not 0 < len(messages) <= MOST_MESSAGES:
        raise SolapiError("ValidationError", f"messages must have 1 to {MOST_MESSAGES} messages.")
    copies, shows = (bool(body.get(name)) for name in ("allowDuplicates", "showMessageList"))
    return Sending(messages, copies, shows, _starts_at(body.get("scheduledDate"), now))


def kind_of(message: Mapping[str, Any]) -> str:
    """Return the type of a message: as it says, or what it looks like."""
    if message.get("type"):
        return str(message["type"]).upper()
    options = message.get("kakaoOptions")
    return "ATA" if isinstance(options, dict) else dealers_texts.kind_of(str(message.get("text") or ""))


def delivery(message: Mapping[str, Any], sequence: int, message_id: str, settings: Settings) -> Delivery:
    """Check one message.

    :param sequence: its place in the group, from 1.
    :raises Refused: it cannot be sent.
    """
    kind = kind_of(message)
    if kind not in ("ATA", *dealers_texts.MOST_BYTES):
        raise Refused("1025")
    number, reference = _address(message), _custom_fields(message.get("customFields"))
    sender = _sender(message.get("from"), settings)
    if kind == "ATA":
        options = message.get("kakaoOptions")
        options = options if isinstance(options, dict) else {}
        template, text = _alimtalk(options, message.get("text"), settings)
        fall_back = None if options.get("disableSms") else _fall_back(message, text, sender, settings)
        return Delivery(sequence, number, text, kind, None, template, sender, reference, message_id, fall_back)
    text = str(message.get("text") or "")
    _check_text(text, kind)
    if sender is None:
        raise Refused("1062")
    return Delivery(sequence, number, text, kind, message.get("subject"), None, sender, reference, message_id)


def _numbers(message: Mapping[str, Any]) -> list[Any]:
    number = message.get("to")
    return number if isinstance(number, list) else [number]


def _starts_at(scheduled: object, now: float) -> float:
    if not scheduled:
        return now
    try:
        at = datetime.fromisoformat(str(scheduled))
    except ValueError:
        raise SolapiError("ValidationError", "scheduledDate is no ISO 8601 date.") from None
    return max(now, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _address(message: Mapping[str, Any]) -> str:
    if not message.get("to"):
        raise Refused("1010")
    number = dealers_texts.domestic(message["to"])
    if number is None or message.get("country", "82") != "82":
        raise Refused("1011")
    return number


def _custom_fields(fields: object) -> str | None:
    if fields is None:
        return None
    if not isinstance(fields, dict) or not all(
        isinstance(value, str) and len(name) <= _MOST_NAME and len(value) <= _MOST_VALUE
        for name, value in fields.items()
    ):
        raise Refused("1032")
    return json.dumps(fields, ensure_ascii=False)


def _sender(number: object, settings: Settings) -> str | None:
    """Return the registered number that text messages come from; None where the message names none."""
    if not number:
        return None
    digits, registered = (str(one).replace("-", "") for one in (number, settings.sms_sender_number))
    if not registered or digits != registered:
        raise Refused("1062")
    return digits


def _alimtalk(options: Mapping[str, Any], text: object, settings: Settings) -> tuple[str, str]:
    """Return the template's id and what the customer reads."""
    if options.get("pfId") != settings.solapi_pf_id:
        raise Refused("1041")
    code = str(options.get("templateId") or "")
    template = settings.templates.get(code)
    if template is None or len(dealers_texts.blanks(template)) > dealers_texts.MOST_VARIABLES:
        raise Refused("1042")
    variables = options.get("variables") or {}
    if text and not variables:
        filled = str(text) if dealers_texts.is_filled(template, str(text)) else None
    else:
        # SOLAPI's variables are called by what stands in the template, `#{name}`.
        named = {name[2:-1]: value for name, value in variables.items() if name.startswith("#{")}
        filled = dealers_texts.fill(template, named)
    if filled is None:
        raise Refused("1043")
    if not 0 < len(filled) <= dealers_texts.MOST_CHARACTERS:
        raise Refused("1031")
    return code, filled


def _fall_back(message: Mapping[str, Any], text: str, sender: str | None, settings: Settings) -> TextMessage:
    """Return the text message in place of Alimtalk: the first of `replacements`, or the same text."""
    replacements = message.get("replacements") or []
    if replacements:
        wanted = replacements[0]
        body = str(wanted.get("text") or "")
        kind = str(wanted.get("type") or dealers_texts.kind_of(body)).upper()
        _check_text(body, kind)
        sender = _sender(wanted.get("from"), settings) or sender
    else:
        wanted, body, kind = {}, text, dealers_texts.kind_of(text)
    if sender is None:
        raise Refused("1062")
    # Nobody looks at the same text again before it fails.
    fate = None if dealers_texts.fits(body, kind) else "3011"
    return TextMessage(kind, body, wanted.get("subject"), sender, fate)


def _check_text(text: str, kind: str) -> None:
    if not text:
        raise Refused("1010")
    if kind not in dealers_texts.MOST_BYTES:
        raise Refused("1025")
    if dealers_texts.text_bytes(text) is None:
        raise Refused("1029")
    if not dealers_texts.fits(text, kind):
        raise Refused("1031")
