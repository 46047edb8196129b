"""`jikimi channels`: which ways are ready, whether an account works, and a real message that says it is a test."""

import json
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from infra.kakao_sandbox.settings import CUSTOMERS_WEBHOOK, webhooks_with
from jikimi.channels.base import NAMES
from jikimi.cli import app
from jikimi.store.connection import open_store
from ml.messages import template
from tests.dealers import EXTRA, connect
from tests.integration.alert_rows import add_alert, add_try
from tests.kakao import LIMITLESS, RunningSandbox, connection
from tests.serving import get

TEMPLATES = {
    str(EXTRA[f"template_{name.replace('.', '_')}"]): template("alimtalk", name)
    for name in ("alert.ko", "alert_more.ko", "alert.en", "alert_more.en")
}


@pytest.fixture
def sandbox(tmp_path):
    running = RunningSandbox(tmp_path / "sandbox")
    running.settings = replace(
        LIMITLESS,
        nhn_app_key="app-key",
        nhn_secret_key="secret-key",
        nhn_sender_key="S" * 40,
        templates=TEMPLATES,
        discord_webhooks=webhooks_with("discord-token"),
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture
def airflow(jikimi, monkeypatch, sandbox):
    """Connect each channel but e-mail to the sandbox; what the command sets is taken back after the test."""
    for name in ("_AIRFLOW_PROCESS_CONTEXT", "AIRFLOW__LOGGING__LOGGING_LEVEL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("JIKIMI_FERNET_KEY", Fernet.generate_key().decode())
    token = {"refresh_token": sandbox.refresh_token()}
    monkeypatch.setenv("AIRFLOW_CONN_KAKAO_DEFAULT", connection(sandbox.url, extra=token))
    connect(monkeypatch, "alimtalk_nhn", sandbox.url, extra={"messages_per_second": 300})
    webhook = {"webhook_endpoint": f"webhooks/{CUSTOMERS_WEBHOOK}/discord-token"}
    discord = {"conn_type": "discord", "host": f"{sandbox.url}/api/", "extra": webhook}
    monkeypatch.setenv("AIRFLOW_CONN_DISCORD_DEFAULT", json.dumps(discord))
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT", raising=False)


def texts(sandbox):
    return [message["text"] for message in get(f"{sandbox.url}/admin/messages").json()]


@pytest.mark.usefixtures("airflow")
def test_the_list_says_what_is_ready_and_how_the_week_was(jikimi, database):
    with open_store(database) as store:
        alert_id = add_alert(store)
        add_try(store, alert_id, "accepted", channel="alimtalk")
        add_try(store, alert_id, "unavailable", channel="kakao_friends", code="-7", detail="maintenance")
        add_try(store, alert_id, "delivered", channel="discord", started_at="2020-01-01", finished_at="2020-01-01")
        quota = (
            "insert into channel_quotas values ('kakao_default', (now() at time zone 'Asia/Seoul')::date, %s, 7, 100)"
        )
        for subject in ("sender", "receiver:4f6a"):
            store.execute(quota, [subject])
    rows = {row["channel"]: row for row in json.loads(jikimi("channels", "list", "--json").stdout)}
    assert set(rows) == set(NAMES)
    assert (rows["alimtalk"]["type"], rows["alimtalk"]["messages_per_second"]) == ("alimtalk_nhn", 300)
    assert "There is no connection smtp_default" in rows["email"]["state"]
    assert [name for name, row in rows.items() if row["last_taken_at"]] == ["alimtalk"]
    assert rows["kakao_friends"]["used_today"] == {"sender": [7, 100]}
    said = jikimi("channels", "list").stdout
    assert "sender 7 of 100" in said
    assert "-7 maintenance" in said


@pytest.mark.usefixtures("airflow")
@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in NAMES if name != "email"])
def test_an_account_is_tried_without_sending(jikimi, sandbox, name):
    assert f"{name} works: " in jikimi("channels", "test", name).stdout
    assert texts(sandbox) == []


@pytest.mark.usefixtures("airflow")
def test_a_wrong_account_and_a_missing_connection_are_said(jikimi, sandbox, monkeypatch):
    connect(monkeypatch, "alimtalk_nhn", sandbox.url, password="another")
    assert "alimtalk does not work" in jikimi("channels", "test", "alimtalk", code=1).stderr
    assert "no connection smtp_default" in jikimi("channels", "test", "email", code=3).stderr
    jikimi("channels", "test", "fax", code=2)


@pytest.mark.usefixtures("airflow")
@pytest.mark.parametrize(
    ("name", "address", "shown"),
    [
        pytest.param("alimtalk", "010-0000-5678", "010-****-5678", id="alimtalk"),
        pytest.param("kakao_memo", "self", "self", id="memo"),
        pytest.param("discord", "self", "self", id="Discord's own channel"),
        pytest.param("discord", "1099999999999999999", "109…", id="a thread"),
    ],
)
def test_a_real_message_says_that_it_is_a_test(jikimi, sandbox, name, address, shown):
    words = ["channels", "test", name, "--send-to", address]
    refused = CliRunner().invoke(app, words, input="n\n", catch_exceptions=False)
    assert refused.exit_code == 1
    assert f"over {name} to {shown}, and may cost money" in refused.output
    assert texts(sandbox) == []
    said = jikimi(*words, "--yes").stdout
    (text,) = texts(sandbox)
    assert "시험 TEST" in text.splitlines()[0]
    assert said.split("test message ")[1].split()[0] in text
    assert address == "self" or address not in said


@pytest.mark.usefixtures("airflow")
def test_a_message_that_was_not_taken_is_code_1(jikimi, sandbox):
    result = jikimi("channels", "test", "kakao_friends", "--send-to", "nobody", "--yes", code=1)
    assert "was not taken" in result.stderr
    assert texts(sandbox) == []


@pytest.mark.parametrize(
    ("name", "address"),
    [
        pytest.param("alimtalk", "02-123-4567", id="a land line"),
        pytest.param("email", "kim", id="no mail"),
        pytest.param("alimtalk", "self", id="dealers have no self"),
        pytest.param("kakao_memo", "someone", id="a memo goes to oneself"),
    ],
)
def test_what_is_no_address_is_wrong_usage(jikimi, name, address):
    assert "--send-to is no address" in jikimi("channels", "test", name, "--send-to", address, code=2).stderr
