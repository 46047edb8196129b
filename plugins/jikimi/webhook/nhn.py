"""NHN Cloud's webhook: results of Alimtalk messages, signed with a string that stands in its console."""

import logging
from datetime import datetime, timedelta, timezone
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from jikimi.channels.base import Report
from jikimi.hooks.alimtalk import Verdict
from jikimi.hooks.nhn_codes import fate_of
from jikimi.webhook.body import read_body
from jikimi.webhook.keeping import keep
from jikimi.webhook.signature import check_signature

router = APIRouter()
_log = logging.getLogger(__name__)
_RESULTS = "MESSAGE_RESULT_UPDATE"
_KOREA = timezone(timedelta(hours=9))
_PLAIN = r"^[\x20-\x7e]*$"
# Another system's key may be in any language; but PostgreSQL has no place for a zero in a text.
_ANY_BUT_ZERO = r"^[^\x00]*$"
_Id = Annotated[str, Field(min_length=1, max_length=100, pattern=_PLAIN)]


class Hook(BaseModel):
    """One result. The receiver's number is in it too; it is never read."""

    hook_id: _Id = Field(alias="hookId")
    request_id: _Id = Field(alias="requestId")
    recipient_seq: Annotated[int, Field(ge=0, lt=2**31)] = Field(alias="recipientSeq")
    result_code: Annotated[str, Field(max_length=20, pattern=_PLAIN)] = Field(
        alias="resultCode", coerce_numbers_to_str=True
    )
    receive_date: Annotated[str | None, Field(max_length=40)] = Field(None, alias="receiveDate")
    reference: Annotated[str | None, Field(max_length=100, pattern=_ANY_BUT_ZERO)] = Field(
        None, alias="recipientGroupingKey"
    )


class Call(BaseModel):
    """One call of the webhook."""

    event: Annotated[str, Field(max_length=100)]
    hooks: Annotated[list[Hook], Field(max_length=1000)] = []


@router.post("/reports/nhn")
async def take_results(
    request: Request, signature: Annotated[str | None, Header(alias="X-Toast-Webhook-Signature")] = None
) -> dict[str, int]:
    """Keep and apply results; answers 200 once they are committed, so that NHN tells anything else again."""
    check_signature(signature)
    call = await read_body(request, Call)
    if call.event != _RESULTS:
        return {"taken": 0, "ignored": len(call.hooks)}
    reports = [report for hook in call.hooks if (report := _report(hook))]
    await run_in_threadpool(keep, reports)
    _log.info("NHN Cloud told %s results, %s of them final", len(call.hooks), len(reports))
    return {"taken": len(reports), "ignored": len(call.hooks) - len(reports)}


def _report(hook: Hook) -> Report | None:
    """Return good news; bad news is left to the timer that asks, for a text message may be on its way."""
    fate = fate_of(hook.result_code)
    if fate.verdict is not Verdict.DELIVERED:
        return None
    return Report(
        dealer="nhn",
        event_id=hook.hook_id,
        dealer_id=f"{hook.request_id}/{hook.recipient_seq}",
        reference=hook.reference,
        is_delivered=True,
        code=hook.result_code,
        reported_at=_instant(hook.receive_date),
    )


def _instant(text: str | None) -> datetime | None:
    """Read an instant of NHN, in Korea's time; None where it is not one: the report counts all the same."""
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=_KOREA)
