"""For the runner and for tests: friends in bulk, faults on order, and all that arrived."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from infra.kakao_sandbox import faults, friends, messages
from infra.kakao_sandbox.state import sandbox_of

router = APIRouter(prefix="/admin")
_Identifier = Annotated[str, Field(min_length=1, max_length=64)]


class NewFriend(BaseModel):
    """A customer who becomes a friend."""

    customer_id: _Identifier
    name: Annotated[str, Field(min_length=1, max_length=200)]
    uuid: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{5,64}$")] = None


class NewFault(BaseModel):
    """A fault for the next calls; the kinds are told at `faults.Fault`."""

    kind: Literal["down", "error", "timeout", "cut"]
    target: Literal["messages", "token"] = "messages"
    calls: Annotated[int, Field(ge=1)] = 1
    status: Annotated[int | None, Field(ge=400, le=599)] = None
    code: Annotated[int | None, Field(lt=0)] = None
    uuid: str | None = None
    seconds: Annotated[float, Field(ge=0, le=3600)] = 30


@router.post("/friends")
async def add_friends(request: Request, people: list[NewFriend]) -> list[dict[str, str]]:
    """Make friends; asking again changes nothing and gives the same uuids."""
    rows = [(person.customer_id, person.name, person.uuid) for person in people]
    return friends.register(sandbox_of(request), rows)


@router.get("/messages")
async def show_messages(
    request: Request,
    customer_id: str | None = None,
    after_id: int = 0,
    limit: Annotated[int, Query(ge=1, le=1_000_000)] = 100_000,
) -> list[dict[str, Any]]:
    """Return what arrived after an id, oldest first."""
    return messages.listed(sandbox_of(request), customer_id, after_id, limit)


@router.post("/faults")
async def order_fault(request: Request, fault: NewFault) -> dict[str, int]:
    """Have the next calls fail."""
    return {"fault_id": faults.order(sandbox_of(request), **fault.model_dump())}


@router.get("/faults")
async def show_faults(request: Request) -> list[dict[str, Any]]:
    """Return the faults that are still to come."""
    return [dict(row) for row in sandbox_of(request).rows("select * from faults where calls_left > 0")]


@router.delete("/faults")
async def clear_faults(request: Request) -> dict[str, int]:
    """Let everything work again."""
    return {"cleared": len(sandbox_of(request).rows("delete from faults returning fault_id"))}
