"""What arrived on every channel: kept for good, and read by the inbox page and by tests."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from infra.kakao_sandbox.state import Sandbox

MEMO_CHAT = "memo"
_COLUMNS = "message_id, messages.channel, chat_key, subject, text, link, detail, state, received_at"

_OPTIONAL = ("subject", "detail", "state")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that is to be kept.

    :param chat_key: whose chat it is: uuid, telephone number, e-mail address.
    :param channel: `friends`, `memo`, `alimtalk`, `sms`, `lms`, `email` or `discord`.
    :param title: what the chat is called.
    :param subject: a heading of this message.
    :param detail: one small line below it, for whoever looks: a sender, a template, a code.
    :param state: how far the delivery is, where the channel says so later: `accepted`, `delivered`, `failed`, …
    """

    chat_key: str
    text: str
    channel: str
    title: str
    customer_id: str | None = None
    link: str | None = None
    subject: str | None = None
    detail: str | None = None
    state: str | None = None


def keep(
    sandbox: Sandbox,
    chat_key: str,
    text: str,
    *,
    channel: str,
    title: str,
    customer_id: str | None = None,
    link: str | None = None,
    subject: str | None = None,
    detail: str | None = None,
    state: str | None = None,
) -> int:
    """Keep one message and return its id; as `keep_many`, and the parameters as in `Arrival`."""
    return keep_many(sandbox, [Arrival(chat_key, text, channel, title, customer_id, link, subject, detail, state)])[0]


def keep_many(sandbox: Sandbox, arrivals: Sequence[Arrival]) -> list[int]:
    """Keep messages at the end of their chats and return their ids; call it inside a transaction."""
    first, now = newest_id(sandbox) + 1, sandbox.now()
    numbered = list(enumerate(map(_storable, arrivals), first))
    sandbox.database.executemany(
        "insert into messages (message_id, chat_key, channel, subject, text, link, detail, state, received_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(i, a.chat_key, a.channel, a.subject, a.text, a.link, a.detail, a.state, now) for i, a in numbered],
    )
    sandbox.database.executemany(
        "insert into chats (chat_key, channel, title, customer_id, last_message_id, message_count)"
        " values (?, ?, ?, ?, ?, 1) on conflict (chat_key) do update set title = excluded.title,"
        " channel = excluded.channel, last_message_id = excluded.last_message_id, message_count = message_count + 1",
        [(a.chat_key, a.channel, a.title, a.customer_id, i) for i, a in numbered],
    )
    sandbox.database.executemany(
        "insert into chat_channels (chat_key, channel, last_message_id) values (?, ?, ?)"
        " on conflict (chat_key, channel) do update set last_message_id = excluded.last_message_id",
        [(a.chat_key, a.channel, i) for i, a in numbered],
    )
    sandbox.database.executemany(
        "insert into channel_counts (channel, message_count) values (?, ?)"
        " on conflict (channel) do update set message_count = message_count + excluded.message_count",
        Counter(arrival.channel for arrival in arrivals).items(),
    )
    return [number for number, _ in numbered]


def set_state(sandbox: Sandbox, message_id: int, state: str, detail: str | None = None) -> None:
    """Say how far the delivery of a kept message is; the detail stays unless a new one is given."""
    set_states(sandbox, [(message_id, state, detail)])


def set_states(sandbox: Sandbox, states: Sequence[tuple[int, str, str | None]]) -> None:
    """Say how far the deliveries of kept messages are: id, state, and a new detail or None."""
    sandbox.database.executemany(
        "update messages set state = ?2, detail = coalesce(?3, detail) where message_id = ?1", states
    )
    sandbox.changes += len(states)


def newest_id(sandbox: Sandbox) -> int:
    """Return the id of the newest message, 0 before the first."""
    row = sandbox.row("select coalesce(max(message_id), 0) from messages")
    return int(row[0]) if row else 0


def counts(sandbox: Sandbox) -> dict[str, int]:
    """Return how many messages arrived on each channel."""
    return {row["channel"]: row["message_count"] for row in sandbox.rows("select * from channel_counts")}


@dataclass(frozen=True)
class Selection:
    """Which messages are asked for; None asks for all.

    :param chat_key: the address they went to.
    :param contains: a text they contain, such as an alert's reference.
    """

    customer_id: str | None = None
    channel: str | None = None
    chat_key: str | None = None
    contains: str | None = None


def listed(sandbox: Sandbox, chosen: Selection, after_id: int, limit: int) -> list[dict[str, Any]]:
    """Return messages after an id, oldest first; a page of a million costs as much as one of a thousand."""
    conditions = {
        "customer_id = ?": chosen.customer_id,
        "messages.channel = ?": chosen.channel,
        "chat_key = ?": chosen.chat_key,
        "instr(text, ?)": chosen.contains,
    }
    used = {condition: value for condition, value in conditions.items() if value is not None}
    where = " and ".join(["message_id > ?", *used])
    rows = sandbox.rows(
        f"select {_COLUMNS}, customer_id, title as name from messages join chats using (chat_key)"  # noqa: S608
        f" where {where} order by message_id limit ?",
        *(after_id, *used.values(), limit),
    )
    return _readable(rows)


def chats(sandbox: Sandbox, search: str, channel: str | None, limit: int) -> list[dict[str, Any]]:
    """Return the chats whose title, address or customer id contains `search`, newest first, with their last message.

    :param channel: only chats with messages of this channel, and the last one of these.
    """
    source, condition = ("chats", "? is null") if channel is None else ("chat_channels", "newest.channel = ?")
    rows = sandbox.rows(
        "select newest.chat_key, messages.channel, chats.title, chats.customer_id, chats.message_count, subject, text,"  # noqa: S608
        " state, received_at"
        f" from {source} as newest join chats using (chat_key)"
        " join messages on message_id = newest.last_message_id"
        f" where {condition}"
        " and instr(lower(chats.title || char(10) || coalesce(chats.customer_id, '') || char(10) || chats.chat_key), ?)"
        " order by newest.last_message_id desc limit ?",
        *(channel, search.lower(), limit),
    )
    return _readable(rows)


def chat(sandbox: Sandbox, chat_key: str, limit: int) -> dict[str, Any] | None:
    """Return a chat and its newest messages, oldest first; None where there is none."""
    found = sandbox.row("select * from chats where chat_key = ?", chat_key)
    if found is None:
        return None
    rows = sandbox.rows(
        f"select {_COLUMNS} from messages where chat_key = ? order by message_id desc limit ?",  # noqa: S608
        *(chat_key, limit),
    )
    return {**dict(found), "messages": _readable(rows[::-1])}


def _storable(arrival: Arrival) -> Arrival:
    """Replace halves of characters, which JSON and mail can carry and the database cannot keep."""
    try:
        "".join(filter(None, (arrival.chat_key, arrival.text, arrival.title, arrival.subject, arrival.detail))).encode()
    except UnicodeEncodeError:
        texts = {name: value for name, value in asdict(arrival).items() if value is not None}
        return Arrival(**{name: value.encode("utf-8", "replace").decode() for name, value in texts.items()})
    return arrival


def _readable(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Write instants as text, and leave out what most messages lack."""
    return [
        {name: value for name, value in {**row}.items() if value is not None or name not in _OPTIONAL}
        | {"received_at": datetime.fromtimestamp(row["received_at"], UTC).isoformat()}
        for row in rows
    ]
