"""KakaoTalk's answers in the words of Jikimi: which are final, which may be tried again, which nobody knows.

The tables are those of KakaoTalk's message API and of its login server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jikimi.exceptions import DeliveryError, Misconfigured, QuotaUsedUp, Rejected, Unavailable, Unknown

BAD_TOKEN = -401
BAD_PARAMETERS = -2
DEAD_REFRESH_TOKEN = "KOE322"  # noqa: S105


@dataclass(frozen=True)
class Meaning:
    """One row of a table: what a code says, the error it becomes, and what that error holds besides."""

    words: str
    kind: type[DeliveryError]
    more: Mapping[str, Any] = field(default_factory=dict)


_BLOCKED = Meaning("the app is blocked, suspended or lacks the permission", Misconfigured)
_MAINTENANCE = Meaning("maintenance", Unavailable)
_APP_QUOTA = Meaning("the app's quota is used up", QuotaUsedUp, {"subject": "app"})
_NO_ACCOUNT = Meaning("the account is not linked to the app", Rejected)
MESSAGE_CODES = {
    -1: Meaning("internal fault", Unavailable),
    BAD_PARAMETERS: Meaning("bad parameters", Rejected),
    -3: Meaning("the feature or scope is not switched on", Misconfigured),
    **dict.fromkeys((-4, -5, -6, -12), _BLOCKED),
    **dict.fromkeys((-7, -9798), _MAINTENANCE),
    -8: Meaning("bad header", Rejected),
    -9: Meaning("the API is retired", Rejected),
    **dict.fromkeys((-10, -11), _APP_QUOTA),
    **dict.fromkeys((-101, -103), _NO_ACCOUNT),
    BAD_TOKEN: Meaning("the access token is refused even when new", Misconfigured),
    -402: Meaning("the sending account must consent again, with `jikimi kakao login`", Misconfigured),
    -501: Meaning("not a KakaoTalk user", Rejected),
    # The list of friends is cached at KakaoTalk: who became one just now is found at the second try.
    -502: Meaning("not a friend of the sending account", Unavailable, {"tries": 2}),
    -530: Meaning("the recipient refuses messages", Rejected),
    -532: Meaning("the sender's daily limit is reached", QuotaUsedUp, {"subject": "sender"}),
    -533: Meaning("the receiver's daily limit is reached", QuotaUsedUp, {"subject": "receiver"}),
    -536: Meaning("the daily limit between these two is reached", QuotaUsedUp, {"subject": "pair"}),
    -603: Meaning("time-out inside KakaoTalk", Unknown),
}
LOGIN_CODES = {
    "KOE006": Meaning("the redirect URI is not registered with the app", Misconfigured),
    "KOE010": Meaning("the client secret is missing or wrong", Misconfigured),
    "KOE101": Meaning("there is no app with this REST API key", Misconfigured),
    "KOE205": Meaning("a scope is not switched on for the app", Misconfigured),
    "KOE237": Meaning("too many tokens were asked for", Unavailable),
    "KOE303": Meaning("the redirect URI is another one than that of the consent", Misconfigured),
    "KOE310": Meaning("the grant type is not supported", Misconfigured),
    "KOE319": Meaning("the refresh token is missing", Misconfigured),
    "KOE320": Meaning("the code of the consent was used before or is too old", Misconfigured),
    DEAD_REFRESH_TOKEN: Meaning("the consent has ended, give it again with `jikimi kakao login`", Misconfigured),
}
_ADVICE: dict[type[DeliveryError], str] = {
    Rejected: "this message will never be taken this way",
    Unavailable: "try again later",
    Misconfigured: "a person must put the app or its login right",
    QuotaUsedUp: "use another channel, or wait until midnight in Korea",
    Unknown: "it may have been delivered: do not send it again",
}


def code_of(answer: Mapping[str, Any]) -> int | None:
    """Return the code of an answer or of a failure in it, None where there is none."""
    text = str(answer.get("code"))
    return int(text) if text.startswith("-") and text[1:].isdecimal() else None


def listed(answer: Mapping[str, Any], name: str) -> list[Any]:
    """Return a list in an answer; empty where there is none, or something else."""
    value = answer.get(name)
    return value if isinstance(value, list) else []


def words_in(answer: Mapping[str, Any]) -> str:
    """Return what an answer says besides its code, and the scopes that it misses."""
    missing = sorted(set(map(str, listed(answer, "required_scopes"))) - set(map(str, listed(answer, "allowed_scopes"))))
    return f"{answer.get('msg') or ''}{' missing: ' if missing else ''}{', '.join(missing)}"


def error_of_code(code: int, words: str = "", status: int = 400) -> DeliveryError:
    """Translate a code of the message API.

    One that is not in the table was a refusal, unless a server that broke down gave it.

    :param words: KakaoTalk's own, without secrets.
    :param status: HTTP status that came with it.
    """
    unknown = Meaning("an unknown code", Unknown if status >= 500 else Unavailable)
    return _error(MESSAGE_CODES.get(code, unknown), str(code), words, "KakaoTalk")


def error_of_login(answer: Mapping[str, Any], status: int, words: str = "") -> DeliveryError:
    """Translate a refusal of the login server; whatever it says, no message has left.

    :return: `Misconfigured`, or `Unavailable` where trying again may help.
    """
    number = code_of(answer)
    code = str(answer.get("error_code") or number or status)
    meaning = LOGIN_CODES.get(code) or MESSAGE_CODES.get(number or 0)
    if meaning is None or meaning.kind not in (Misconfigured, Unavailable):
        meaning = Meaning("an unknown code", Unavailable)
    return _error(meaning, code, words, "KakaoTalk's login server")


def _error(meaning: Meaning, code: str, words: str, who: str) -> DeliveryError:
    said = f" ({words})" if words else ""
    detail = f"{who} answered {code}, {meaning.words}{said}: {_ADVICE[meaning.kind]}."
    return meaning.kind(detail, code, **meaning.more)
