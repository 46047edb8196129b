"""KakaoTalk's login: a refresh token in, an access token out, and never a token lost on the way."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import requests
from airflow.sdk.log import mask_secret

from jikimi.exceptions import (
    DeliveryError,
    Misconfigured,
    NotConfigured,
    ServiceUnavailable,
    StoreUnavailable,
    Unavailable,
)
from jikimi.hooks.kakao_errors import DEAD_REFRESH_TOKEN
from jikimi.hooks.kakao_settings import KakaoSettings
from jikimi.hooks.kakao_wire import Answer, post_token
from jikimi.tokens import Tokens, TokenVault

_log = logging.getLogger(__name__)
# An access token this close to its end might end on the way.
_MARGIN = timedelta(seconds=60)
# How long a database that is away is waited for where a rotated token is in hand.
_PATIENCE = 20.0
_SECONDS_BETWEEN = 0.5


class KakaoLogin:
    """Gives access tokens to all threads of a process, renewed when they end.

    One process exchanges the refresh token, under the vault's lock; the others find in the vault what it got. What it
    got is in the vault before it is used. Every failure is `Unavailable`: without a token no message has left.

    One gap is KakaoTalk's own: a new refresh token kills the old one before anybody has it. Where this process dies,
    or the answer is lost, in that moment, the sending account must consent again.

    :param patience: seconds in which keeping a new token is tried again before anything else.
    """

    def __init__(
        self, settings: KakaoSettings, vault: TokenVault, session: requests.Session, *, patience: float = _PATIENCE
    ) -> None:
        self.settings = settings
        self.vault = vault
        self.session = session
        self._patience = patience
        self._guard = threading.Lock()
        self._newest: Tokens | None = None
        self._in_hand: tuple[Tokens, Tokens | None] | None = None
        self._failures = 0
        self._failure: Exception | None = None

    def access_token(self, refused: str | None = None) -> str:
        """Return an access token that is valid and not the one that was `refused`.

        :raises Unavailable: the login server or the vault does not answer; `Misconfigured` where it refuses.
        :raises NotConfigured: there is no refresh token, or it cannot be read.
        """
        if token := _usable(self._newest, refused):
            return token
        failures = self._failures
        with self._guard:
            if token := _usable(self._newest, refused):
                return token
            # Whoever was in front tried in vain just now: asking again would only make the next one wait as long.
            if self._failure and self._failures > failures:
                raise self._failure
            try:
                return self._renewed(refused)
            except (DeliveryError, NotConfigured) as error:
                self._failures, self._failure = self._failures + 1, error
                raise

    def _renewed(self, refused: str | None) -> str:
        try:
            self._keep_in_hand()
            if token := self._found(self.vault.read(), refused):
                return token
            with self.vault.lock():
                kept = self.vault.read()
                return self._found(kept, refused) or self._exchanged(kept)
        except (StoreUnavailable, ServiceUnavailable) as error:
            raise Unavailable(f"The login of the sending account cannot be used now: {error}") from error

    def _found(self, kept: Tokens | None, refused: str | None) -> str | None:
        if token := _usable(kept, refused):
            _mask(kept)
            self._newest = kept
        return token

    def _exchanged(self, kept: Tokens | None) -> str:
        failure: Exception | None = None
        for refresh_token, instead_of in self._refresh_tokens(kept):
            try:
                return self._refresh(refresh_token, instead_of)
            except Misconfigured as error:
                if error.code != DEAD_REFRESH_TOKEN:
                    raise
                failure = error
        raise failure or NotConfigured("The sending account has not consented yet: run `jikimi kakao login`.")

    def _refresh_tokens(self, kept: Tokens | None) -> Iterator[tuple[str, Tokens | None]]:
        """Yield what may be tried, with what it would replace: the kept token, a newer one, that of the connection."""
        tried = set()
        for _ in range(2):
            if kept and kept.refresh_token not in tried:
                tried.add(kept.refresh_token)
                yield kept.refresh_token, kept
            # A lock is lost with its connection: then another process may have kept a newer one meanwhile.
            kept = self.vault.read()
        if self.settings.refresh_token and self.settings.refresh_token not in tried:
            yield self.settings.refresh_token, kept

    def _refresh(self, refresh_token: str, instead_of: Tokens | None) -> str:
        asked_at = datetime.now(UTC)
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        tokens = tokens_of(post_token(self.settings, self.session, form), asked_at, refresh_token)
        self._in_hand = tokens, instead_of
        self._keep_patiently()
        return str(tokens.access_token)

    def _keep_patiently(self) -> None:
        """Keep what is in hand; it stays in hand, and is tried first the next time, where the vault is away longer."""
        from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

        away = retry_if_exception_type(StoreUnavailable)
        stop, wait = stop_after_delay(self._patience), wait_fixed(_SECONDS_BETWEEN)
        try:
            Retrying(retry=away, stop=stop, wait=wait, reraise=True)(self._keep_in_hand)
        except StoreUnavailable:
            _log.error("new tokens cannot be kept: if this process ends before they are, the account must consent anew")
            raise

    def _keep_in_hand(self) -> None:
        if self._in_hand:
            tokens, instead_of = self._in_hand
            if not self.vault.keep(tokens, instead_of):
                _log.warning("another process kept newer tokens meanwhile; they stay")
            self._in_hand, self._newest = None, tokens


def tokens_of(answer: Answer, asked_at: datetime, refresh_token: str | None = None) -> Tokens:
    """Read what the login server issued.

    :param refresh_token: the one that was exchanged, and stays where no new one came.
    :raises Unavailable: there is no access token, or no refresh token at all.
    """
    try:
        newest, access_token = answer.get("refresh_token") or refresh_token, str(answer["access_token"])
        expires_at = asked_at + timedelta(seconds=float(answer["expires_in"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        newest = None
    if not newest:
        raise Unavailable("KakaoTalk's login server gave no tokens: try again later.")
    scopes = tuple(sorted(str(answer["scope"]).split())) if answer.get("scope") else None
    tokens = Tokens(str(newest), access_token, expires_at, scopes)
    _mask(tokens)
    return tokens


def _mask(tokens: Tokens | None) -> None:
    """Have logs show asterisks where one of these tokens stands in them."""
    for secret in (tokens.refresh_token, tokens.access_token) if tokens else ():
        if secret:
            mask_secret(secret)


def _usable(tokens: Tokens | None, refused: str | None) -> str | None:
    """Return the access token where it is not the refused one and lives long enough."""
    if tokens is None or tokens.access_token in (None, refused) or tokens.access_expires_at is None:
        return None
    return tokens.access_token if tokens.access_expires_at - _MARGIN > datetime.now(UTC) else None
