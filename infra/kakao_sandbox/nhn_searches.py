"""NHN Cloud's searches: one message, the messages of a request or a period, and results since an instant."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from infra.kakao_sandbox import dealers_progress
from infra.kakao_sandbox.dealers_routes import routes_answering
from infra.kakao_sandbox.nhn import PREFIX, account_of
from infra.kakao_sandbox.nhn_answers import NhnError, answer_error, found, header, resend, result, seconds
from infra.kakao_sandbox.state import Sandbox

router = APIRouter(prefix=PREFIX, route_class=routes_answering(NhnError, answer_error))
_MONTH = 31 * 24 * 3600
_FROM = "from deliveries join dealer_requests using (request_id) where deliveries.dealer = 'nhn'"
_MESSAGES = f"select deliveries.*, requested_at, grouping_key {_FROM}"
_RESULTS = {"MRC01": "code = '1000'", "MRC02": "code != '1000'"}
_UPDATED = "updated_at between ? and ? and code is not null"
_STATUSES = {"READY": "code is null", "COMPLETED": "code = '1000'", "FAILED": "code != '1000'", "CANCEL": "false"}


class Page(BaseModel):
    """Which part of the answer is wanted."""

    pageNum: Annotated[int, Query(ge=1)] = 1  # noqa: N815 - NHN's names
    pageSize: Annotated[int, Query(ge=1, le=1000)] = 15  # noqa: N815

    def values(self) -> tuple[int, int]:
        """Return limit and offset."""
        return self.pageSize, (self.pageNum - 1) * self.pageSize


@router.get("/messages/{request_id}/{sequence}")
async def show_message(request: Request, app_key: str, request_id: str, sequence: int) -> dict[str, Any]:
    """Return one message."""
    sandbox = _present(request, app_key)
    row = sandbox.row(f"{_MESSAGES} and request_id = ? and sequence = ?", request_id, sequence)
    if row is None:
        raise NhnError(-1016)
    return {"header": header(), "message": found(row, sandbox.settings.nhn_sender_key) | resend(row)}


@router.get("/messages")
async def list_messages(request: Request, app_key: str, page: Annotated[Page, Depends()]) -> dict[str, Any]:
    """Return messages of a request, or of a period in which they were requested or made; the newest first."""
    sandbox = _present(request, app_key)
    conditions, values = _conditions(request.query_params)
    key = sandbox.settings.nhn_sender_key
    if request.query_params.get("senderKey", key) != key:
        conditions.append("false")
    where = " and ".join(conditions)
    order = f"order by {_made_at(request.query_params)} desc, delivery_id desc"
    rows = sandbox.rows(f"{_MESSAGES} and {where} {order} limit ? offset ?", *values, *page.values())
    total = sandbox.rows(f"select count(*) {_FROM} and {where}", *values)[0][0]
    listed = {"messages": [found(row, key) for row in rows], "totalCount": total}
    return {"header": header(), "messageSearchResultResponse": listed}


@router.get("/message-results")
async def list_results(request: Request, app_key: str, page: Annotated[Page, Depends()]) -> dict[str, Any]:
    """Return results that came, or changed, in a period, the oldest first."""
    sandbox = _present(request, app_key)
    period = _results_of(request)
    rows = sandbox.rows(
        f"{_MESSAGES} and {_UPDATED} order by updated_at, delivery_id limit ? offset ?", *period, *page.values()
    )
    return {"header": header(), "messages": [result(row) | resend(row) for row in rows]}


@router.get("/message-results/count")
async def count_results(request: Request, app_key: str) -> dict[str, Any]:
    """Return how many results came, or changed, in a period."""
    sandbox = _present(request, app_key)
    rows = sandbox.rows(f"select count(*) {_FROM} and {_UPDATED}", *_results_of(request))
    return {"header": header(), "totalCount": rows[0][0]}


def _present(request: Request, app_key: str) -> Sandbox:
    sandbox = account_of(request, app_key)
    dealers_progress.settle(sandbox)
    return sandbox


def _results_of(request: Request) -> tuple[float, float]:
    given = request.query_params
    if given.get("alimtalkMessageType", "NORMAL") != "NORMAL":
        return (0, 0)
    return _period(given.get("startUpdateDate", ""), given.get("endUpdateDate", ""))


def _period(start: str, end: str) -> tuple[float, float]:
    first, last = seconds(start), seconds(end)
    if first is None or last is None or not first <= last <= first + _MONTH:
        raise NhnError(-4103)
    return first, last


def _made_at(given: Mapping[str, str]) -> str:
    """Return the column of the instant at which messages were made.

    A period is read in the order of its index, so that a page does not sort all others; the few messages of a request
    or of a reference are found by those and sorted: the sign keeps the index out.
    """
    return ("+" if given.get("requestId") or given.get("recipientGroupingKey") else "") + "deliveries.created_at"


def _conditions(given: Mapping[str, str]) -> tuple[list[str], list[object]]:
    """Return what is asked for as conditions; a request or a period must be named."""
    columns = {
        "requestId": "request_id",
        "recipientNo": "address",
        "templateCode": "template",
        "senderGroupingKey": "grouping_key",
        "recipientGroupingKey": "reference",
    }
    conditions = [f"{column} = ?" for name, column in columns.items() if given.get(name)]
    values: list[object] = [given[name] for name in columns if given.get(name)]
    periods = {"Request": "requested_at", "Create": _made_at(given)}
    named = [kind for kind in periods if given.get(f"start{kind}Date") or given.get(f"end{kind}Date")]
    if not named and not given.get("requestId"):
        raise NhnError(-4103)
    for kind in named:
        conditions.append(f"{periods[kind]} between ? and ?")
        values += _period(given.get(f"start{kind}Date", ""), given.get(f"end{kind}Date", ""))
    conditions += [_STATUSES.get(given["messageStatus"], "false")] if given.get("messageStatus") else []
    conditions += [_RESULTS.get(given["resultCode"], "false")] if given.get("resultCode") else []
    return conditions, values
