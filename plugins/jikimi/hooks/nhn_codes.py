"""NHN Cloud's codes in the words of Jikimi: what it answers to a request, and what it says later of a message."""

from collections.abc import Mapping
from typing import Any

from jikimi.exceptions import DeliveryError, Misconfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.alimtalk import Fate, Meaning, Verdict, error_of

SERVICE = "NHN Cloud"
TAKEN = 0
KNOWN_CALL = -1005
# -9999 may come after the request was taken. Were it `Unavailable`, the next try would have an idempotency key of its
# own and the customer perhaps two messages; as `Unknown` the same request is repeated with the same key, which NHN
# answers with -1005 if it has the messages, and takes if it has not.
CALLS = {
    TAKEN: Meaning("taken"),
    4: Meaning("a field of the request is not valid", Rejected),
    -1000: Meaning("the app key is not known", Misconfigured),
    -1001: Meaning("the secret key is wrong", Misconfigured),
    -1002: Meaning("the app key of the SMS service is not known", Misconfigured),
    -1003: Meaning("the number that text messages come from is not registered", Misconfigured),
    KNOWN_CALL: Meaning("taken already with the same idempotency key"),
    -1006: Meaning("the sender has no key", Misconfigured),
    -1027: Meaning("the sender is blocked", Misconfigured),
    -1028: Meaning("what is filled in is too long for a new account", Misconfigured),
    -1031: Meaning("no receiver was taken", Unavailable),
    **dict.fromkeys(range(-2005, -1999), Meaning("a field is missing, too long or out of its range", Rejected)),
    -2017: Meaning("the sender is not known", Misconfigured),
    -2018: Meaning("the button is not valid", Misconfigured),
    -2019: Meaning("the filled template is longer than 1,000 characters", Rejected),
    -2502: Meaning("the fall-back to text messages is not configured", Misconfigured),
    -3003: Meaning("the template is not known", Misconfigured),
    -3004: Meaning("what is filled in does not fit the template", Misconfigured),
    -3005: Meaning("the template is not approved", Misconfigured),
    -3010: Meaning("the text is not that of the template", Misconfigured),
    -3052: Meaning("the button has no telephone number", Misconfigured),
    -3053: Meaning("the button's telephone number is not valid", Misconfigured),
    -4004: Meaning("the app key is not known", Misconfigured),
    -4005: Meaning("the app key is switched off", Misconfigured),
    -4200: Meaning("the text message of the fall-back is not valid", Rejected),
    -5000: Meaning("the receiver's number is not valid", Rejected),
    -7000: Meaning("KakaoTalk did not answer the dealer", Unavailable),
    -9999: Meaning("internal fault", Unknown),
}
DELIVERIES = {
    "1000": Fate("delivered", Verdict.DELIVERED),
    "3005": Fate("sent, but nobody confirmed that it arrived", Verdict.OPEN),
    "3012": Fate("KakaoTalk could not be reached", Verdict.REJECTED),
    "3016": Fate("the text is not that of the template", Verdict.REJECTED),
    "3018": Fate("KakaoTalk cannot send to this customer", Verdict.REJECTED),
    "3019": Fate("not a KakaoTalk user", Verdict.REJECTED),
    "3020": Fate("the customer blocked Alimtalk", Verdict.REJECTED),
    "4143": Fate("the message expired before KakaoTalk took it", Verdict.REJECTED),
    # The two that searches answer with in place of a code.
    "MRC01": Fate("delivered", Verdict.DELIVERED),
    "MRC02": Fate("not delivered", Verdict.REJECTED),
}
RESENT = "RSC04"
RESENDING = {"RSC02", "RSC03"}


def code_of(answer: Mapping[str, Any]) -> int:
    """Return the code of a whole answer.

    :raises Unknown: it has none, so nobody knows whether the request was taken.
    """
    header = answer.get("header")
    code = header.get("resultCode") if isinstance(header, dict) else None
    if not isinstance(code, int):
        raise Unknown(f"{SERVICE} answered without a code: it may have been delivered, do not send it again.")
    return code


def error_of_code(code: int, messages: int = 1) -> DeliveryError:
    """Translate a refusal; a code that is not in the table is tried again.

    :param messages: how many of them it concerns.
    """
    return error_of(str(code), CALLS.get(code, Meaning("an unknown code", Unavailable)), SERVICE, messages)


def fate_of(code: str | None, status: str | None = None, resend: str | None = None) -> Fate:
    """Judge what NHN says of a message.

    :param code: `resultCode`, None where there is none yet.
    :param status: `messageStatus`: COMPLETED, FAILED, CANCEL, or what else it is before.
    :param resend: `resendStatus`; a message that failed is not lost while a text message may still take its place.
    """
    if resend == RESENT:
        return Fate("delivered by SMS in the place of Alimtalk", Verdict.DELIVERED)
    fate = _fate_of_alimtalk(code, status)
    if fate.verdict is Verdict.REJECTED and resend in RESENDING:
        return Fate(f"{fate.words}; a text message is on its way", Verdict.OPEN)
    return fate


def _fate_of_alimtalk(code: str | None, status: str | None) -> Fate:
    if status == "CANCEL":
        return Fate("cancelled at the dealer", Verdict.REJECTED)
    if code and code in DELIVERIES:
        return DELIVERIES[code]
    if status == "COMPLETED":
        return Fate("delivered", Verdict.DELIVERED)
    if status == "FAILED":
        return Fate("not delivered, for a reason of the dealer's own", Verdict.REJECTED)
    return Fate("on its way", Verdict.OPEN)
