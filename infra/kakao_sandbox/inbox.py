"""The inbox page: every customer's chat as KakaoTalk would show it."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from infra.kakao_sandbox import messages
from infra.kakao_sandbox.page import page
from infra.kakao_sandbox.state import sandbox_of

router = APIRouter()
_MOST_CHATS = 200
_MOST_MESSAGES = 300


@router.get("/")
async def show_inbox() -> Response:
    """Return the page; it asks for what is in it by itself."""
    return page("inbox.html")


@router.get("/health")
async def say_alive() -> dict[str, str]:
    """Answer a health check."""
    return {"status": "ok"}


@router.get("/inbox/chats")
async def show_chats(
    request: Request, search: str = "", channel: str = "", after: int = -1, changes: int = 0
) -> Response:
    """Return the newest chats, or nothing (204) where no message came after `after` and no state changed."""
    sandbox = sandbox_of(request)
    newest = messages.newest_id(sandbox)
    if (newest, sandbox.changes) == (after, changes):
        return Response(status_code=204)
    counts = messages.counts(sandbox)
    found = messages.chats(sandbox, search.strip(), channel or None, _MOST_CHATS)
    news = {"newest_id": newest, "changes": sandbox.changes, "total": sum(counts.values()), "channels": counts}
    return JSONResponse({**news, "chats": found})


@router.get("/inbox/chat")
async def show_chat(request: Request, key: str) -> dict[str, Any]:
    """Return one chat with its messages."""
    found = messages.chat(sandbox_of(request), key, _MOST_MESSAGES)
    return found or {"chat_key": key, "messages": []}
