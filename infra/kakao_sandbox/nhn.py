"""Alimtalk through NHN Cloud, API v2.3: sending, and what became of messages."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from infra.kakao_sandbox import dealers_deliveries, faults, nhn_requests
from infra.kakao_sandbox.dealers_deliveries import DealerRequest, Delivery, Refused
from infra.kakao_sandbox.dealers_routes import routes_answering
from infra.kakao_sandbox.nhn_answers import KOREA, NhnError, answer_code, answer_error, header, words_of
from infra.kakao_sandbox.state import Sandbox, sandbox_of

PREFIX = "/alimtalk/v2.3/appkeys/{app_key}"
router = APIRouter(prefix=PREFIX, route_class=routes_answering(NhnError, answer_error))
_KEY_SECONDS = 600
_UNABLE = -7000


@router.post("/messages")
async def send(request: Request, app_key: str) -> Response:
    """Take messages to at most 1,000 recipients; each has a fate of its own."""
    sandbox = account_of(request, app_key)
    fault = faults.take(sandbox, "nhn")
    if fault and (refused := fault.refusal(answer_code)):
        return refused
    sending = nhn_requests.read(await _body(request), sandbox.settings, sandbox.now())
    with sandbox.transaction():
        # Kept only together with the messages: a request that was refused can be repeated with its key.
        _use_key(sandbox, request.headers.get("x-nc-api-idempotency-key"))
        answer = _take(sandbox, sending, fault)
    response = JSONResponse(answer)
    return await fault.spoil(response, answer_code) if fault else response


def account_of(request: Request, app_key: str) -> Sandbox:
    """Return the sandbox, for one who knows both keys.

    :raises NhnError: a key is wrong.
    """
    sandbox = sandbox_of(request)
    settings, secret = sandbox.settings, request.headers.get("x-secret-key", "")
    if not settings.nhn_app_key or app_key != settings.nhn_app_key:
        raise NhnError(-1000)
    if not settings.nhn_secret_key or not secrets.compare_digest(secret.encode(), settings.nhn_secret_key.encode()):
        raise NhnError(-1001)
    return sandbox


async def _body(request: Request) -> object:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise NhnError(-9996)
    try:
        return await request.json()
    except ValueError:
        raise NhnError(-3002) from None


def _use_key(sandbox: Sandbox, key: str | None) -> None:
    now = sandbox.now()
    sandbox.rows("delete from nhn_keys where used_at <= ?", now - _KEY_SECONDS)
    if key and not sandbox.rows(
        "insert into nhn_keys (idempotency_key, used_at) values (?, ?) on conflict do nothing returning used_at",
        *(key, now),
    ):
        raise NhnError(-1005)


def _take(sandbox: Sandbox, sending: nhn_requests.Sending, fault: faults.Fault | None) -> dict[str, Any]:
    """Keep what can be sent, and say what became of each recipient."""
    fates = _fates(sandbox, sending, fault)
    taken = [fate for fate in fates if isinstance(fate, Delivery)]
    results = [_result(place, fate, sending.recipients[place - 1]) for place, fate in enumerate(fates, 1)]
    request_id = _new_id(sandbox.now())
    message = {"requestId": request_id, "senderGroupingKey": sending.grouping_key, "sendResults": results}
    if not taken:
        # Nothing was kept, the key neither.
        raise NhnError(-1031, message=message)
    refused = len(fates) - len(taken)
    call = DealerRequest("nhn", request_id, sending.starts_at, refused, sending.grouping_key)
    dealers_deliveries.keep(sandbox, call, taken)
    return {"header": header(), "message": message}


def _fates(sandbox: Sandbox, sending: nhn_requests.Sending, fault: faults.Fault | None) -> Sequence[Delivery | Refused]:
    """Return for each recipient the message that can be sent, or why it cannot."""
    targets = faults.receivers(sandbox, "nhn")
    fates: list[Delivery | Refused] = []
    for place, recipient in enumerate(sending.recipients):
        try:
            one = nhn_requests.delivery(sending, place + 1, recipient, sandbox.settings)
            own = faults.take(sandbox, "nhn", one.address) if one.address in targets else None
            if wrong := own or (fault if fault and fault.fails(place) else None):
                raise Refused(wrong.code or _UNABLE)  # noqa: TRY301 - as the checks do
            fates.append(one)
        except Refused as refusal:
            fates.append(refusal)
    return fates


def _result(place: int, fate: Delivery | Refused, recipient: Any) -> dict[str, Any]:
    code = int(fate.code) if isinstance(fate, Refused) else 0
    named = recipient if isinstance(recipient, dict) else {}
    return {
        "recipientSeq": place,
        "recipientNo": named.get("recipientNo"),
        "resultCode": code,
        "resultMessage": words_of(code),
        "recipientGroupingKey": named.get("recipientGroupingKey"),
    }


def _new_id(now: float) -> str:
    letters = base64.b32encode(secrets.token_bytes(15)).decode()
    return f"{datetime.fromtimestamp(now, KOREA):%Y%m%d%H%M%S}{letters}"
