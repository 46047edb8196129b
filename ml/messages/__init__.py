"""What people read: a customer's message on each channel, and what staff are told."""

from ml.messages.facts import AlertFacts, Letter
from ml.messages.figures import CURRENCY_DIGITS, amount_text, local_time
from ml.messages.letters import MAX_LENGTH, write_letter
from ml.messages.masking import mask_card, mask_id, mask_name
from ml.messages.staff import AlarmLine, FailureLine, StaffRow, alarm_letter, digest_letter, failure_letter
from ml.messages.templates import ALERTS, CALL_BUTTON, LANGUAGES, template

__all__ = [
    "ALERTS",
    "CALL_BUTTON",
    "CURRENCY_DIGITS",
    "LANGUAGES",
    "MAX_LENGTH",
    "AlarmLine",
    "AlertFacts",
    "FailureLine",
    "Letter",
    "StaffRow",
    "alarm_letter",
    "amount_text",
    "digest_letter",
    "failure_letter",
    "local_time",
    "mask_card",
    "mask_id",
    "mask_name",
    "template",
    "write_letter",
]
