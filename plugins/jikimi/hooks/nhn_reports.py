"""What became of messages at NHN Cloud, asked for one by one or by the period in which something was heard of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jikimi.exceptions import Rejected
from jikimi.hooks.alimtalk import Asked, Finding, Verdict, absent, windows
from jikimi.hooks.nhn_codes import CALLS, TAKEN, code_of, error_of_code, fate_of

Get = Callable[[str, Mapping[str, object]], dict[str, Any]]
Item = Mapping[str, Any]
_KOREA = ZoneInfo("Asia/Seoul")
_PAGE = 1000
# So few are asked for one by one; more of them by the period, a thousand a page.
_FEW = 20
# NHN searches a month at most.
_MONTH = timedelta(days=30)
_MINUTE = timedelta(minutes=1)
# A request whose answer was lost may have been repeated until its key ended.
_REPEATED = timedelta(minutes=12)


def findings(get: Get, asked: Sequence[Asked], now: datetime) -> Iterator[Finding]:
    """Ask what became of messages and yield what is known by now.

    :param get: asks a path with parameters and returns the answer.
    :raises DeliveryError: NHN does not answer, or refuses the account.
    """
    named = {one.dealer_id: one for one in asked if one.dealer_id}
    nameless = {one.reference: one for one in asked if not one.dealer_id}
    for item in _of_named(get, named, now):
        if finding := _finding(item, named.get(_dealer_id(item))):
            yield finding
    for one, items in _of_nameless(get, nameless, now):
        judged = (_finding(item, one) for item in items)
        yield from (finding for finding in judged if finding)
        if not items and (finding := absent(one, now)):
            yield finding


def minutes(prefix: str, start: datetime, end: datetime) -> dict[str, object]:
    """Return a period as NHN's parameters name it: whole minutes in Korea."""
    first, last = (f"{instant.astimezone(_KOREA):%Y-%m-%d %H:%M}" for instant in (start, end))
    return {f"start{prefix}Date": first, f"end{prefix}Date": last}


def _of_named(get: Get, named: Mapping[str, Asked], now: datetime) -> Iterator[Item]:
    if len(named) > _FEW:
        oldest = max(min(one.started_at for one in named.values()), now - _MONTH)
        period = minutes("Update", oldest - _MINUTE, now + _MINUTE) | {"alimtalkMessageType": "NORMAL"}
        pages = _pages(get, "message-results", period)
        if pages is not None:
            yield from pages
            return
    for dealer_id in named:
        item = (_answer(get, f"messages/{dealer_id}", {}) or {}).get("message")
        if isinstance(item, dict):
            yield item


def _of_nameless(get: Get, nameless: Mapping[str, Asked], now: datetime) -> Iterator[tuple[Asked, list[Item]]]:
    """Find messages by their reference: the answers that would have named them were lost.

    Nothing is said of those that NHN refused to search for.
    """
    if len(nameless) <= _FEW:
        for reference, one in nameless.items():
            period = minutes("Create", one.started_at - _MINUTE, min(one.started_at + _REPEATED, now + _MINUTE))
            if (pages := _pages(get, "messages", period | {"recipientGroupingKey": reference})) is not None:
                yield one, [item for item in pages if _reference(item) == reference]
        return
    for start, end in windows([one.started_at for one in nameless.values()], _MINUTE, _REPEATED):
        wanted = {name: one for name, one in nameless.items() if start <= one.started_at <= end}
        found: dict[str, list[Item]] = {name: [] for name in wanted}
        if (pages := _pages(get, "messages", minutes("Create", start, end))) is None:
            continue
        for item in pages:
            if (name := _reference(item)) in found:
                found[name].append(item)
        yield from ((one, found[name]) for name, one in wanted.items())


def _pages(get: Get, path: str, parameters: Mapping[str, object]) -> Iterator[Item] | None:
    """Return all pages of a search; None where NHN refuses it."""
    first = _answer(get, path, {**parameters, "pageNum": 1, "pageSize": _PAGE})
    return None if first is None else _from_first(get, path, parameters, _items(first))


def _from_first(get: Get, path: str, parameters: Mapping[str, object], items: list[Item]) -> Iterator[Item]:
    number = 1
    while items:
        yield from items
        if len(items) < _PAGE:
            return
        number += 1
        answer = _answer(get, path, {**parameters, "pageNum": number, "pageSize": _PAGE})
        items = _items(answer) if answer else []


def _items(answer: Item) -> list[Item]:
    # The search by update answers with a bare list, the one by creation with a list in an object.
    found = answer.get("messages") or (answer.get("messageSearchResultResponse") or {}).get("messages") or []
    return [item for item in found if isinstance(item, dict)]


def _answer(get: Get, path: str, parameters: Mapping[str, object]) -> dict[str, Any] | None:
    """Return an answer, None where NHN refuses the question: there is nothing of the kind.

    :raises DeliveryError: the account is refused, or NHN is not well.
    """
    answer = get(path, parameters)
    code = code_of(answer)
    if code == TAKEN:
        return answer
    if code in CALLS and CALLS[code].error is not Rejected:
        raise error_of_code(code)
    return None


def _finding(item: Item, asked: Asked | None) -> Finding | None:
    code, status, resend = (_text(item.get(name)) for name in ("resultCode", "messageStatus", "resendStatus"))
    fate = fate_of(code, status, resend)
    if asked is None or fate.verdict is Verdict.OPEN:
        return None
    dealer_id = _dealer_id(item)
    event_id = "/".join((dealer_id, code or status or "", resend or ""))
    is_delivered = fate.verdict is Verdict.DELIVERED
    return Finding(event_id, dealer_id, asked.reference, is_delivered, code or status or "", f"{fate.words}.")


def _dealer_id(item: Item) -> str:
    return f"{item.get('requestId')}/{item.get('recipientSeq')}"


def _reference(item: Item) -> str:
    return str(item.get("recipientGroupingKey"))


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
