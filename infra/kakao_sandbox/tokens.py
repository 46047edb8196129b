"""Tokens: issued, rotated, refused. A rotated refresh token is dead at once."""

import secrets
from dataclasses import dataclass

from infra.kakao_sandbox.errors import KakaoError, LoginError
from infra.kakao_sandbox.settings import KNOWN_SCOPES
from infra.kakao_sandbox.state import Sandbox

# The one account that sends; customers are its friends.
STAFF = 1_000_000_001


@dataclass(frozen=True)
class Holder:
    """Who an access token speaks for."""

    user_id: int
    scopes: tuple[str, ...]
    expires_in: int

    def needs(self, *scopes: str) -> None:
        """Refuse where a scope was not consented to."""
        if not set(scopes) <= set(self.scopes):
            raise KakaoError(-402, required_scopes=list(scopes), allowed_scopes=list(self.scopes))


def issue(sandbox: Sandbox, kind: str, user_id: int, scope: str) -> str:
    """Make a token of a kind, `access` or `refresh`."""
    token, now = secrets.token_urlsafe(40), sandbox.now()
    seconds = sandbox.settings.access_seconds if kind == "access" else sandbox.settings.refresh_seconds
    sandbox.rows(
        "insert into tokens (token, kind, app_key, user_id, scope, issued_at, expires_at) values (?, ?, ?, ?, ?, ?, ?)",
        *(token, kind, sandbox.settings.app_key, user_id, scope, now, now + seconds),
    )
    return token


def issue_pair(sandbox: Sandbox, user_id: int, scope: str) -> dict[str, object]:
    """Answer the grant of a code: both tokens."""
    with sandbox.transaction():
        _check_rates(sandbox, user_id)
        access, refresh = issue(sandbox, "access", user_id, scope), issue(sandbox, "refresh", user_id, scope)
    answer = _access_fields(sandbox, access) | _refresh_fields(sandbox, refresh)
    return answer | {"scope": scope}


def renew(sandbox: Sandbox, refresh_token: str, must_rotate: bool = False) -> dict[str, object]:
    """Answer a refresh: an access token, and a new refresh token where the old one has little time left."""
    with sandbox.transaction():
        old = sandbox.row(
            "select * from tokens where token = ? and kind = 'refresh' and app_key = ? and not is_dead"
            " and expires_at > ?",
            *(refresh_token, sandbox.settings.app_key, sandbox.now()),
        )
        if old is None:
            raise LoginError("KOE322", "invalid_grant", "expired_or_invalid_refresh_token")
        _check_rates(sandbox, old["user_id"])
        answer = _access_fields(sandbox, issue(sandbox, "access", old["user_id"], old["scope"]))
        if must_rotate or old["expires_at"] - sandbox.now() < sandbox.settings.rotate_below_seconds:
            sandbox.rows("update tokens set is_dead = 1 where token = ?", refresh_token)
            answer |= _refresh_fields(sandbox, issue(sandbox, "refresh", old["user_id"], old["scope"]))
    return answer


def first_refresh_token(sandbox: Sandbox) -> str:
    """Return the sending account's newest living refresh token, issued as if it consented where there is none."""
    scope = " ".join(KNOWN_SCOPES)
    with sandbox.transaction():
        kept = sandbox.row(
            "select token from tokens where kind = 'refresh' and app_key = ? and user_id = ? and scope = ?"
            " and not is_dead and expires_at > ? order by issued_at desc",
            *(sandbox.settings.app_key, STAFF, scope, sandbox.now()),
        )
        return kept["token"] if kept else issue(sandbox, "refresh", STAFF, scope)


def holder_of(sandbox: Sandbox, authorization: str | None) -> Holder:
    """Return who sends this `Authorization` header."""
    row = sandbox.row(
        "select * from tokens where token = ? and kind = 'access' and app_key = ?",
        *(bearer(authorization) or "", sandbox.settings.app_key),
    )
    if row is None or row["is_dead"]:
        raise KakaoError(-401)
    if row["expires_at"] <= sandbox.now():
        raise KakaoError(-401, "this access token is already expired")
    return Holder(row["user_id"], tuple(row["scope"].split()), int(row["expires_at"] - sandbox.now()))


def end(sandbox: Sandbox, authorization: str | None) -> None:
    """End the life of the access token in this header."""
    sandbox.rows("update tokens set expires_at = ? where token = ?", sandbox.now(), bearer(authorization))


def bearer(authorization: str | None) -> str | None:
    """Return the token of a well-formed header."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _check_rates(sandbox: Sandbox, user_id: int) -> None:
    limits = (
        ("access", 600, sandbox.settings.access_tokens_per_10_minutes),
        ("refresh", 3600, sandbox.settings.refresh_tokens_per_hour),
    )
    for kind, seconds, limit in limits:
        row = sandbox.row(
            "select count(*) as issued from tokens where app_key = ? and user_id = ? and kind = ? and issued_at > ?",
            *(sandbox.settings.app_key, user_id, kind, sandbox.now() - seconds),
        )
        if row and row["issued"] >= limit:
            raise LoginError("KOE237", "rate_limit_exceeded", f"too many {kind} tokens were issued")


def _access_fields(sandbox: Sandbox, token: str) -> dict[str, object]:
    return {"token_type": "bearer", "access_token": token, "expires_in": sandbox.settings.access_seconds - 1}


def _refresh_fields(sandbox: Sandbox, token: str) -> dict[str, object]:
    return {"refresh_token": token, "refresh_token_expires_in": sandbox.settings.refresh_seconds - 1}
