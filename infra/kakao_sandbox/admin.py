"""For the runner and for tests: friends in bulk, all that arrived, quotas, the clock, and switches."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from infra.kakao_sandbox import friends, messages, quotas
from infra.kakao_sandbox.state import Sandbox, sandbox_of

router = APIRouter(prefix="/admin")
_PAGE = 2_000
_Identifier = Annotated[str, Field(min_length=1, max_length=64)]


class NewFriend(BaseModel):
    """A customer who becomes a friend."""

    customer_id: _Identifier
    name: Annotated[str, Field(min_length=1, max_length=200)]
    uuid: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{5,64}$")] = None
    allows_messages: bool | None = None
    is_favorite: bool | None = None


class Shift(BaseModel):
    """How far ahead of the real time the sandbox is to be, in all; 0 brings it back."""

    shift_seconds: Annotated[float, Field(ge=-10 * 366 * 86400, le=10 * 366 * 86400)]


class Switches(BaseModel):
    """How the sandbox behaves where the documentation leaves it open; see `Settings`."""

    all_failed_answer: Literal["error", "list_400", "list_200"]


@router.post("/friends")
async def add_friends(request: Request, people: list[NewFriend]) -> list[dict[str, str]]:
    """Make friends; asking again changes nothing and gives the same uuids."""
    return friends.register(sandbox_of(request), [friends.Person(**person.model_dump()) for person in people])


@router.get("/messages")
async def show_messages(
    request: Request,
    chosen: Annotated[messages.Selection, Depends()],
    after_id: int = 0,
    limit: Annotated[int, Query(ge=1, le=1_000_000)] = 100_000,
) -> Response:
    """Return what arrived after an id, oldest first; ask again with the last id for the next page."""
    pages = _pages(sandbox_of(request), chosen, after_id, limit)
    return StreamingResponse(pages, media_type="application/json")


@router.get("/quotas")
async def show_quotas(request: Request) -> list[dict[str, Any]]:
    """Return today's counters, the fullest first."""
    return quotas.counted(sandbox_of(request))


@router.delete("/quotas")
async def reset_quotas(request: Request) -> dict[str, int]:
    """Forget what was counted today."""
    return {"reset": quotas.reset(sandbox_of(request))}


@router.get("/clock")
async def show_clock(request: Request) -> dict[str, Any]:
    """Return the present instant of the sandbox."""
    return _clock(sandbox_of(request))


@router.post("/clock")
async def set_clock(request: Request, shift: Shift) -> dict[str, Any]:
    """Set the clock ahead, to see midnight in Korea or the end of a token; it stays so after a restart."""
    sandbox_of(request).shift_clock(shift.shift_seconds)
    return _clock(sandbox_of(request))


@router.get("/switches")
async def show_switches(request: Request) -> dict[str, str]:
    """Return how the switches stand."""
    sandbox = sandbox_of(request)
    return {"all_failed_answer": sandbox.switch("all_failed_answer", sandbox.settings.all_failed_answer)}


@router.post("/switches")
async def turn_switches(request: Request, switches: Switches) -> dict[str, str]:
    """Turn a switch."""
    sandbox_of(request).turn("all_failed_answer", switches.all_failed_answer)
    return await show_switches(request)


async def _pages(sandbox: Sandbox, chosen: messages.Selection, after_id: int, limit: int) -> AsyncIterator[str]:
    """Write a list of any length as JSON, page by page, so that other requests get their turn in between."""
    joint = "["
    while limit > 0 and (rows := messages.listed(sandbox, chosen, after_id, min(limit, _PAGE))):
        yield joint + json.dumps(rows, ensure_ascii=False)[1:-1]
        joint, after_id, limit = ",", rows[-1]["message_id"], limit - len(rows)
        await asyncio.sleep(0)
    yield "[]" if joint == "[" else "]"


def _clock(sandbox: Sandbox) -> dict[str, Any]:
    present = datetime.fromtimestamp(sandbox.now(), UTC).isoformat()
    return {"now": present, "shift_seconds": sandbox.clock.ahead.total_seconds()}
