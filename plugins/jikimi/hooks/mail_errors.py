"""How a mail server says no, and what that means for the mail."""

import re
import smtplib
import ssl

from airflow.sdk.exceptions import AirflowException

from jikimi.exceptions import DeliveryError, Misconfigured, Rejected, Unavailable, Unknown

OK = 250
# Said at any step where the login is missing, too weak or wrong (RFC 4954).
_LOGIN_CODES = {530, 534, 535, 538}
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_LATER = "try again later"
_PERSON = "a person must put the account or the connection right"


def refusal(code: int, words: bytes | str, what: str, for_good: type[DeliveryError] = Rejected) -> DeliveryError:
    """Translate an answer other than yes; of its words only the standard's number is kept, for they name the receiver.

    :param for_good: what a permanent refusal means at this step.
    """
    enhanced = _ENHANCED.search(str(words))
    said = f"{code} {enhanced[0]}" if enhanced else str(code)
    if code in _LOGIN_CODES:
        return Misconfigured(f"The mail server asks for another login ({said}): {_PERSON}.", str(code))
    if is_permanent(code):
        advice = _PERSON if for_good is Misconfigured else "it can never be sent this way"
        return for_good(f"The mail server refuses {what} ({said}): {advice}.", str(code))
    return Unavailable(f"The mail server does not take {what} now ({said}): {_LATER}.", str(code))


def lost(why: str) -> Unknown:
    """Return what is known when the mail left and no clear answer came."""
    return Unknown(f"The mail server's answer was lost ({why}): it may have been delivered, do not send it again.")


def cut_off(error: OSError) -> Unavailable:
    """Translate a conversation that broke off before the mail itself was sent."""
    return Unavailable(f"The mail server hung up before the mail ({type(error).__name__}): {_LATER}.")


def no_entry(error: Exception) -> Unavailable:
    """Translate a failed connection, TLS or login: nothing has left."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPResponseException):
        code = str(error.smtp_code)
        if is_permanent(error.smtp_code):
            return Misconfigured(f"The mail server does not let us in ({name} {code}): {_PERSON}.", code)
        return Unavailable(f"The mail server does not let us in now ({name} {code}): {_LATER}.", code)
    if _is_away(error):
        return Unavailable(f"The mail server cannot be reached ({name}): {_LATER}.")
    return Misconfigured(f"The mail server and the connection do not agree on TLS or login ({name}): {_PERSON}.")


def is_permanent(code: int) -> bool:
    """Tell whether a mail server means its no for good."""
    return 500 <= code < 600


def is_refusal(code: int) -> bool:
    """Tell whether a code is a clear no, for now or for good."""
    return 400 <= code < 600


def _is_away(error: Exception) -> bool:
    """Tell a server that is away from one that does not understand us."""
    if isinstance(error, smtplib.SMTPServerDisconnected | ssl.SSLEOFError):
        return True
    if isinstance(error, AirflowException):
        # So the provider says that the server hung up on us.
        return isinstance(error.__context__, smtplib.SMTPServerDisconnected)
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException | ssl.SSLError)
