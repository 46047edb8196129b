"""What was taken is kept: over a killed process, and over a new version of the sandbox."""

import signal
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from infra.kakao_sandbox.messages import Selection, listed
from infra.kakao_sandbox.settings import CUSTOMERS_WEBHOOK, Settings
from infra.kakao_sandbox.state import open_sandbox

# The tables of the first version, as far as later ones changed them.
OLD_TABLES = """
create table friends (friend_id integer primary key, app_key text not null, customer_id text not null,
    uuid text not null, name text not null, is_favorite integer not null default 0,
    unique (app_key, customer_id), unique (app_key, uuid)) strict;
create table chats (chat_key text primary key, channel text not null, customer_id text, title text not null,
    last_message_id integer not null, message_count integer not null) strict;
create table messages (message_id integer primary key autoincrement, chat_key text not null, channel text not null,
    text text not null, link text, received_at real not null) strict;
create table faults (fault_id integer primary key, kind text not null, target text not null, status integer,
    code integer, uuid text, seconds real not null, calls_left integer not null) strict;
insert into friends (app_key, customer_id, uuid, name) values ('app-key', 'C1', 'abcdefg0001', '홍길동');
insert into chats values ('abcdefg0001', 'friends', 'C1', '홍길동', 1, 1);
insert into messages (chat_key, channel, text, received_at) values ('abcdefg0001', 'friends', '안녕', 1);
"""


def test_inbox_of_an_earlier_version_is_read_on(app: Any) -> None:
    file = app.folder / "sandbox.sqlite3"
    app.stack.close()
    for part in ("", "-wal", "-shm"):
        file.with_name(file.name + part).unlink(missing_ok=True)
    with sqlite3.connect(file) as old:
        old.executescript(OLD_TABLES)
    old.close()
    for _ in range(2):
        app.open()
    app.log_in()
    assert app.send("abcdefg0001", text="다시").status_code == 200
    assert app.texts() == ["안녕", "다시"]
    answer = app.client.get("/inbox/chats", params={"channel": "friends"}).json()
    assert (answer["channels"], answer["chats"][0]["message_count"]) == ({"friends": 2}, 2)


def test_whatever_was_answered_is_kept_over_a_kill(command: Any, tmp_path: Path) -> None:
    """The process is killed while four clients write as fast as they can: no answered message may be missing."""
    server = command(tmp_path, "--discord-calls-per-2-seconds", "1000000")
    answered: list[str] = []
    enough = threading.Event()

    def write(name: str) -> None:
        path = f"{server.url}/api/webhooks/{CUSTOMERS_WEBHOOK}/token"
        with httpx.Client(trust_env=False) as client, suppress(httpx.TransportError):
            for number in range(100_000):
                client.post(path, json={"content": f"{name}{number}"}).raise_for_status()
                answered.append(f"{name}{number}")
                if len(answered) > 100:
                    enough.set()

    writers = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    assert enough.wait(30)
    server.stop(signal.SIGKILL)
    for writer in writers:
        writer.join(10)
    sandbox = open_sandbox(tmp_path, Settings("app-key", "app-secret"))
    kept = [message["text"] for message in listed(sandbox, Selection(), 0, 1_000_000)]
    sandbox.database.close()
    assert len(kept) == len(set(kept))
    # Each client waited for one answer when the server died.
    assert set(answered) <= set(kept)
    assert len(kept) - len(answered) <= len(writers)
