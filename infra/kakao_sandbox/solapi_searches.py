"""SOLAPI's pages of messages and of groups."""

from typing import Any

from fastapi import APIRouter, Request

from infra.kakao_sandbox import dealers_progress, solapi_lists
from infra.kakao_sandbox.dealers_routes import routes_answering
from infra.kakao_sandbox.solapi import account_of
from infra.kakao_sandbox.solapi_answers import SolapiError, answer_error
from infra.kakao_sandbox.state import Sandbox

router = APIRouter(prefix="/messages/v4", route_class=routes_answering(SolapiError, answer_error))


# The official packages still ask the older address.
@router.get("/list-old")
@router.get("/list")
async def list_messages(request: Request) -> dict[str, Any]:
    """Return one page of messages."""
    return solapi_lists.messages_of(_present(request), request.query_params)


@router.get("/groups")
async def list_groups(request: Request) -> dict[str, Any]:
    """Return one page of groups."""
    return solapi_lists.groups_of(_present(request), request.query_params)


@router.get("/groups/{group_id}")
async def show_group(request: Request, group_id: str) -> dict[str, Any]:
    """Return one group with its counts."""
    return solapi_lists.group_of(_present(request), group_id)


@router.get("/groups/{group_id}/messages")
async def list_group(request: Request, group_id: str) -> dict[str, Any]:
    """Return one page of a group's messages."""
    sandbox = _present(request)
    solapi_lists.group_of(sandbox, group_id)
    given = request.query_params
    return solapi_lists.messages_of(sandbox, type(given)({**given, "groupId": group_id}))


def _present(request: Request) -> Sandbox:
    sandbox = account_of(request)
    dealers_progress.settle(sandbox)
    return sandbox
