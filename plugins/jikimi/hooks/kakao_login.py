"""KakaoTalk's login server: a refresh token in, an access token out, and never a token lost on the way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from airflow.sdk.log import mask_secret

from jikimi.exceptions import NotConfigured, Unavailable
from jikimi.hooks.kakao_errors import scrub
from jikimi.hooks.kakao_settings import KakaoSettings
from jikimi.tokens import Tokens, TokenVault

# An access token this close to its end might end on the way.
_MARGIN = timedelta(seconds=60)
_REFUSED_TOKEN = "KOE322"  # noqa: S105
_PASSING = {"KOE237", "-1", "-7"}


class KakaoLogin:
    """Gives access tokens, renewed when they end; rotated refresh tokens are in the vault before they are used.

    Every failure is `Unavailable`: without a token no message has left.
    """

    def __init__(self, settings: KakaoSettings, vault: TokenVault, session: requests.Session) -> None:
        self.settings = settings
        self.vault = vault
        self.session = session

    def access_token(self, refused: str | None = None) -> str:
        """Return an access token that is valid and not the one that was `refused`.

        :raises Unavailable: the login server does not answer or refuses.
        :raises NotConfigured: there is no refresh token.
        """
        kept = self.vault.read()
        if kept and kept.access_token not in (None, refused) and _is_fresh(kept):
            return str(kept.access_token)
        return self._renewed_access_token()

    def _renewed_access_token(self) -> str:
        failure: Exception | None = None
        for refresh_token in self._refresh_tokens():
            try:
                return self._refresh(refresh_token)
            except Unavailable as error:
                if error.code != _REFUSED_TOKEN:
                    raise
                failure = error
        raise failure or NotConfigured("There is no refresh token: give the consent of the sending account first.")

    def _refresh_tokens(self) -> Iterator[str]:
        """Yield what may be tried: the kept token, one that another process kept meanwhile, that of a new consent."""
        tried = set()
        for _ in range(2):
            kept = self.vault.read()
            if kept and kept.refresh_token not in tried:
                tried.add(kept.refresh_token)
                yield kept.refresh_token
        if self.settings.refresh_token and self.settings.refresh_token not in tried:
            yield self.settings.refresh_token

    def _refresh(self, refresh_token: str) -> str:
        asked_at = datetime.now(UTC)
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        answer = post_token(self.settings, self.session, form)
        try:
            access_token, seconds = str(answer["access_token"]), float(answer["expires_in"])
        except (KeyError, TypeError, ValueError):
            raise Unavailable("KakaoTalk's login server gave no access token: try again later.") from None
        newest = str(answer.get("refresh_token") or refresh_token)
        for secret in (newest, access_token):
            mask_secret(secret)
        self.vault.keep(Tokens(newest, access_token, asked_at + timedelta(seconds=seconds)))
        return access_token


def post_token(settings: KakaoSettings, session: requests.Session, form: dict[str, str]) -> dict[str, Any]:
    """Ask the login server's token endpoint as the app.

    :raises Unavailable: no usable answer; its code is KakaoTalk's `error_code` where there was one.
    """
    form = (
        form | {"client_id": settings.app_key} | ({"client_secret": settings.app_secret} if settings.app_secret else {})
    )
    url, seconds = f"{settings.auth_url}/oauth/token", settings.timeout_seconds
    try:
        response = session.post(url, data=form, timeout=seconds, allow_redirects=False)
        answer = response.json()
    except requests.JSONDecodeError:
        # Its context would hold the body, and the body may hold tokens.
        raise Unavailable(f"KakaoTalk's login server answered HTTP {response.status_code} without JSON.") from None
    except requests.RequestException as error:
        raise Unavailable(f"KakaoTalk's login server does not answer ({type(error).__name__}).") from error
    if response.status_code == requests.codes.ok and isinstance(answer, dict):
        return answer
    raise _refusal(answer if isinstance(answer, dict) else {}, response.status_code, form.values())


def _refusal(answer: dict[str, Any], status: int, secrets: Any) -> Unavailable:
    code = str(answer.get("error_code") or answer.get("code") or status)
    words = scrub(answer.get("error_description") or answer.get("error"), secrets)
    what_to_do = "try again later" if code in _PASSING or status >= 500 else "a person must put the login right"
    return Unavailable(f"KakaoTalk's login server answered {code} ({words}): {what_to_do}.", code)


def _is_fresh(tokens: Tokens) -> bool:
    return tokens.access_expires_at is not None and tokens.access_expires_at - _MARGIN > datetime.now(UTC)
