"""Channels are opened by name over the connections of Airflow."""

import json
from typing import Any, cast

import pytest

from jikimi.channels.base import NAMES
from jikimi.channels.registry import connection_id_of, open_channel
from jikimi.exceptions import NotConfigured
from jikimi.store.connection import open_store
from tests.dealers import connect

NO_STORE = cast(Any, None)
CONNECTIONS = {
    "KAKAO_DEFAULT": {"conn_type": "kakao", "login": "app-key", "password": "app-secret"},
    "SMTP_DEFAULT": {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": 25,
        "extra": {"from_email": "alerts@bank.example", "disable_ssl": True},
    },
    "DISCORD_DEFAULT": {
        "conn_type": "discord",
        "host": "http://127.0.0.1/api/",
        "extra": {"webhook_endpoint": "webhooks/1/token"},
    },
}


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, connection in CONNECTIONS.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(connection))
    connect(monkeypatch, "alimtalk_nhn", "http://127.0.0.1:1")
    monkeypatch.setenv("JIKIMI_FERNET_KEY", "x" * 43 + "=")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("connections")
def test_every_channel_is_opened_by_its_name(name: str, database: str) -> None:
    with open_store(database) as store:
        channel = open_channel(name, store)
        assert (channel.name, channel.connection_id) == (name, connection_id_of(name))
        assert channel.limits.messages_a_call > 0


@pytest.mark.parametrize("name", NAMES)
def test_missing_connection_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (*CONNECTIONS, "ALIMTALK_DEFAULT"):
        monkeypatch.delenv(f"AIRFLOW_CONN_{variable}", raising=False)
    with pytest.raises(NotConfigured, match=connection_id_of(name)):
        open_channel(name, NO_STORE)


@pytest.mark.parametrize("conn_type", ["alimtalk_nhn", "alimtalk_solapi"])
def test_type_of_the_connection_chooses_the_dealer(conn_type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, conn_type, "http://127.0.0.1:1")
    repeatable = open_channel("alimtalk", NO_STORE).limits.repeatable_seconds
    assert bool(repeatable) == (conn_type == "alimtalk_nhn")


def test_unknown_channel_is_no_setting_that_is_missing() -> None:
    with pytest.raises(ValueError, match="fax"):
        open_channel("fax", NO_STORE)
