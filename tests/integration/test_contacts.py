"""New customers become friends of the real sandbox, whatever their names are."""

import socket
import threading
import time
from datetime import UTC, datetime

import pandas as pd
import pytest
import uvicorn

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import Settings
from jikimi.contacts import SandboxFriends, with_contacts
from jikimi.exceptions import NotConfigured, ServiceUnavailable
from jikimi.store.connection import open_store
from jikimi.store.customers import upsert_customers

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def sandbox_url(tmp_path):
    app = create_app(tmp_path / "sandbox", Settings("key", "secret"))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listening.close()


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def test_every_new_customer_gets_a_uuid_and_the_same_one_again(store, sandbox_url):
    friends = SandboxFriends(sandbox_url)
    customers = pd.DataFrame({"customer_id": ["c1", "c2", "c3", "no id"], "name": ["김민수", None, "x" * 300, "Eve"]})
    first = with_contacts(store, customers, friends, NOW)
    assert first["kakao_uuid"].isna().tolist() == [False, False, False, True]
    assert with_contacts(store, customers, friends, NOW)["kakao_uuid"].tolist()[:3] == first["kakao_uuid"].tolist()[:3]
    upsert_customers(store, first)
    reachable = store.execute(
        "select count(*) from customers where channel = 'kakao_friends' and consented_at = %s", [NOW]
    )
    assert reachable.fetchone()["count"] == 3


def test_who_has_a_channel_is_left_alone(store, sandbox_url):
    upsert_customers(store, pd.DataFrame({"customer_id": ["c1"], "channel": ["kakao_memo"]}))
    customers = pd.DataFrame({"customer_id": ["c1", "c2"], "name": ["A", "B"]})
    upsert_customers(store, with_contacts(store, customers, SandboxFriends(sandbox_url), NOW))
    rows = store.execute("select customer_id, channel, consented_at from customers order by 1").fetchall()
    assert [(row["channel"], row["consented_at"]) for row in rows] == [("kakao_memo", None), ("kakao_friends", NOW)]


def test_more_customers_than_one_request_takes(store, sandbox_url):
    customers = pd.DataFrame({"customer_id": [f"c{n}" for n in range(2_500)], "name": "Kim"})
    assert with_contacts(store, customers, SandboxFriends(sandbox_url), NOW)["kakao_uuid"].nunique() == 2_500


def test_a_sandbox_that_does_not_answer_or_is_none_says_so(sandbox_url):
    with pytest.raises(ServiceUnavailable, match="jikimi status"):
        SandboxFriends("http://127.0.0.1:1").befriend([{"customer_id": "c1", "name": "Kim"}])
    with pytest.raises(ServiceUnavailable, match="404"):
        SandboxFriends(f"{sandbox_url}/nowhere").befriend([{"customer_id": "c1", "name": "Kim"}])
    with pytest.raises(NotConfigured, match="JIKIMI_SANDBOX_URL"):
        SandboxFriends(None)
