"""SOLAPI's `Authorization` header: an HMAC over an instant and a salt, good once and for a quarter of an hour."""

import hashlib
import hmac
import re
from datetime import UTC, datetime

from infra.kakao_sandbox.solapi_answers import SolapiError
from infra.kakao_sandbox.state import Sandbox

SKEW_SECONDS = 900
_METHOD = re.compile(r"HMAC-SHA256\s+(.*)", re.DOTALL)
_SALT_BYTES = range(12, 65)


def sign(secret: str, date: str, salt: str) -> str:
    """Return the signature of a request, hexadecimal."""
    return hmac.new(secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()


def check(sandbox: Sandbox, authorization: str | None) -> None:
    """Let a request through once.

    :raises SolapiError: nobody signed it who may, or it was signed too long ago, or it came before.
    """
    fields, settings = _fields(authorization or ""), sandbox.settings
    if not settings.solapi_api_key or fields.get("apikey") != settings.solapi_api_key:
        raise SolapiError("InvalidAPIKey", "유효한 API Key가 아닙니다.", 403)
    date, salt, signature = (fields.get(name, "") for name in ("date", "salt", "signature"))
    at = _instant(date)
    if at is None or abs(at - sandbox.client_now()) > SKEW_SECONDS:
        raise SolapiError("RequestTimeTooSkewed", "요청 시각이 서버 시각과 15분 이상 차이가 납니다.", 403)
    expected = sign(settings.solapi_api_secret, date, salt)
    is_ours = hmac.compare_digest(signature.encode(), expected.encode())
    if not settings.solapi_api_secret or len(salt.encode()) not in _SALT_BYTES or not is_ours:
        raise SolapiError("SignatureDoesNotMatch", "생성한 Signature와 일치하지 않습니다.", 403)
    _use(sandbox, signature)


def _fields(authorization: str) -> dict[str, str]:
    method = _METHOD.fullmatch(authorization.strip())
    parts = [part.partition("=") for part in (method[1] if method else "").split(",")]
    return {name.strip().lower(): value.strip() for name, _, value in parts}


def _instant(date: str) -> float | None:
    try:
        at = datetime.fromisoformat(date)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _use(sandbox: Sandbox, signature: str) -> None:
    now = sandbox.now()
    # One whose date lies ahead stays within the skew for twice as long.
    sandbox.rows("delete from solapi_signatures where used_at < ?", now - 2 * SKEW_SECONDS)
    if not sandbox.rows(
        "insert into solapi_signatures (signature, used_at) values (?, ?) on conflict do nothing returning used_at",
        *(signature, now),
    ):
        raise SolapiError("DuplicatedSignature", "이미 사용한 Signature입니다.", 403)
