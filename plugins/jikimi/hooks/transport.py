"""What every HTTP service has in common: how an exchange fails, and what that says about the message."""

import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3.exceptions

from jikimi.exceptions import DeliveryError, Misconfigured, Unavailable, Unknown

_LATER = "try again later"
_ASK = "it may have been delivered: do not send it again"
# Refused at the door; every other 5xx without a code may come from a gateway that lost the answer.
_NOT_TAKEN = {429, 503}
# Nobody's clock is trusted with more than an hour.
_LONGEST_PAUSE = 3600.0
_BEFORE_SENDING = (
    requests.ConnectTimeout,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    ssl.SSLCertVerificationError,
)
# The connection's own fields made no request of it.
_NO_REQUEST = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)


def exchange(
    session: requests.Session, method: str, url: str, service: str, seconds: float, **more: Any
) -> tuple[int, dict[str, Any]]:
    """Send one request and return its status and its JSON object; redirects are not followed.

    :param seconds: for the connection, and again for the answer.
    :raises DeliveryError: the exchange failed, or the answer is not a JSON object.
    """
    try:
        response = session.request(method, url, timeout=seconds, allow_redirects=False, **more)
    except requests.RequestException as error:
        # Its words may hold the address asked, and that a key or a number: they end here.
        raise error_of_transport(error, service) from None
    answer = None
    with suppress(requests.JSONDecodeError):
        answer = response.json()
    # A service that is too busy says so with or without JSON.
    if not isinstance(answer, dict) or response.status_code in _NOT_TAKEN:
        raise error_of_status(response.status_code, service, response.headers)
    return response.status_code, answer


def error_of_transport(error: requests.RequestException, service: str) -> DeliveryError:
    """Translate a failed exchange: before the request was sent it is safe to try again, afterwards nobody knows."""
    name = type(error).__name__
    if isinstance(error, _NO_REQUEST):
        return Misconfigured(f"No request to {service} can be made of the connection's fields ({name}).")
    if any(isinstance(cause, _BEFORE_SENDING) for cause in _causes(error)):
        return Unavailable(f"{service} cannot be reached ({name}): {_LATER}.")
    return Unknown(f"{service}'s answer was lost ({name}): {_ASK}.")


def error_of_status(status: int, service: str, headers: Mapping[str, str] | None = None) -> DeliveryError:
    """Translate an answer in which the service's own code is missing."""
    if status in _NOT_TAKEN or 300 <= status < 500:
        pause = seconds_to_wait((headers or {}).get("Retry-After"))
        detail = f"{service}'s server answered HTTP {status} without a code: {_LATER}."
        return Unavailable(detail, str(status), retry_after=pause)
    return Unknown(f"{service}'s server answered HTTP {status} without a code: {_ASK}.", str(status))


def seconds_to_wait(retry_after: str | None, now: datetime | None = None) -> float | None:
    """Read the header `Retry-After`, seconds or a date, as seconds up to an hour; None where it says nothing."""
    if retry_after is None:
        return None
    with suppress(ValueError):
        return _within_an_hour(float(retry_after))
    # A date without a zone cannot be compared.
    with suppress(ValueError, TypeError):
        until = parsedate_to_datetime(retry_after)
        return _within_an_hour((until - (now or datetime.now(UTC))).total_seconds())
    return None


def scrub(words: object, secrets: Iterable[str]) -> str:
    """Return one short line of what a server said, without the secrets and addresses that it may repeat."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(words or "")).split())
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return text[:120]


def _within_an_hour(seconds: float) -> float | None:
    return min(max(seconds, 0.0), _LONGEST_PAUSE) if seconds == seconds else None


def _causes(error: BaseException) -> Iterable[BaseException]:
    """Yield every error inside of `error`, as urllib3 and requests nest them.

    Not `__context__`: it may be an earlier message's refused connection, which says nothing about this one.
    """
    yield error
    for cause in (*error.args, getattr(error, "reason", None)):
        if isinstance(cause, BaseException):
            yield from _causes(cause)
