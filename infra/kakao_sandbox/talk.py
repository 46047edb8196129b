"""The message API: memos, messages to friends, the list of friends."""

import json
import re
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from infra.kakao_sandbox import faults, friends, messages, quotas, tokens
from infra.kakao_sandbox.errors import KakaoError, status_of, words_of
from infra.kakao_sandbox.state import Sandbox, sandbox_of

router = APIRouter()
MOST_RECEIVERS = 5
MOST_CHARACTERS = 200
_UUID = re.compile(r"[A-Za-z0-9_-]{5,64}")
_BAD_UUID = "Constraints on the parameter [receiver_uuids] are unsatisfied. The input receiver id(s) is invalid format."
_SELF = "Cannot contain a receiver who is identical to the sender in multicast mode."


@router.post("/v2/api/talk/memo/default/send")
async def send_memo(request: Request) -> Response:
    """Take a message of the account to itself."""
    sandbox, holder = _sender(request, "talk_message")
    fault = faults.take(sandbox, "messages")
    if fault and (refused := fault.refusal()):
        return refused
    template = _template(await request.form())
    with sandbox.transaction():
        if code := quotas.use(sandbox, holder.user_id):
            raise KakaoError(code)
        _keep(sandbox, template, messages.MEMO_CHAT, "memo", "나와의 채팅", None)
    response = JSONResponse({"result_code": 0})
    return await fault.spoil(response) if fault else response


@router.post("/v1/api/talk/friends/message/default/send")
async def send_to_friends(request: Request) -> Response:
    """Take a message to at most five friends; each has a fate of its own."""
    sandbox, holder = _sender(request, "talk_message", "friends")
    fault = faults.take(sandbox, "messages")
    if fault and (refused := fault.refusal()):
        return refused
    form = await request.form()
    template, uuids = _template(form), _receivers(sandbox, form, holder)
    with sandbox.transaction():
        fates = {uuid: _deliver(sandbox, holder, uuid, template) for uuid in uuids}
    response = _answer(fates)
    return await fault.spoil(response) if fault else response


@router.get("/v1/api/talk/friends")
async def list_friends(
    request: Request, offset: int = 0, limit: int = 10, order: str = "asc", friend_order: str = "favorite"
) -> dict[str, Any]:
    """Return one page of the friends."""
    sandbox, _ = _sender(request, "friends")
    if offset < 0 or not 1 <= limit <= 100 or not friends.knows_order(order, friend_order):
        raise KakaoError(-2)
    total, favorites = friends.count(sandbox)

    def address(start: int) -> str:
        query = {"offset": start, "limit": limit, "order": order, "friend_order": friend_order}
        return f"{request.url.replace(query='')}?{urlencode(query)}"

    return {
        "elements": friends.page_of(sandbox, offset, limit, order, friend_order),
        "total_count": total,
        "favorite_count": favorites,
        "before_url": address(max(0, offset - limit)) if offset else None,
        "after_url": address(offset + limit) if offset + limit < total else None,
    }


def _sender(request: Request, *scopes: str) -> tuple[Sandbox, tokens.Holder]:
    sandbox = sandbox_of(request)
    holder = tokens.holder_of(sandbox, request.headers.get("authorization"))
    holder.needs(*scopes)
    return sandbox, holder


def _template(form: Any) -> dict[str, Any]:
    template: dict[str, Any] = _json(form.get("template_object"), dict, "template_object")
    text, buttons = template.get("text"), template.get("buttons", [])
    if template.get("object_type") != "text" or not isinstance(template.get("link"), dict):
        raise KakaoError(-2, "template_object needs the object_type text and a link.")
    if not isinstance(text, str) or not 0 < len(text) <= MOST_CHARACTERS:
        raise KakaoError(-2, f"text must have 1 to {MOST_CHARACTERS} characters.")
    if not isinstance(buttons, list) or len(buttons) > 2:
        raise KakaoError(-2, "buttons must be a list of at most 2.")
    return template


def _receivers(sandbox: Sandbox, form: Any, holder: tokens.Holder) -> list[str]:
    uuids = _json(form.get("receiver_uuids"), list, "receiver_uuids")
    if not 0 < len(uuids) <= MOST_RECEIVERS:
        raise KakaoError(-2, f"receiver_uuids must name 1 to {MOST_RECEIVERS} friends.")
    if not all(isinstance(uuid, str) and _UUID.fullmatch(uuid) for uuid in uuids):
        raise KakaoError(-2, _BAD_UUID)
    if friends.uuid_of(sandbox.settings.app_key, str(holder.user_id)) in uuids:
        raise KakaoError(-2, _SELF)
    return list(dict.fromkeys(uuids))


def _json(value: object, kind: type, name: str) -> Any:
    try:
        parsed = json.loads(str(value))
    except ValueError:
        parsed = None
    if not isinstance(parsed, kind):
        raise KakaoError(-2, f"{name} is missing or not the expected JSON.")
    return parsed


def _deliver(sandbox: Sandbox, holder: tokens.Holder, uuid: str, template: dict[str, Any]) -> int | None:
    """Keep the message for one friend, or return the code of its failure."""
    fault = faults.take(sandbox, "messages", uuid)
    if fault and fault.code:
        return fault.code
    friend = friends.find(sandbox, uuid)
    if friend is None:
        return -502
    if code := quotas.use(sandbox, holder.user_id, uuid):
        return code
    _keep(sandbox, template, uuid, "friends", friend["name"], friend["customer_id"])
    return None


def _keep(
    sandbox: Sandbox, template: dict[str, Any], chat_key: str, channel: str, title: str, customer_id: str | None
) -> None:
    link = template["link"].get("mobile_web_url") or template["link"].get("web_url")
    link = str(link) if link else None
    messages.keep(sandbox, chat_key, template["text"], channel=channel, title=title, customer_id=customer_id, link=link)


def _answer(fates: dict[str, int | None]) -> Response:
    """Say what became of each receiver; where all failed for one reason, in the shape of an error."""
    taken = [uuid for uuid, code in fates.items() if code is None]
    codes = dict.fromkeys(code for code in fates.values() if code is not None)
    failures = [
        {"code": code, "msg": words_of(code), "receiver_uuids": [uuid for uuid, fate in fates.items() if fate == code]}
        for code in codes
    ]
    if not failures:
        return JSONResponse({"successful_receiver_uuids": taken})
    if taken:
        return JSONResponse({"successful_receiver_uuids": taken, "failure_info": failures})
    if len(failures) == 1:
        return JSONResponse(failures[0], status_of(next(iter(codes))))
    return JSONResponse({"successful_receiver_uuids": [], "failure_info": failures}, 400)
