"""What became of messages at SOLAPI, asked for by their ids or by the period in which they were made."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jikimi.hooks.alimtalk import Asked, Finding, Verdict, absent, in_batches, windows
from jikimi.hooks.solapi_codes import fate_of, reference_of

Get = Callable[[Mapping[str, Any]], dict[str, Any]]
Item = Mapping[str, Any]
_PAGE = 500
_IDS = 100
# A request waits for a free place and for its answer before SOLAPI makes the messages.
_BEFORE = timedelta(minutes=2)
_AFTER = timedelta(minutes=10)
# How long a text message may take to replace Alimtalk that was refused.
_REPLACED_WITHIN = timedelta(minutes=10)


def findings(get: Get, asked: Sequence[Asked], now: datetime, *, has_fall_back: bool) -> Iterator[Finding]:
    """Ask what became of messages and yield what is known by now.

    :param get: asks the list of messages with parameters and returns the answer.
    :param has_fall_back: text messages replace Alimtalk that is refused.
    :raises DeliveryError: SOLAPI does not answer, or refuses the account.
    """
    named = {one.dealer_id: one for one in asked if one.dealer_id}
    nameless = {one.reference: one for one in asked if not one.dealer_id}
    patience = _REPLACED_WITHIN if has_fall_back else timedelta()
    for message_id, item in _of_named(get, named):
        if finding := _finding(message_id, item, named.get(message_id), now - patience):
            yield finding
    for one, items in _of_nameless(get, nameless):
        judged = (_finding(message_id, item, one, now - patience) for message_id, item in items)
        yield from (finding for finding in judged if finding)
        if not items and (finding := absent(one, now)):
            yield finding


def _of_named(get: Get, named: Mapping[str, Asked]) -> Iterator[tuple[str, Item]]:
    for batch in in_batches(list(named.values()), _IDS):
        ids = [one.dealer_id for one in batch]
        # One alone has a parameter of its own, which every version of the list knows.
        wanted = {"messageIds": ids} if len(ids) > 1 else {"messageId": ids[0]}
        yield from _pages(get, wanted)


def _of_nameless(get: Get, nameless: Mapping[str, Asked]) -> Iterator[tuple[Asked, list[tuple[str, Item]]]]:
    """Find messages by their reference: the answers that would have named them were lost."""
    for start, end in windows([one.started_at for one in nameless.values()], _BEFORE, _AFTER):
        wanted = {name: one for name, one in nameless.items() if start <= one.started_at <= end}
        found: dict[str, list[tuple[str, Item]]] = {name: [] for name in wanted}
        period = {"dateType": "CREATED", "startDate": start.isoformat(), "endDate": end.isoformat()}
        for message_id, item in _pages(get, period):
            if (name := reference_of(item) or "") in found:
                found[name].append((message_id, item))
        yield from ((one, found[name]) for name, one in wanted.items())


def _pages(get: Get, parameters: Mapping[str, Any]) -> Iterator[tuple[str, Item]]:
    key: str | None = None
    while True:
        answer = get({**parameters, "limit": _PAGE} | ({"startKey": key} if key else {}))
        items = answer.get("messageList") or {}
        yield from items.items()
        following = answer.get("nextKey")
        if not following or following == key or not items:
            return
        key = following


def _finding(message_id: str, item: Item, asked: Asked | None, decided_before: datetime) -> Finding | None:
    if asked is None:
        return None
    code = str(item["statusCode"]) if item.get("statusCode") else None
    is_text = bool(item.get("replacement")) or item.get("type") in ("SMS", "LMS")
    fate = fate_of(code, is_text=is_text, may_become_text=asked.started_at > decided_before)
    if fate.verdict is Verdict.OPEN:
        return None
    event_id = f"{message_id}/{code}" + ("/text" if is_text else "")
    is_delivered = fate.verdict is Verdict.DELIVERED
    return Finding(event_id, message_id, asked.reference, is_delivered, code or "", f"{fate.words}.")
