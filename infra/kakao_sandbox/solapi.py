"""Alimtalk and text messages through SOLAPI, API v4: sending, and the account's balance."""

import base64
import secrets
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from infra.kakao_sandbox import dealers_deliveries, faults, solapi_balance, solapi_requests, solapi_signature
from infra.kakao_sandbox.dealers_deliveries import DealerRequest, Delivery, Refused
from infra.kakao_sandbox.dealers_routes import routes_answering
from infra.kakao_sandbox.nhn_answers import KOREA
from infra.kakao_sandbox.solapi_answers import ACCOUNT, PRICES, SolapiError, answer_code, answer_error, words_of
from infra.kakao_sandbox.solapi_lists import group_of
from infra.kakao_sandbox.solapi_requests import Sending
from infra.kakao_sandbox.state import Sandbox, sandbox_of

router = APIRouter(route_class=routes_answering(SolapiError, answer_error))
_TAKEN = "2000"
_UNABLE = "1024"


@router.post("/messages/v4/send-many/detail")
async def send_many(request: Request) -> Response:
    """Take up to 10,000 messages; each has a fate of its own."""
    sandbox = account_of(request)
    fault = faults.take(sandbox, "solapi")
    if fault and (refused := fault.refusal(answer_code)):
        return refused
    try:
        body = await request.json()
    except ValueError:
        raise SolapiError("ValidationError", "The body is no JSON.") from None
    sending = solapi_requests.read(body, sandbox.now())
    with sandbox.transaction():
        answer = _take(sandbox, sending, fault)
    response = JSONResponse(answer)
    return await fault.spoil(response, answer_code) if fault else response


@router.get("/cash/v1/balance")
async def show_balance(request: Request) -> dict[str, Any]:
    """Return what is left on the account, in won."""
    return {"balance": solapi_balance.balance(account_of(request)), "point": 0}


def account_of(request: Request) -> Sandbox:
    """Return the sandbox, for one who signed the request.

    :raises SolapiError: the signature is not good.
    """
    sandbox = sandbox_of(request)
    solapi_signature.check(sandbox, request.headers.get("authorization"))
    return sandbox


def _take(sandbox: Sandbox, sending: Sending, fault: faults.Fault | None) -> dict[str, Any]:
    """Keep what can be sent, and say what became of each message."""
    now = sandbox.now()
    group_id, checking = _new_id("G4V", now), _Checking(sandbox, sending, fault)
    fates = [(message, *checking.fate(place, _new_id("M4V", now))) for place, message in enumerate(sending.messages)]
    taken = [fate for _, _, fate in fates if isinstance(fate, Delivery)]
    refused, copies = len(fates) - len(taken), sending.allows_copies
    dealers_deliveries.keep(
        sandbox, DealerRequest("solapi", group_id, sending.starts_at, refused, allows_copies=copies), taken
    )
    solapi_balance.book(sandbox, charged=(one.kind for one in taken))
    failed = [(message, message_id, fate) for message, message_id, fate in fates if isinstance(fate, Refused)]
    answer: dict[str, Any] = {
        "failedMessageList": [_failure(message, message_id, fate.code) for message, message_id, fate in failed],
        "groupInfo": group_of(sandbox, group_id),
    }
    return answer | ({"messageList": [_listed(*one) for one in fates]} if sending.shows_list else {})


class _Checking:
    """The checks of one request that depend on the messages before."""

    def __init__(self, sandbox: Sandbox, sending: Sending, fault: faults.Fault | None) -> None:
        self.sandbox, self.sending, self.fault = sandbox, sending, fault
        self.left = solapi_balance.balance(sandbox)
        self.targets = faults.receivers(sandbox, "solapi")
        self.numbers: set[str] = set()

    def fate(self, place: int, message_id: str) -> tuple[str, Delivery | Refused]:
        """Return the id of a message, and what can be sent or why it cannot."""
        try:
            message = self.sending.messages[place]
            one = solapi_requests.delivery(message, place + 1, message_id, self.sandbox.settings)
            self._check_copy(one.address)
            self._check_faults(place, one.address)
            self._charge(one.kind)
        except Refused as refusal:
            return message_id, refusal
        return message_id, one

    def _check_copy(self, address: str) -> None:
        if address in self.numbers and not self.sending.allows_copies:
            raise Refused("1026")
        self.numbers.add(address)

    def _check_faults(self, place: int, address: str) -> None:
        own = faults.take(self.sandbox, "solapi", address) if address in self.targets else None
        fault = own or (self.fault if self.fault and self.fault.fails(place) else None)
        if fault:
            raise Refused(fault.code or _UNABLE)

    def _charge(self, kind: str) -> None:
        if self.left < PRICES[kind]:
            raise Refused("1030")
        self.left -= PRICES[kind]


def _failure(message: dict[str, Any], message_id: str, code: str) -> dict[str, Any]:
    return {
        "to": message.get("to"),
        "from": message.get("from"),
        "type": solapi_requests.kind_of(message),
        "country": message.get("country", "82"),
        "messageId": message_id,
        "statusCode": code,
        "statusMessage": words_of(code),
        "accountId": ACCOUNT,
        "customFields": message.get("customFields"),
    }


def _listed(message: dict[str, Any], message_id: str, fate: Delivery | Refused) -> dict[str, Any]:
    code = fate.code if isinstance(fate, Refused) else _TAKEN
    item = {"messageId": message_id, "statusCode": code, "statusMessage": words_of(code)}
    return item | ({"customFields": message["customFields"]} if message.get("customFields") else {})


def _new_id(prefix: str, now: float) -> str:
    letters = base64.b32encode(secrets.token_bytes(10)).decode()[:15]
    return f"{prefix}{datetime.fromtimestamp(now, KOREA):%Y%m%d%H%M%S}{letters}"
