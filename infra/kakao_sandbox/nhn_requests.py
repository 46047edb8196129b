"""A request to NHN Cloud is checked here: as a whole, and recipient by recipient."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.kakao_sandbox import dealers_texts
from infra.kakao_sandbox.dealers_deliveries import Delivery, Refused, TextMessage
from infra.kakao_sandbox.nhn_answers import CHANNEL, NhnError, seconds
from infra.kakao_sandbox.settings import Settings

MOST_RECIPIENTS = 1000
_MOST_KEY = 100
_MOST_CODE = 20
_LATEST = 90 * 24 * 3600
_TELEPHONE = re.compile(r"[\d-]{1,14}")


@dataclass(frozen=True)
class Sending:
    """A request that passed what is checked once for all recipients.

    :param template: the text with its `#{name}`.
    :param starts_at: in seconds since 1970.
    """

    template_code: str
    template: str
    grouping_key: str | None
    starts_at: float
    recipients: list[Any] = field(repr=False)


def read(body: object, settings: Settings, now: float) -> Sending:
    """Check a request as a whole.

    :raises NhnError: it is refused.
    """
    if not isinstance(body, dict):
        raise NhnError(-3002)
    code, recipients, key = (body.get(name) for name in ("templateCode", "recipientList", "senderGroupingKey"))
    if not isinstance(code, str) or not 0 < len(code) <= _MOST_CODE:
        raise NhnError(4, f"templateCode must have 1 to {_MOST_CODE} characters.")
    if not isinstance(recipients, list) or not 0 < len(recipients) <= MOST_RECIPIENTS:
        raise NhnError(4, f"recipientList must name 1 to {MOST_RECIPIENTS} recipients.")
    if key is not None and (not isinstance(key, str) or len(key) > _MOST_KEY):
        raise NhnError(4, f"senderGroupingKey must have at most {_MOST_KEY} characters.")
    if not settings.nhn_sender_key or body.get("senderKey") != settings.nhn_sender_key:
        raise NhnError(-2017)
    template = settings.templates.get(code)
    if template is None:
        raise NhnError(-3003)
    if len(dealers_texts.blanks(template)) > dealers_texts.MOST_VARIABLES:
        raise NhnError(-3005)
    return Sending(code, template, key, _starts_at(body.get("requestDate"), now), recipients)


def delivery(sending: Sending, sequence: int, recipient: object, settings: Settings) -> Delivery:
    """Check one recipient.

    :param sequence: its place in the request, from 1.
    :raises Refused: nothing can be sent to it.
    """
    if not isinstance(recipient, dict):
        raise Refused(4)
    number, key = dealers_texts.domestic(recipient.get("recipientNo")), recipient.get("recipientGroupingKey")
    if number is None:
        raise Refused(-5000)
    if key is not None and (not isinstance(key, str) or len(key) > _MOST_KEY):
        raise Refused(-2000)
    text = _filled(sending.template, recipient.get("templateParameter") or {})
    fall_back = _fall_back(recipient.get("resendParameter") or {}, text, settings)
    _check_buttons(recipient.get("buttons") or [])
    return Delivery(sequence, number, text, template=sending.template_code, reference=key, fall_back=fall_back)


def _filled(template: str, values: object) -> str:
    if not isinstance(values, dict) or len(values) > dealers_texts.MOST_VARIABLES:
        raise Refused(-3004)
    text = dealers_texts.fill(template, values)
    if text is None:
        raise Refused(-3004)
    if not 0 < len(text) <= dealers_texts.MOST_CHARACTERS:
        raise Refused(-2019)
    return text


def _starts_at(requested: object, now: float) -> float:
    if not requested:
        return now
    at = seconds(str(requested))
    if at is None:
        raise NhnError(-2027)
    # A minute that has begun is not past.
    if at < now - 60:
        raise NhnError(-2025)
    if at > now + _LATEST:
        raise NhnError(-2026)
    return max(at, now)


def _fall_back(wanted: Any, text: str, settings: Settings) -> TextMessage | None:
    """Return the text message in place of Alimtalk, None without one.

    The real service may cut what is too long; here it is refused, so that nobody relies on that.
    """
    if not isinstance(wanted, Mapping):
        raise Refused(4)
    if not wanted.get("isResend"):
        return None
    if not settings.sms_sender_number:
        raise Refused(-2502)
    body = str(wanted.get("resendContent") or text)
    kind = wanted.get("resendType") or dealers_texts.kind_of(body)
    if kind not in dealers_texts.MOST_BYTES or not dealers_texts.fits(body, kind):
        raise Refused(-4200)
    sender = str(wanted.get("resendSendNo") or settings.sms_sender_number).replace("-", "")
    subject = str(wanted.get("resendTitle") or CHANNEL) if kind == dealers_texts.LMS else None
    # The SMS service finds out only when it sends that the number is not registered.
    fate = None if sender == settings.sms_sender_number.replace("-", "") else "-1003"
    return TextMessage(kind, body, subject, sender, fate)


def _check_buttons(buttons: Any) -> None:
    if not isinstance(buttons, list) or not all(
        isinstance(button, dict) and isinstance(button.get("ordering"), int) for button in buttons
    ):
        raise Refused(-2018)
    numbers = [button["telNumber"] for button in buttons if button.get("telNumber") is not None]
    if not all(isinstance(number, str) and _TELEPHONE.fullmatch(number) for number in numbers):
        raise Refused(-3053)
