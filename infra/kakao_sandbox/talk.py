"""The message API: memos, messages to friends, the list of friends."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from infra.kakao_sandbox import faults, friends, messages, quotas, templates, tokens
from infra.kakao_sandbox.errors import KakaoError, status_of, words_of
from infra.kakao_sandbox.faults import Fault
from infra.kakao_sandbox.state import Sandbox, sandbox_of
from infra.kakao_sandbox.templates import Form, Letter, Reader

router = APIRouter()
MOST_RECEIVERS = 5
_UUID = re.compile(r"[A-Za-z0-9_-]{5,64}")
_BAD_UUID = "Constraints on the parameter [receiver_uuids] are unsatisfied. The input receiver id(s) is invalid format."
_SELF = "Cannot contain a receiver who is identical to the sender in multicast mode."


@router.post("/v2/api/talk/memo/default/send")
async def send_memo(request: Request) -> Response:
    """Take a message of the account to itself."""
    return await _memo(request, templates.written)


@router.post("/v2/api/talk/memo/send")
async def send_registered_memo(request: Request) -> Response:
    """Take a registered message of the account to itself."""
    return await _memo(request, templates.registered)


@router.post("/v1/api/talk/friends/message/default/send")
async def send_to_friends(request: Request) -> Response:
    """Take a message to at most five friends; each has a fate of its own."""
    return await _to_friends(request, templates.written)


@router.post("/v1/api/talk/friends/message/send")
async def send_registered_to_friends(request: Request) -> Response:
    """Take a registered message to at most five friends."""
    return await _to_friends(request, templates.registered)


@router.get("/v1/api/talk/friends")
async def list_friends(
    request: Request, offset: int = 0, limit: int = 10, order: str = "asc", friend_order: str = "favorite"
) -> Response:
    """Return one page of the friends."""
    sandbox, _ = _sender(request, "friends")
    fault = _fault(request, sandbox, "friends")
    if fault and (refused := fault.refusal()):
        return refused
    if offset < 0 or not 1 <= limit <= 100 or not friends.knows_order(order, friend_order):
        raise KakaoError(-2)
    total, favorites = friends.count(sandbox)

    def address(start: int) -> str:
        query = {"offset": start, "limit": limit, "order": order, "friend_order": friend_order}
        return f"{request.url.replace(query='')}?{urlencode(query)}"

    found = {
        "elements": friends.page_of(sandbox, offset, limit, order, friend_order),
        "total_count": total,
        "favorite_count": favorites,
        "before_url": address(max(0, offset - limit)) if offset else None,
        "after_url": address(offset + limit) if offset + limit < total else None,
    }
    return await _answered(fault, JSONResponse(found))


async def _memo(request: Request, read: Reader) -> Response:
    sandbox, holder = _sender(request, "talk_message")
    fault = _fault(request, sandbox, "messages")
    if fault and (refused := fault.refusal()):
        return refused
    letter = read(sandbox.settings, await request.form())
    with sandbox.transaction():
        _fill_quota(sandbox, fault, holder, ())
        code = quotas.use(sandbox, holder.user_id)
        if code is None:
            _keep(sandbox, letter, messages.MEMO_CHAT, "memo", "나와의 채팅", None)
    if code is not None:
        raise KakaoError(code)
    return await _answered(fault, JSONResponse({"result_code": 0}))


async def _to_friends(request: Request, read: Reader) -> Response:
    sandbox, holder = _sender(request, "talk_message", "friends")
    fault = _fault(request, sandbox, "messages")
    if fault and (refused := fault.refusal()):
        return refused
    form = await request.form()
    letter, uuids = read(sandbox.settings, form), _receivers(sandbox, form, holder)
    with sandbox.transaction():
        _fill_quota(sandbox, fault, holder, uuids)
        fates = {
            uuid: fault.code_or(-502) if fault and fault.fails(position) else _deliver(sandbox, holder, uuid, letter)
            for position, uuid in enumerate(uuids)
        }
    return await _answered(fault, _answer(sandbox, fates))


def _sender(request: Request, *scopes: str) -> tuple[Sandbox, tokens.Holder]:
    sandbox = sandbox_of(request)
    holder = tokens.holder_of(sandbox, request.headers.get("authorization"))
    holder.needs(*scopes)
    return sandbox, holder


def _fault(request: Request, sandbox: Sandbox, target: str) -> Fault | None:
    fault = faults.take(sandbox, target)
    if fault and fault.kind == "expired_token":
        authorization = request.headers.get("authorization")
        tokens.end(sandbox, authorization)
        tokens.holder_of(sandbox, authorization)
    return fault


def _fill_quota(sandbox: Sandbox, fault: Fault | None, holder: tokens.Holder, uuids: Sequence[str]) -> None:
    if fault and fault.kind == "quota":
        quotas.fill(sandbox, fault.subject, holder.user_id, uuids)


async def _answered(fault: Fault | None, response: Response) -> Response:
    return await fault.spoil(response) if fault else response


def _receivers(sandbox: Sandbox, form: Form, holder: tokens.Holder) -> list[str]:
    uuids = templates.json_of(form, "receiver_uuids", list)
    if not 0 < len(uuids) <= MOST_RECEIVERS:
        raise KakaoError(-2, f"receiver_uuids must name 1 to {MOST_RECEIVERS} friends.")
    if not all(isinstance(uuid, str) and _UUID.fullmatch(uuid) for uuid in uuids):
        raise KakaoError(-2, _BAD_UUID)
    if friends.uuid_of(sandbox.settings.app_key, str(holder.user_id)) in uuids:
        raise KakaoError(-2, _SELF)
    return list(dict.fromkeys(uuids))


def _deliver(sandbox: Sandbox, holder: tokens.Holder, uuid: str, letter: Letter) -> int | None:
    """Keep the message for one friend, or return the code of its failure."""
    fault = faults.take(sandbox, "messages", uuid)
    if fault and fault.code:
        return fault.code_or(-502)
    friend = friends.find(sandbox, uuid)
    if friend is None:
        return -502
    if not friend.allows_messages:
        return -530
    if code := quotas.use(sandbox, holder.user_id, uuid):
        return code
    _keep(sandbox, letter, uuid, "friends", friend.name, friend.customer_id)
    return None


def _keep(sandbox: Sandbox, letter: Letter, chat_key: str, channel: str, title: str, customer_id: str | None) -> None:
    messages.keep(
        sandbox, chat_key, letter.text, channel=channel, title=title, customer_id=customer_id, link=letter.link
    )


def _answer(sandbox: Sandbox, fates: dict[str, int | None]) -> Response:
    """Say what became of each receiver; where all failed for one reason, in the shape of an error."""
    taken = [uuid for uuid, code in fates.items() if code is None]
    codes = dict.fromkeys(code for code in fates.values() if code is not None)
    failures: list[dict[str, Any]] = [
        {"code": code, "msg": words_of(code), "receiver_uuids": [uuid for uuid, fate in fates.items() if fate == code]}
        for code in codes
    ]
    if not failures:
        return JSONResponse({"successful_receiver_uuids": taken})
    listed = {"successful_receiver_uuids": taken, "failure_info": failures}
    if taken:
        return JSONResponse(listed)
    shape = sandbox.switch("all_failed_answer", sandbox.settings.all_failed_answer)
    if len(failures) == 1 and shape == "error":
        return JSONResponse(failures[0], status_of(failures[0]["code"]))
    return JSONResponse(listed, 200 if shape == "list_200" else 400)
