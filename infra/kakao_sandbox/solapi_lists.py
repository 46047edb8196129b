"""SOLAPI's lists: messages by id, group, number, state or period, and groups; the newest first, page by page."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from infra.kakao_sandbox.solapi_answers import PRICES, SolapiError, group, message
from infra.kakao_sandbox.state import Sandbox

MOST_A_PAGE = 500
_STATUS = "coalesce(code, case phase when 'taken' then '2000' else '3000' end)"
_COLUMNS = {
    "messageId": "message_id",
    "groupId": "request_id",
    "to": "address",
    "from": "sender",
    "type": "kind",
    "statusCode": _STATUS,
    "replacement": "case when text_kind is not null and kind != 'ATA' then 'true' else 'false' end",
    "dateCreated": "created_at",
    "dateUpdated": "updated_at",
}
_OPERATORS = {"eq": "=", "ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_DATES = {"CREATED": "created_at", "UPDATED": "updated_at"}
_LIST_OF_IDS = re.compile(r"messageIds(\[\d*\])?")
_ATA = "template is not null"
_REPLACED = "text_kind is not null and kind != 'ATA'"
_REFUNDED = "code is not null and fate != '4000'"
_COST = f"case when {_ATA} then {PRICES['ATA']} when kind = 'SMS' then {PRICES['SMS']} else {PRICES['LMS']} end"
_GROUPS = f"""
    select dealer_requests.*, max(updated_at) as updated_at, count(due_at) as pending,
        coalesce(sum(phase != 'taken'), 0) as sent, coalesce(sum(code = '4000'), 0) as succeeded,
        coalesce(sum(due_at is null and code != '4000'), 0) as failed, coalesce(sum({_REPLACED}), 0) as replaced,
        coalesce(sum({_REFUNDED}), 0) as refunded, coalesce(sum({_ATA}), 0) as ata,
        coalesce(sum(template is null and kind = 'SMS'), 0) as sms,
        coalesce(sum(template is null and kind = 'LMS'), 0) as lms, sum({_COST}) as requested,
        sum(case when {_REPLACED} then iif(kind = 'SMS', {PRICES["SMS"]}, {PRICES["LMS"]}) end) as replaced_cost,
        sum(case when {_REFUNDED} then {_COST} end) as refund_cost
    from dealer_requests left join deliveries using (request_id)
"""  # noqa: S608 - nothing of a caller's


class Wanted:
    """Conditions of a search, collected.

    :param is_narrow: some of them leave only few messages.
    """

    def __init__(self, *, is_narrow: bool = False) -> None:
        self.is_narrow = is_narrow
        self.conditions: list[str] = []
        self.values: list[object] = []

    def add(self, condition: str, *values: object) -> None:
        """Add a condition with the values it names."""
        self.conditions.append(condition)
        self.values += values

    def where(self) -> str:
        """Return all of them in one."""
        return " and ".join(["true", *self.conditions])


def messages_of(sandbox: Sandbox, given: QueryParams) -> dict[str, Any]:
    """Return one page of messages."""
    wanted, limit, key = _wanted(given), limit_of(given), given.get("startKey")
    if key:
        wanted.add(
            "(created_at, delivery_id) <= (select created_at, delivery_id from deliveries where message_id = ?)", key
        )
    # A period is read in the order of its index, so that a page does not sort all others; few messages are found by
    # their ids and sorted: the sign keeps the index out.
    sign = "+" if wanted.is_narrow else ""
    rows = sandbox.rows(
        f"select * from deliveries where {sign}dealer = 'solapi' and {wanted.where()}"  # noqa: S608
        f" order by {sign}created_at desc, delivery_id desc limit ?",
        *(*wanted.values, limit + 1),
    )
    listed = {row["message_id"]: message(row) for row in rows[:limit]}
    following = rows[limit]["message_id"] if len(rows) > limit else None
    return {"startKey": key, "nextKey": following, "limit": limit, "messageList": listed}


def groups_of(sandbox: Sandbox, given: QueryParams) -> dict[str, Any]:
    """Return one page of groups."""
    wanted, limit, key = Wanted(), limit_of(given), given.get("startKey") or given.get("start_key")
    wanted.add("dealer_requests.dealer = 'solapi'")
    if given.get("criteria") == "groupId":
        wanted.add("request_id = ?", given.get("value", ""))
    for name, operator in (("start_date", ">="), ("end_date", "<=")):
        if given.get(name):
            wanted.add(f"dealer_requests.created_at {operator} ?", instant_of(given[name]))
    if key:
        wanted.add("dealer_requests.rowid <= (select rowid from dealer_requests where request_id = ?)", key)
    rows = sandbox.rows(
        f"{_GROUPS} where {wanted.where()} group by request_id order by dealer_requests.rowid desc limit ?",
        *(*wanted.values, limit + 1),
    )
    following = rows[limit]["request_id"] if len(rows) > limit else None
    listed = {row["request_id"]: group(row) for row in rows[:limit]}
    return {"startKey": key, "nextKey": following, "limit": limit, "groupList": listed}


def group_of(sandbox: Sandbox, group_id: str) -> dict[str, Any]:
    """Return one group.

    :raises SolapiError: there is none.
    """
    row = sandbox.row(f"{_GROUPS} where dealer_requests.dealer = 'solapi' and request_id = ? group by 1", group_id)
    if row is None:
        raise SolapiError("ResourceNotFound", "해당 그룹이 없습니다.", 404)
    return group(row)


def limit_of(given: QueryParams) -> int:
    """Return how many a page may have."""
    text = given.get("limit", "20")
    if not text.isdecimal() or not 0 < int(text) <= MOST_A_PAGE:
        raise SolapiError("ValidationError", f"limit must be 1 to {MOST_A_PAGE}.")
    return int(text)


def instant_of(text: str) -> float:
    """Return an ISO 8601 instant in seconds since 1970."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise SolapiError("ValidationError", "A date is no ISO 8601 date.") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _wanted(given: QueryParams) -> Wanted:
    ids = [value for name, value in given.multi_items() if _LIST_OF_IDS.fullmatch(name)]
    wanted = Wanted(is_narrow=bool(ids or given.get("messageId") or given.get("groupId")))
    for name in ("messageId", "groupId", "to", "from", "type", "statusCode"):
        if given.get(name):
            wanted.add(f"{_COLUMNS[name]} = ?", given[name])
    if ids:
        wanted.add(f"message_id in ({', '.join('?' * len(ids))})", *ids)
    dated = _DATES.get(given.get("dateType", "CREATED").upper(), "created_at")
    for name, operator in (("startDate", ">="), ("endDate", "<=")):
        if given.get(name):
            wanted.add(f"{dated} {operator} ?", instant_of(given[name]))
    _add_criteria(wanted, *(given.get(name, "").split(",") for name in ("criteria", "cond", "value")))
    return wanted


def _add_criteria(wanted: Wanted, names: Iterable[str], operators: Iterable[str], values: Iterable[str]) -> None:
    """Read the older way to search: three lists that belong together, place by place."""
    for name, operator, value in zip(names, operators, values, strict=False):
        if name and (name not in _COLUMNS or operator not in _OPERATORS):
            raise SolapiError("ValidationError", "criteria or cond is not known.")
        if name:
            converted = instant_of(value) if name.startswith("date") else value
            wanted.add(f"{_COLUMNS[name]} {_OPERATORS[operator]} ?", converted)
