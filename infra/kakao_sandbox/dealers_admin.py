"""For tests and for whoever tries something out: what becomes of messages, NHN's webhook, SOLAPI's balance."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from infra.kakao_sandbox import dealers_fates, dealers_texts, nhn_webhook, solapi_balance
from infra.kakao_sandbox.state import Sandbox, sandbox_of

router = APIRouter(prefix="/admin")


def _nearby(url: str) -> str:
    if not nhn_webhook.is_nearby(url):
        raise ValueError("the webhook must be on this machine: http://127.0.0.1:PORT/…")
    return url


def _number(address: object) -> object:
    number = dealers_texts.domestic(address)
    if address is not None and number is None:
        raise ValueError("the address must be a Korean telephone number")
    return number


_Code = Annotated[
    Annotated[str, Field(max_length=8)] | None, BeforeValidator(lambda code: None if code is None else str(code))
]


class NewFate(BaseModel):
    """What is to become of messages that are still to come; without an address or a dealer, of all of them.

    :param code: what the dealer will say: NHN 1000, 3018, 3019, 3020, …; SOLAPI 4000, 3104, 3107, …
    :param text_code: what it will say of the text message that takes its place, where there is one.
    :param delay_seconds: until the dealer knows.
    :param messages: for so many messages; without it until cleared.
    :param rate: share of the messages that it happens to; the same seed gives the same ones.
    """

    model_config = ConfigDict(extra="forbid")

    address: Annotated[str | None, BeforeValidator(_number)] = None
    dealer: Literal["nhn", "solapi"] | None = None
    code: _Code = None
    text_code: _Code = None
    delay_seconds: Annotated[float | None, Field(ge=0, le=30 * 86400)] = None
    messages: Annotated[int | None, Field(ge=1)] = None
    rate: Annotated[float | None, Field(gt=0, le=1)] = None
    seed: int = 0


class NewWebhook(BaseModel):
    """Where NHN is to tell results.

    :param copies: how often it tells each.
    """

    url: Annotated[str, AfterValidator(_nearby)]
    signature: Annotated[str, Field(min_length=1, max_length=200)]
    copies: Annotated[int, Field(ge=1, le=5)] = 1


class Balance(BaseModel):
    """Money in won."""

    balance: Annotated[float, Field(ge=0)]


@router.post("/deliveries")
async def order_fate(request: Request, fate: NewFate) -> dict[str, int]:
    """Order what becomes of messages to come."""
    wanted = fate.model_dump(include={"address", "dealer", "code", "text_code", "rate", "seed"})
    order_id = dealers_fates.order(sandbox_of(request), **wanted, delay=fate.delay_seconds, messages_left=fate.messages)
    return {"order_id": order_id}


@router.get("/deliveries")
async def show_fates(request: Request) -> list[dict[str, Any]]:
    """Return the orders that have something to come."""
    return dealers_fates.ordered(sandbox_of(request))


@router.delete("/deliveries")
async def clear_fates(request: Request) -> dict[str, int]:
    """Let everything arrive again."""
    return {"cleared": dealers_fates.clear(sandbox_of(request))}


@router.post("/webhook")
async def set_webhook(request: Request, webhook: NewWebhook) -> dict[str, Any]:
    """Have results told to this address."""
    sandbox = sandbox_of(request)
    nhn_webhook.turn(sandbox, nhn_webhook.Webhook(webhook.url, webhook.signature, webhook.copies))
    return _webhook(sandbox)


@router.get("/webhook")
async def show_webhook(request: Request) -> dict[str, Any]:
    """Return where results are told, and how many were."""
    return _webhook(sandbox_of(request))


@router.delete("/webhook")
async def clear_webhook(request: Request) -> dict[str, Any]:
    """Tell nobody any more."""
    sandbox = sandbox_of(request)
    nhn_webhook.turn(sandbox, nhn_webhook.Webhook("", ""))
    return _webhook(sandbox)


@router.post("/balance")
async def set_balance(request: Request, balance: Balance) -> dict[str, float]:
    """Say what is left on SOLAPI's account."""
    solapi_balance.put(sandbox_of(request), balance.balance)
    return balance.model_dump()


def _webhook(sandbox: Sandbox) -> dict[str, Any]:
    chosen = nhn_webhook.webhook(sandbox)
    return {"url": chosen.url, "copies": chosen.copies, **nhn_webhook.counts(sandbox)}
