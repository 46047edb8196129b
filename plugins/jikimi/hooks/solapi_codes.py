"""SOLAPI's codes in the words of Jikimi: how it refuses a request or a message, and what it says later of a message."""

from collections.abc import Mapping
from typing import Any

from jikimi.exceptions import DeliveryError, Misconfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.alimtalk import Fate, Meaning, Verdict, error_of

SERVICE = "SOLAPI"
# The custom field by which reports find an alert.
REFERENCE = "alertId"
# A signature that was seen before means that a copy of this very request arrived earlier: each has a salt of its own.
REQUESTS = {
    "InvalidAPIKey": Meaning("the API key is not known", Misconfigured),
    "SignatureDoesNotMatch": Meaning("the API secret is wrong", Misconfigured),
    "RequestTimeTooSkewed": Meaning("this machine's clock is wrong by a quarter of an hour", Misconfigured),
    "DuplicatedSignature": Meaning("a copy of the request arrived before it", Unknown),
    "NotEnoughBalance": Meaning("the account has too little balance", Misconfigured),
    "ValidationError": Meaning("a field of the request is not valid", Rejected),
}
_TAKEN = Meaning("taken")
MESSAGES = {
    **dict.fromkeys(("2000", "3000", "4000"), _TAKEN),
    "1010": Meaning("a field that must be there is missing", Rejected),
    "1011": Meaning("the number is not written as a telephone number", Rejected),
    "1024": Meaning("an error of the dealer's own", Unavailable),
    "1025": Meaning("the kind of message is not one of the dealer's", Misconfigured),
    "1026": Meaning("the request has another message for this number", Unavailable),
    "1029": Meaning("the text message has a character that EUC-KR does not know", Rejected),
    "1030": Meaning("the account has too little balance", Misconfigured),
    "1031": Meaning("the text is too long", Rejected),
    "1032": Meaning("the dealer does not take the alert's reference", Misconfigured),
    "1041": Meaning("the KakaoTalk channel is not the account's", Misconfigured),
    "1042": Meaning("the template is not known or not approved", Misconfigured),
    "1043": Meaning("the text is not that of the template", Misconfigured),
    "1062": Meaning("the number that text messages come from is not registered", Misconfigured),
    "3103": Meaning("the text is not that of the template", Rejected),
    "3104": Meaning("not a KakaoTalk user", Rejected),
    "3107": Meaning("the customer blocked Alimtalk", Rejected),
}
DELIVERIES = {
    "2000": Fate("the dealer has it", Verdict.OPEN),
    "3000": Fate("sent, the report is due", Verdict.OPEN),
    "4000": Fate("delivered", Verdict.DELIVERED),
    **{code: Fate(meaning.words, Verdict.REJECTED) for code, meaning in MESSAGES.items() if meaning is not _TAKEN},
}


def error_of_request(code: str, messages: int) -> DeliveryError:
    """Translate the refusal of a whole request; a code that is not in the table is tried again.

    :param messages: how many of them it concerns.
    """
    return error_of(code, REQUESTS.get(code, Meaning("an unknown code", Unavailable)), SERVICE, messages)


def error_of_message(code: str) -> DeliveryError | None:
    """Translate what is said of one message in an answer; None where it was taken."""
    meaning = MESSAGES.get(code, _TAKEN if code.startswith("2") else Meaning("an unknown code", Unavailable))
    return error_of(code, meaning, SERVICE) if meaning.error else None


def reference_of(item: Mapping[str, Any]) -> str | None:
    """Return the reference that SOLAPI repeats of a message; None where it does not."""
    fields = item.get("customFields")
    return fields.get(REFERENCE) if isinstance(fields, dict) else None


def fate_of(code: str | None, *, is_text: bool = False, may_become_text: bool = False) -> Fate:
    """Judge what SOLAPI says of a message.

    :param is_text: a text message took the place of Alimtalk.
    :param may_become_text: one may still do so.
    """
    if not code or code.startswith("2"):
        return DELIVERIES["2000"]
    fate = DELIVERIES.get(code, Fate("not delivered, for a reason of the dealer's own", Verdict.REJECTED))
    if fate.verdict is Verdict.DELIVERED and is_text:
        return Fate("delivered by SMS in the place of Alimtalk", Verdict.DELIVERED)
    # What was refused on arrival, 1xxx, no text message replaces.
    if fate.verdict is Verdict.REJECTED and may_become_text and not is_text and code.startswith("3"):
        return Fate(f"{fate.words}; a text message may be on its way", Verdict.OPEN)
    return fate
