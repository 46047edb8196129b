"""Discord's webhooks: a message to a channel or to a thread of it."""

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from infra.kakao_sandbox import faults, messages
from infra.kakao_sandbox.discord_form import DiscordError, read_form, texts_of
from infra.kakao_sandbox.settings import Webhook
from infra.kakao_sandbox.state import Sandbox, sandbox_of

router = APIRouter()
_WINDOW_SECONDS = 2.0
_EPOCH_MILLISECONDS = 1_420_070_400_000
_GUILD = "1099999999999999999"


def known_webhook(request: Request, webhook_id: str, token: str) -> Webhook:
    """Return the webhook of the address; refuse one that does not exist or has another token."""
    for webhook in sandbox_of(request).settings.discord_webhooks:
        if webhook.webhook_id == webhook_id:
            if secrets.compare_digest(webhook.token.encode(), token.encode()):
                return webhook
            raise DiscordError(50027, "Invalid Webhook Token", 401)
    raise DiscordError(10015, "Unknown Webhook", 404)


@router.get("/api/webhooks/{webhook_id}/{token}")
@router.get("/api/v10/webhooks/{webhook_id}/{token}")
async def show_webhook(webhook: Annotated[Webhook, Depends(known_webhook)]) -> dict[str, Any]:
    """Describe a webhook to who knows its token."""
    return {
        "id": webhook.webhook_id,
        "type": 1,
        "guild_id": _GUILD,
        "channel_id": _channel_of(webhook),
        "name": webhook.name,
        "avatar": None,
        "application_id": None,
        "token": webhook.token,
    }


@router.post("/api/webhooks/{webhook_id}/{token}")
@router.post("/api/v10/webhooks/{webhook_id}/{token}")
async def take_message(
    request: Request,
    webhook: Annotated[Webhook, Depends(known_webhook)],
    wait: bool = False,
    thread_id: str | None = None,
) -> Response:
    """Take a message; what was taken is told only to who waits for it."""
    sandbox = sandbox_of(request)
    fault = faults.take(sandbox, "discord")
    if fault and (refused := fault.refusal(_answer_of_code)):
        return _hurried(refused, fault.delay or 1.0)
    headers = _count_call(request, sandbox, webhook)
    form = await read_form(request)
    if thread_id is not None and not thread_id.isdecimal():
        raise DiscordError(10003, "Unknown Channel", 404)
    with sandbox.transaction():
        message_id = _keep(sandbox, webhook, thread_id, form)
    response = Response(status_code=204)
    if wait:
        response = JSONResponse(_message(sandbox, webhook, thread_id, form, message_id))
    response.headers.update(headers)
    return await fault.spoil(response, _answer_of_code) if fault else response


async def discord_error_response(_: Request, error: Exception) -> Response:
    """Answer as Discord does."""
    assert isinstance(error, DiscordError)  # noqa: S101 - registered for this class
    response = JSONResponse(error.body, error.status)
    return _hurried(response, error.body["retry_after"]) if error.status == 429 else response


def _count_call(request: Request, sandbox: Sandbox, webhook: Webhook) -> dict[str, str]:
    """Count one call of a webhook, refuse it beyond the limit, and return the headers that say how it stands."""
    limit, now = sandbox.settings.discord_calls_per_2_seconds, sandbox.now()
    buckets: dict[str, tuple[float, int]] = request.app.state.discord_buckets
    began, used = buckets.get(webhook.webhook_id, (now, 0))
    if not began <= now < began + _WINDOW_SECONDS:
        began, used = now, 0
    rest = began + _WINDOW_SECONDS - now
    if used >= limit:
        raise DiscordError(0, "You are being rate limited.", 429, retry_after=round(rest, 3), **{"global": False})
    buckets[webhook.webhook_id] = (began, used + 1)
    return {
        "X-RateLimit-Bucket": "sandbox-webhook",
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(limit - used - 1),
        "X-RateLimit-Reset": f"{began + _WINDOW_SECONDS:.3f}",
        "X-RateLimit-Reset-After": f"{rest:.3f}",
    }


def _keep(sandbox: Sandbox, webhook: Webhook, thread_id: str | None, form: dict[str, Any]) -> int:
    key = f"discord:{webhook.webhook_id}" + (f":{thread_id}" if thread_id else "")
    title = f"{webhook.name} · {thread_id}" if thread_id else webhook.name
    text = "\n\n".join(texts_of(form))
    return messages.keep(sandbox, key, text, channel="discord", title=title, detail=form.get("username"))


def _message(
    sandbox: Sandbox, webhook: Webhook, thread_id: str | None, form: dict[str, Any], message_id: int
) -> dict[str, Any]:
    now = sandbox.now()
    snowflake = (int(now * 1000) - _EPOCH_MILLISECONDS << 22) | (message_id & 0x3FFFFF)
    author = {"id": webhook.webhook_id, "username": form.get("username") or webhook.name, "avatar": None, "bot": True}
    empty: dict[str, Any] = {name: [] for name in ("attachments", "components", "mentions", "mention_roles")}
    return empty | {
        "id": str(snowflake),
        "type": 0,
        "channel_id": thread_id or _channel_of(webhook),
        "webhook_id": webhook.webhook_id,
        "author": author | {"discriminator": "0000"},
        "content": form.get("content") or "",
        "embeds": form.get("embeds") or [],
        "tts": bool(form.get("tts")),
        "pinned": False,
        "mention_everyone": False,
        "flags": 0,
        "timestamp": datetime.fromtimestamp(now, UTC).isoformat(),
        "edited_timestamp": None,
    }


def _channel_of(webhook: Webhook) -> str:
    return str(int(webhook.webhook_id) + 1_000_000)


def _answer_of_code(code: faults.Code) -> Response:
    return JSONResponse({"message": "400: Bad Request", "code": code}, 400)


def _hurried(response: Response, seconds: float) -> Response:
    """Say how long to wait, where too much was asked for."""
    if response.status_code != 429:
        return response
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    reset = {"X-RateLimit-Reset-After": f"{seconds:.3f}", "X-RateLimit-Scope": "user"}
    return JSONResponse(body, 429, {"Retry-After": str(max(1, round(seconds))), **reset})
