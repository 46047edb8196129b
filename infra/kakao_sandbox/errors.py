"""KakaoTalk's refusals: their codes, HTTP statuses and literal words."""

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

_STATUSES = {
    **dict.fromkeys((-3, -4, -5, -6, -12, -402), 403),
    -401: 401,
    -9798: 503,
}
_WORDS = {
    -1: "internal error.",
    -2: "bad parameters.",
    -7: "under maintenance.",
    -10: "API limit has been exceeded.",
    -101: "NotRegisteredUserException",
    -401: "this access token does not exist",
    -402: "insufficient scopes.",
    -501: "given account is not connected to any talk user.",
    -502: "not a friend.",
    -530: "receiver does not want to receive messages.",
    -532: "daily message limit per sender has been exceeded.",
    -533: "daily message limit per receiver has been exceeded.",
    -536: "daily message limit per sender and receiver has been exceeded.",
    -603: "time-out.",
}
_LOGIN_WORDS = {
    "KOE010": "Bad client credentials",
    "KOE101": "Not exist client_id",
    "KOE237": "too many tokens were issued",
    "KOE320": "authorization code not found",
    "KOE322": "expired_or_invalid_refresh_token",
}


class KakaoError(Exception):
    """The message API refuses; `more` are further fields of the body."""

    def __init__(self, code: int, words: str = "", status: int | None = None, **more: Any) -> None:
        super().__init__(words)
        self.code = code
        self.status = status or status_of(code)
        self.body = {"msg": words or words_of(code), "code": code, **more}


class LoginError(Exception):
    """The login server refuses with one of its KOE codes."""

    def __init__(self, error_code: str, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description, "error_code": error_code}


def status_of(code: int) -> int:
    """Return the HTTP status that comes with a code."""
    return _STATUSES.get(code, 400)


def words_of(code: int | str) -> str:
    """Return the words that come with a code."""
    return _WORDS.get(code, f"error {code}.") if isinstance(code, int) else _LOGIN_WORDS.get(code, f"error {code}")


async def kakao_error_response(_: Request, error: Exception) -> JSONResponse:
    """Answer as the message API does."""
    assert isinstance(error, KakaoError)  # noqa: S101 - registered for this class
    headers = {}
    if error.code == -401:
        headers["WWW-Authenticate"] = f'Bearer error=invalid_token, error_description="{error.body["msg"]}"'
    return JSONResponse(error.body, error.status, headers)


async def login_error_response(_: Request, error: Exception) -> JSONResponse:
    """Answer as the login server does."""
    assert isinstance(error, LoginError)  # noqa: S101 - registered for this class
    return JSONResponse(error.body, error.status)
