"""KakaoTalk's answers in the words of Jikimi: which are final, which may be tried again, which nobody knows.

The table is that of KakaoTalk's error codes. A fault of the app's configuration is `Unavailable`: the message was not
taken, and sending it once a person has put the app right is safe.
"""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import requests
import urllib3.exceptions

from jikimi.exceptions import DeliveryError, Rejected, Unavailable, Unknown


class Advice(StrEnum):
    """What to do about a refusal."""

    RETRY = "try again later"
    RETRY_ONCE = "try once more later, then use another channel"
    ALARM = "a person must put the app's configuration right"
    WAIT_FOR_RESET = "send nothing more before midnight in Korea"
    OTHER_CHANNEL = "use another channel"
    DEFER = "use another channel, or wait until midnight in Korea"
    GIVE_UP = "this message can never be sent"
    ASK = "it may have been delivered: do not send it again"


@dataclass(frozen=True)
class Meaning:
    """One row of the table."""

    words: str
    advice: Advice


_CONFIGURATION = "the app is blocked, suspended or lacks the permission"
MEANINGS = {
    -1: Meaning("internal fault", Advice.RETRY),
    -2: Meaning("bad parameters", Advice.GIVE_UP),
    -3: Meaning("the feature or scope is not switched on", Advice.ALARM),
    **dict.fromkeys((-4, -5, -6, -12), Meaning(_CONFIGURATION, Advice.ALARM)),
    **dict.fromkeys((-7, -9798), Meaning("maintenance", Advice.RETRY)),
    -8: Meaning("bad header", Advice.GIVE_UP),
    -9: Meaning("the API is retired", Advice.GIVE_UP),
    **dict.fromkeys((-10, -11), Meaning("the app's quota is used up", Advice.WAIT_FOR_RESET)),
    **dict.fromkeys((-101, -103), Meaning("the account is not linked to the app", Advice.OTHER_CHANNEL)),
    -401: Meaning("the access token is refused even when new", Advice.ALARM),
    -402: Meaning("the sending account must consent again", Advice.ALARM),
    -501: Meaning("not a KakaoTalk user", Advice.OTHER_CHANNEL),
    -502: Meaning("not a friend of the sending account", Advice.RETRY_ONCE),
    -530: Meaning("the recipient refuses messages", Advice.OTHER_CHANNEL),
    -532: Meaning("the sender's daily limit is reached", Advice.DEFER),
    -533: Meaning("the receiver's daily limit is reached", Advice.DEFER),
    -536: Meaning("the daily limit between these two is reached", Advice.DEFER),
    -603: Meaning("time-out inside KakaoTalk", Advice.ASK),
}
_FINAL = {Advice.GIVE_UP, Advice.OTHER_CHANNEL}
# Refused at the door; every other 5xx without a code may come from a gateway that lost the answer.
_NOT_TAKEN = {429, 503}
_BEFORE_SENDING = (
    requests.ConnectTimeout,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    ssl.SSLCertVerificationError,
)


def advice(code: str) -> Advice | None:
    """Return what to do about a `DeliveryError.code`, None where the code is not one of KakaoTalk's table."""
    meaning = MEANINGS.get(int(code)) if code.removeprefix("-").isdecimal() else None
    return meaning.advice if meaning else None


def error_of_code(code: int, words: str = "") -> DeliveryError:
    """Translate a code of KakaoTalk; one that is not in the table is tried again.

    :param words: KakaoTalk's own, without secrets.
    """
    meaning = MEANINGS.get(code, Meaning("an unknown code", Advice.RETRY))
    detail = f"KakaoTalk answered {code}, {meaning.words}{f' ({words})' if words else ''}: {meaning.advice}."
    if meaning.advice is Advice.ASK:
        return Unknown(detail, str(code))
    return (Rejected if meaning.advice in _FINAL else Unavailable)(detail, str(code))


def error_of_status(status: int) -> DeliveryError:
    """Translate an answer in which KakaoTalk's code is missing."""
    if status in _NOT_TAKEN or 300 <= status < 500:
        return Unavailable(f"KakaoTalk's server answered HTTP {status} without a code: {Advice.RETRY}.", str(status))
    return Unknown(f"KakaoTalk's server answered HTTP {status} without a code: {Advice.ASK}.", str(status))


def error_of_transport(error: requests.RequestException) -> DeliveryError:
    """Translate a failed exchange: before the request was sent it is safe to try again, afterwards nobody knows."""
    if isinstance(error, requests.ConnectTimeout) or any(
        isinstance(cause, _BEFORE_SENDING) for cause in _causes(error)
    ):
        return Unavailable(f"KakaoTalk cannot be reached ({type(error).__name__}): {Advice.RETRY}.")
    return Unknown(f"KakaoTalk's answer was lost ({type(error).__name__}): {Advice.ASK}.")


def scrub(words: object, secrets: Iterable[str]) -> str:
    """Return one short line of what a server said, without the secrets and uuids that it may repeat."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(words or "")).split())
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return text[:120]


def _causes(error: BaseException) -> Iterable[BaseException]:
    """Yield every error inside of `error`, as urllib3 and requests nest them.

    Not `__context__`: it may be an earlier message's refused connection, which says nothing about this one.
    """
    yield error
    for cause in (*error.args, getattr(error, "reason", None)):
        if isinstance(cause, BaseException):
            yield from _causes(cause)
