"""KakaoChannel against the sandbox: who shares a request, what each message counts, and what became of each."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet

from jikimi.channels.base import Limits, Message, Quota, Taken, digest
from jikimi.channels.kakao import KakaoChannel
from jikimi.exceptions import (
    DeliveryError,
    Misconfigured,
    NotConfigured,
    QuotaUsedUp,
    Rejected,
    Unavailable,
    Unknown,
)
from jikimi.store.connection import open_store
from ml.messages import Letter
from tests.kakao import RunningSandbox, connection

FRIENDS, MEMO = "kakao_friends", "kakao_memo"
CALL = uuid4()
Open = Callable[..., KakaoChannel]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    running = RunningSandbox(tmp_path / "sandbox")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def opened(sandbox: RunningSandbox, database: str, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a channel to the sandbox; `extra` are further fields of the connection."""
    monkeypatch.setenv("JIKIMI_FERNET_KEY", Fernet.generate_key().decode())

    def open_channel(name: str = FRIENDS, **extra: Any) -> KakaoChannel:
        extra = {"refresh_token": sandbox.refresh_token()} | extra
        monkeypatch.setenv("AIRFLOW_CONN_KAKAO_DEFAULT", connection(sandbox.url, extra=extra))
        with open_store(database) as store:
            return KakaoChannel(name, store)

    return open_channel


def messages(*pairs: tuple[str | None, str]) -> list[Message]:
    return [
        Message(number, f"{number:08X}", uuid, Letter(text, template="alert.ko"))
        for number, (uuid, text) in enumerate(pairs, 1)
    ]


def kinds(results: Any) -> list[type]:
    return [type(results[alert_id]) for alert_id in sorted(results)]


def test_friends_with_the_same_words_share_requests_of_five(opened: Open) -> None:
    calls = opened().calls(messages(("a", "other"), *((str(number), "same") for number in range(7))))
    assert [[message.address for message in call] for call in calls] == [["a"], ["0", "1", "2", "3", "4"], ["5", "6"]]


def test_no_request_names_a_friend_twice(opened: Open) -> None:
    calls = opened().calls(messages(("a", "same"), ("a", "same"), ("b", "same")))
    assert [[message.alert_id for message in call] for call in calls] == [[1, 3], [2]]


def test_memos_go_one_by_one(opened: Open, sandbox: RunningSandbox) -> None:
    channel = opened(MEMO)
    calls = channel.calls(messages((None, "same"), (None, "same")))
    assert [len(call) for call in calls] == [1, 1]
    assert channel.send(calls[1], CALL) == {2: Taken(is_final=True)}
    assert sandbox.texts() == ["same"]


def test_limits_are_those_of_the_connection(opened: Open) -> None:
    assert opened().limits == Limits(messages_a_call=5, calls_at_once=4, per_second=None, repeatable_seconds=0)
    assert opened(MEMO, messages_per_second=7).limits == Limits(messages_a_call=1, calls_at_once=4, per_second=7)


def test_message_counts_for_app_sender_receiver_and_pair(opened: Open) -> None:
    (message,) = messages(("uuid-1", "text"))
    channel = opened(app_quota=500, sender_quota=60, pair_quota=7)
    receiver = digest("uuid-1")
    assert channel.quotas(message) == [
        Quota("app", 500),
        Quota("sender", 60),
        Quota(f"receiver:{receiver}", 100),
        Quota(f"pair:{receiver}", 7),
    ]
    assert "uuid-1" not in receiver
    assert opened(MEMO).quotas(message) == [Quota("app", 30_000), Quota("sender", 100)]


def test_each_friend_of_a_request_has_a_fate_of_its_own(opened: Open, sandbox: RunningSandbox) -> None:
    first, second, third = sandbox.befriend("C1", "C2", "C3")
    sandbox.order_fault(kind="error", code=-530, uuid=second)
    results = opened().send(messages((first, "t"), (second, "t"), (third, "t"), ("stranger", "t")), CALL)
    assert kinds(results) == [Taken, Rejected, Taken, Unavailable]
    assert results[4].tries == 2
    assert sandbox.texts() == ["t", "t"]


def test_one_uuid_that_is_none_does_not_cost_the_others_their_message(opened: Open, sandbox: RunningSandbox) -> None:
    first, second = sandbox.befriend("C1", "C2")
    results = opened().send(messages((first, "t"), ("no uuid!", "t"), (second, "t")), CALL)
    assert kinds(results) == [Taken, Rejected, Taken]
    assert sandbox.texts() == ["t", "t"]


def test_lost_answer_within_a_split_request_is_that_of_one_friend(opened: Open, sandbox: RunningSandbox) -> None:
    first, second = sandbox.befriend("C1", "C2")
    channel = opened()
    sandbox.order_fault(script=[None, {"kind": "cut"}, None])
    results = channel.send(messages((first, "t"), (second, "t"), ("no uuid!", "t")), CALL)
    assert kinds(results) == [Unknown, Taken, Rejected]
    assert sandbox.texts() == ["t", "t"]


def test_bad_words_are_refused_for_all_without_a_second_request(opened: Open, sandbox: RunningSandbox) -> None:
    with pytest.raises(Rejected):
        opened().send(messages(("a", "가" * 201), ("b", "가" * 201)), CALL)
    assert sandbox.tokens("access") == 0


@pytest.mark.parametrize(
    ("setting", "subject"),
    [
        pytest.param("app_quota", "app", id="app"),
        pytest.param("sender_quota", "sender", id="sender"),
        pytest.param("receiver_quota", "receiver", id="receiver"),
        pytest.param("pair_quota", "pair", id="pair"),
    ],
)
def test_quota_that_kakaotalk_counts_itself_is_named(
    opened: Open, sandbox: RunningSandbox, setting: str, subject: str
) -> None:
    (uuid,) = sandbox.befriend("C1")
    sandbox.restart(**{setting: 1})
    channel = opened()
    assert kinds(channel.send(messages((uuid, "first")), CALL)) == [Taken]
    (result,) = channel.send(messages((uuid, "second")), CALL).values()
    assert isinstance(result, QuotaUsedUp)
    assert result.subject == subject


@pytest.mark.parametrize("name", [FRIENDS, MEMO])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param({"kind": "down"}, Unavailable, id="down"),
        pytest.param({"kind": "cut"}, Unknown, id="answer lost"),
        pytest.param({"kind": "error", "code": -402}, Misconfigured, id="scope"),
    ],
)
def test_failure_of_the_whole_request_is_told(
    opened: Open, sandbox: RunningSandbox, name: str, fault: dict[str, Any], kind: type[DeliveryError]
) -> None:
    channel, uuids = opened(name), sandbox.befriend("C1", "C2")
    sandbox.order_fault(**fault)
    ready = messages(*((uuid, "t") for uuid in uuids[: channel.limits.messages_a_call]))
    try:
        found = {type(result) for result in channel.send(ready, CALL).values()}
    except DeliveryError as error:
        found = {type(error)}
    assert found == {kind}


def test_several_threads_send_over_one_channel_with_one_exchange(opened: Open, sandbox: RunningSandbox) -> None:
    uuids = sandbox.befriend(*(f"C{number}" for number in range(40)))
    sandbox.restart(rotate_below_seconds=10**9)
    channel = opened()
    ready = messages(*((uuid, f"text {number}") for number, uuid in enumerate(uuids)))
    with ThreadPoolExecutor(channel.limits.calls_at_once) as pool:
        results = list(pool.map(lambda call: channel.send(call, CALL), channel.calls(ready)))
    assert [found for result in results for found in kinds(result)] == [Taken] * 40
    assert sorted(sandbox.texts()) == sorted(message.letter.text for message in ready)
    assert sandbox.tokens("access") == 1


def test_channel_cannot_be_opened_without_connection_or_key(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotConfigured, match="pair_quota"):
        opened(pair_quota="many")
    monkeypatch.delenv("JIKIMI_FERNET_KEY")
    with pytest.raises(NotConfigured, match="JIKIMI_FERNET_KEY"):
        opened()
