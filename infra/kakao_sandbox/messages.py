"""What arrived: kept for good, and read by the inbox page and by tests."""

from datetime import UTC, datetime
from typing import Any

from infra.kakao_sandbox.state import Sandbox

MEMO_CHAT = "memo"


def keep(
    sandbox: Sandbox, chat_key: str, text: str, *, channel: str, title: str, customer_id: str | None, link: str | None
) -> int:
    """Keep a message at the end of its chat and return its id; call it inside a transaction."""
    row = sandbox.row(
        "insert into messages (chat_key, channel, text, link, received_at) values (?, ?, ?, ?, ?) returning message_id",
        *(chat_key, channel, text, link, sandbox.now()),
    )
    message_id = int(row["message_id"]) if row else 0
    sandbox.rows(
        "insert into chats (chat_key, channel, title, customer_id, last_message_id, message_count)"
        " values (?, ?, ?, ?, ?, 1) on conflict (chat_key) do update set title = excluded.title,"
        " last_message_id = excluded.last_message_id, message_count = message_count + 1",
        *(chat_key, channel, title, customer_id, message_id),
    )
    return message_id


def newest_id(sandbox: Sandbox) -> int:
    """Return the id of the newest message, 0 before the first."""
    row = sandbox.row("select coalesce(max(message_id), 0) from messages")
    return int(row[0]) if row else 0


def count(sandbox: Sandbox) -> int:
    """Return how many messages arrived."""
    row = sandbox.row("select coalesce(sum(message_count), 0) from chats")
    return int(row[0]) if row else 0


def listed(sandbox: Sandbox, customer_id: str | None, after_id: int, limit: int) -> list[dict[str, Any]]:
    """Return messages after an id, oldest first."""
    rows = sandbox.rows(
        "select message_id, customer_id, title as name, messages.channel, chat_key, text, link, received_at"
        " from messages join chats using (chat_key)"
        " where message_id > ? and (? is null or customer_id = ?) order by message_id limit ?",
        *(after_id, customer_id, customer_id, limit),
    )
    return [_readable(dict(row)) for row in rows]


def chats(sandbox: Sandbox, search: str, limit: int) -> list[dict[str, Any]]:
    """Return the chats whose title or customer id contains `search`, newest first, each with its last message."""
    rows = sandbox.rows(
        "select chats.chat_key, chats.channel, title, customer_id, message_count, text, received_at from chats"
        " join messages on message_id = last_message_id"
        " where instr(lower(title), lower(?)) or instr(lower(coalesce(customer_id, '')), lower(?))"
        " order by last_message_id desc limit ?",
        *(search, search, limit),
    )
    return [_readable(dict(row)) for row in rows]


def chat(sandbox: Sandbox, chat_key: str, limit: int) -> dict[str, Any] | None:
    """Return a chat and its newest messages, oldest first; None where there is none."""
    found = sandbox.row("select * from chats where chat_key = ?", chat_key)
    if found is None:
        return None
    rows = sandbox.rows(
        "select message_id, text, link, received_at from messages where chat_key = ? order by message_id desc limit ?",
        *(chat_key, limit),
    )
    return {**dict(found), "messages": [_readable(dict(row)) for row in reversed(rows)]}


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"received_at": datetime.fromtimestamp(row["received_at"], UTC).isoformat()}
