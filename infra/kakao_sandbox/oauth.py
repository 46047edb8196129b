"""The login server: the consent page, tokens, and what a token is worth."""

import secrets
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from infra.kakao_sandbox import faults, tokens
from infra.kakao_sandbox.errors import KakaoError, LoginError
from infra.kakao_sandbox.page import page
from infra.kakao_sandbox.settings import KNOWN_SCOPES
from infra.kakao_sandbox.state import Sandbox, sandbox_of

router = APIRouter()
_CODE_SECONDS = 600


@router.get("/oauth/authorize")
async def ask_for_consent(
    request: Request,
    client_id: str = "",
    redirect_uri: str = "",
    response_type: str = "code",
    scope: str = "",
    state: str = "",
) -> Response:
    """Show the page on which a person lets the app send messages."""
    try:
        scopes = _checked(sandbox_of(request), client_id, redirect_uri, response_type, scope)
    except LoginError as error:
        return page("refused.html", error.status, error=error.body)
    return page("consent.html", client_id=client_id, redirect_uri=redirect_uri, scopes=scopes, state=state)


@router.post("/oauth/authorize")
async def take_consent(
    request: Request,
    client_id: Annotated[str, Form()],
    redirect_uri: Annotated[str, Form()],
    scope: Annotated[str, Form()],
    decision: Annotated[str, Form()],
    state: Annotated[str, Form()] = "",
) -> Response:
    """Send the person back with a code that works once, or with a refusal."""
    sandbox = sandbox_of(request)
    scopes = _checked(sandbox, client_id, redirect_uri, "code", scope)
    answer = {"error": "access_denied", "error_description": "User denied access"}
    if decision == "agree":
        answer = {"code": secrets.token_urlsafe(40)}
        sandbox.rows(
            "insert into codes (code, app_key, user_id, redirect_uri, scope, expires_at) values (?, ?, ?, ?, ?, ?)",
            *(answer["code"], client_id, tokens.STAFF, redirect_uri, " ".join(scopes), sandbox.now() + _CODE_SECONDS),
        )
    joint = "&" if "?" in redirect_uri else "?"
    return RedirectResponse(redirect_uri + joint + urlencode(answer | ({"state": state} if state else {})), 302)


@router.post("/oauth/token")
async def give_tokens(request: Request) -> Response:
    """Exchange a code or a refresh token."""
    sandbox, form = sandbox_of(request), await request.form()
    fault = faults.take(sandbox, "token")
    if fault and (answer := fault.refusal()):
        return answer
    _check_client(sandbox, form)
    granted = _granted(sandbox, form, must_rotate=fault is not None and fault.kind == "lost_refresh")
    response = JSONResponse(granted, headers={"Cache-Control": "no-store"})
    return await fault.spoil(response) if fault else response


@router.get("/v1/user/access_token_info")
async def describe_token(request: Request) -> Response:
    """Say whom an access token belongs to and how long it lives."""
    authorization = request.headers.get("authorization")
    if tokens.bearer(authorization) is None:
        raise KakaoError(-2, "malformed Authorization header")
    fault = faults.take(sandbox_of(request), "token_info")
    if fault and (answer := fault.refusal()):
        return answer
    holder = tokens.holder_of(sandbox_of(request), authorization)
    response = JSONResponse({"id": holder.user_id, "expires_in": holder.expires_in, "app_id": 1})
    return await fault.spoil(response) if fault else response


def _checked(sandbox: Sandbox, client_id: str, redirect_uri: str, response_type: str, scope: str) -> list[str]:
    """Return the scopes asked for, all where none is named; refuse what the app did not register."""
    if client_id != sandbox.settings.app_key:
        raise LoginError("KOE101", "invalid_client", "Not exist client_id")
    if redirect_uri not in sandbox.settings.redirect_uris:
        raise LoginError("KOE006", "invalid_request", "Not registered redirect_uri")
    if response_type != "code":
        raise LoginError("KOE204", "invalid_request", "response_type must be code")
    scopes = scope.replace(",", " ").split() or list(KNOWN_SCOPES)
    if unknown := set(scopes) - set(KNOWN_SCOPES):
        raise LoginError("KOE205", "invalid_scope", f"not configured scopes: {', '.join(sorted(unknown))}")
    return scopes


def _check_client(sandbox: Sandbox, form: FormData) -> None:
    if str(form.get("client_id")) != sandbox.settings.app_key:
        raise LoginError("KOE101", "invalid_client", "Not exist client_id", 401)
    if not secrets.compare_digest(str(form.get("client_secret", "")).encode(), sandbox.settings.app_secret.encode()):
        raise LoginError("KOE010", "invalid_client", "Bad client credentials", 401)


def _granted(sandbox: Sandbox, form: FormData, must_rotate: bool) -> dict[str, object]:
    if form.get("grant_type") == "authorization_code":
        return _grant_code(sandbox, form)
    if form.get("grant_type") != "refresh_token":
        raise LoginError("KOE310", "unsupported_grant_type", "this grant_type is not supported")
    if not form.get("refresh_token"):
        raise LoginError("KOE319", "invalid_request", "refresh_token is missing")
    return tokens.renew(sandbox, str(form["refresh_token"]), must_rotate)


def _grant_code(sandbox: Sandbox, form: FormData) -> dict[str, object]:
    code = sandbox.row("delete from codes where code = ? returning *", str(form.get("code")))
    if code is None or code["expires_at"] <= sandbox.now() or code["app_key"] != sandbox.settings.app_key:
        raise LoginError("KOE320", "invalid_grant", "authorization code not found")
    if code["redirect_uri"] != form.get("redirect_uri"):
        raise LoginError("KOE303", "invalid_grant", "Redirect URI mismatch.")
    return tokens.issue_pair(sandbox, code["user_id"], code["scope"])
