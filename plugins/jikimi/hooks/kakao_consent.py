"""The consent of the account that sends: the page on which a person gives it, and what comes back from there."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from jikimi.exceptions import NoConsent
from jikimi.hooks.kakao_login import tokens_of
from jikimi.hooks.kakao_settings import KakaoSettings
from jikimi.hooks.kakao_wire import post_token
from jikimi.hooks.transport import scrub
from jikimi.tokens import Tokens

# What the two channels need.
SCOPES = {"kakao_memo": ("talk_message",), "kakao_friends": ("friends", "talk_message")}
_ASKED = ("friends", "talk_message")


@dataclass(frozen=True)
class Consent:
    """One asking for consent.

    :param redirect_uri: where the page sends people back to; registered with the app.
    :param state: comes back with them, so that nobody else's consent is taken for this one.
    """

    settings: KakaoSettings
    redirect_uri: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def page(self) -> str:
        """Return the address of the page to open in a browser."""
        query = {
            "client_id": self.settings.app_key,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": ",".join(_ASKED),
            "state": self.state,
        }
        return f"{self.settings.auth_url}/oauth/authorize?{urlencode(query)}"

    def code_in(self, address: str) -> str:
        """Return the code in the address, whole or from its path on, to which the page sent the browser back.

        :raises NoConsent: there is none, or it does not belong to this asking.
        """
        answer = {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
        # First of all: what an answer to somebody else's asking says is of no interest.
        if not secrets.compare_digest(answer.get("state", "").encode(), self.state.encode()):
            raise NoConsent("The answer belongs to another login (its state differs): start again, in one browser tab.")
        if "error" in answer:
            raise NoConsent(_refusal(answer))
        if not answer.get("code"):
            raise NoConsent("The answer holds no code: start again.")
        return answer["code"]

    def tokens(self, code: str, session: requests.Session) -> Tokens:
        """Exchange a code, which works once.

        :raises Misconfigured: the code or the app is refused.
        :raises Unavailable: the login server does not answer.
        """
        asked_at = datetime.now(UTC)
        form = {"grant_type": "authorization_code", "redirect_uri": self.redirect_uri, "code": code}
        return tokens_of(post_token(self.settings, session, form), asked_at)


def usable_channels(scopes: tuple[str, ...] | None) -> list[str]:
    """Return the channels for which these scopes are enough; all of them where nobody knows the scopes."""
    return [name for name, needed in SCOPES.items() if scopes is None or set(needed) <= set(scopes)]


def _refusal(answer: Mapping[str, str]) -> str:
    if answer["error"] == "access_denied":
        return str(NoConsent())
    words = scrub(answer.get("error_description") or answer["error"], ())
    return f"KakaoTalk's login server refused ({words}): see the app's settings at Kakao Developers."
