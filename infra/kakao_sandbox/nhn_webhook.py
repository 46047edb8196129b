"""NHN's webhook: results are told to an address of the customer's own, again and again until it answers."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from infra.kakao_sandbox.nhn_answers import instant
from infra.kakao_sandbox.state import Sandbox

SIGNATURE = "X-Toast-Webhook-Signature"
# Names without a dot are those of containers; nothing on the Internet has one.
_NEARBY = re.compile(r"127\.0\.0\.1|[a-z][a-z0-9_-]*")
_HOOKS_A_CALL = 100
_MOST_TRIES = 5
_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class Webhook:
    """Where results are told.

    :param url: empty where they are not.
    :param signature: sent along as it is.
    :param copies: how often each result is told; more than once, as happens when an answer is lost.
    """

    url: str
    signature: str = field(repr=False)
    copies: int = 1


def is_nearby(url: str) -> bool:
    """Say whether an address is on this machine, or in a container beside it: what is told here stays here."""
    parts = urlsplit(url)
    return parts.scheme == "http" and bool(_NEARBY.fullmatch(parts.hostname or ""))


def webhook(sandbox: Sandbox) -> Webhook:
    """Return where results are told by now."""
    return Webhook(
        sandbox.switch("nhn_webhook_url", sandbox.settings.nhn_webhook_url),
        sandbox.switch("nhn_webhook_signature", sandbox.settings.nhn_webhook_signature),
        int(sandbox.switch("nhn_webhook_copies", "1")),
    )


def turn(sandbox: Sandbox, chosen: Webhook) -> None:
    """Have results told to another address from now on; it stays so after a restart."""
    sandbox.turn("nhn_webhook_url", chosen.url)
    sandbox.turn("nhn_webhook_signature", chosen.signature)
    sandbox.turn("nhn_webhook_copies", str(chosen.copies))


def announce(sandbox: Sandbox, delivery_ids: Sequence[int]) -> None:
    """Have results told, where somebody wants to hear them; call it inside a transaction."""
    if not delivery_ids or not is_nearby(webhook(sandbox).url):
        return
    now = sandbox.now()
    sandbox.database.executemany(
        "insert into nhn_hooks (hook_id, delivery_id, due_at) values (?, ?, ?)",
        [(secrets.token_hex(16), delivery_id, now) for delivery_id in delivery_ids],
    )


def counts(sandbox: Sandbox) -> dict[str, int]:
    """Return how many results were told, are still to be told, and were given up."""
    row = sandbox.row(
        "select count(told_at) as told, count(due_at) as waiting,"
        " sum(due_at is null and told_at is null) as given_up from nhn_hooks"
    )
    return {name: row[name] or 0 for name in row.keys()} if row else {}  # noqa: SIM118 - a Row is no mapping


async def tell_due(sandbox: Sandbox, client: httpx.AsyncClient) -> int:
    """Tell the oldest results that are due, and return how many there were."""
    chosen = webhook(sandbox)
    rows = sandbox.rows(
        "select hook_id, tries, deliveries.*, requested_at, grouping_key from nhn_hooks"
        " join deliveries using (delivery_id) join dealer_requests using (request_id)"
        " where nhn_hooks.due_at <= ? order by nhn_hooks.due_at limit ?",
        *(sandbox.now(), _HOOKS_A_CALL),
    )
    if not rows or not is_nearby(chosen.url):
        return 0
    hooks = [_hook(sandbox, row) for row in rows]
    heard = all([await _tell(sandbox, client, chosen, hooks) for _ in range(chosen.copies)])
    now = sandbox.now()
    fates = [(None if heard else _next_try(row["tries"] + 1, now), now if heard else None) for row in rows]
    with sandbox.transaction():
        sandbox.database.executemany(
            "update nhn_hooks set tries = tries + 1, due_at = ?, told_at = ? where hook_id = ?",
            [(*fate, row["hook_id"]) for row, fate in zip(rows, fates, strict=True)],
        )
    return len(rows)


def _next_try(tries: int, now: float) -> float | None:
    return now + 2**tries if tries < _MOST_TRIES else None


async def _tell(sandbox: Sandbox, client: httpx.AsyncClient, chosen: Webhook, hooks: list[dict[str, Any]]) -> bool:
    body = {
        "hooksId": secrets.token_hex(16),
        "webhookConfigId": "sandbox",
        "productName": "KakaoTalk Bizmessage",
        "appKey": sandbox.settings.nhn_app_key,
        "event": "MESSAGE_RESULT_UPDATE",
        "hooks": hooks,
    }
    try:
        answer = await client.post(
            chosen.url, json=body, headers={SIGNATURE: chosen.signature}, timeout=_TIMEOUT_SECONDS
        )
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return answer.is_success


def _hook(sandbox: Sandbox, row: Any) -> dict[str, Any]:
    path = f"/alimtalk/v2.3/appkeys/{sandbox.settings.nhn_app_key}/messages/{row['request_id']}/{row['sequence']}"
    return {
        "hookId": row["hook_id"],
        "kakaoMessageType": "ALIMTALK_NORMAL",
        "requestId": row["request_id"],
        "recipientSeq": row["sequence"],
        "requestDate": instant(row["requested_at"]),
        "createDate": instant(row["created_at"]),
        "receiveDate": instant(row["updated_at"]),
        "recipientNo": row["address"],
        "resultCode": row["code"],
        "senderGroupingKey": row["grouping_key"],
        "recipientGroupingKey": row["reference"],
        "_links": {"self": {"href": path}},
    }
