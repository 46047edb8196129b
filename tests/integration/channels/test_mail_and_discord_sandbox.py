"""E-mail and Discord against the sandbox's own servers: what arrived, and what the channel says about it."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import CUSTOMERS_WEBHOOK, Settings, webhooks_with
from jikimi.channels.base import Message, Taken
from jikimi.channels.discord import DiscordChannel
from jikimi.channels.email import EmailChannel
from jikimi.exceptions import Rejected, Unavailable, Unknown
from ml.messages import AlertFacts, write_letter
from tests.serving import get, post, serving

SETTINGS = Settings(
    "app-key", "app-secret", discord_webhooks=webhooks_with("discord-token"), smtp_password="mail-password"
)
ADDRESSES = {"email": "hong@customer.example", "discord": "1122334455"}
CHANNELS = [pytest.param(name, id=name) for name in ADDRESSES]


class Sandbox:
    """The running sandbox as a test orders and sees it."""

    def __init__(self, url, smtp_port):
        self.url = url
        self.smtp_port = smtp_port

    def order_fault(self, **fault):
        post(f"{self.url}/admin/faults", json=fault).raise_for_status()

    def arrived(self):
        return get(f"{self.url}/admin/messages").json()


@pytest.fixture
def sandbox(tmp_path):
    app = create_app(tmp_path / "sandbox", SETTINGS, smtp_port=0)
    with serving(app) as url:
        yield Sandbox(url, app.state.smtp_port)


@pytest.fixture
def open_over(sandbox, monkeypatch):
    """Open a channel over a connection to the sandbox."""

    def make(name):
        mail = {"disable_ssl": True, "disable_tls": True, "from_email": "alerts@bank.example", "timeout_seconds": 1}
        smtp = {"conn_type": "smtp", "host": "127.0.0.1", "port": sandbox.smtp_port, "extra": mail}
        login = {"login": "jikimi", "password": "mail-password"}
        webhook = {"webhook_endpoint": f"webhooks/{CUSTOMERS_WEBHOOK}/discord-token", "timeout_seconds": 1}
        discord = {"conn_type": "discord", "host": f"{sandbox.url}/api/", "extra": webhook}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(smtp | login))
        monkeypatch.setenv("AIRFLOW_CONN_DISCORD_DEFAULT", json.dumps(discord))
        return EmailChannel() if name == "email" else DiscordChannel()

    return make


def message(channel, number=1, merchant="ABC마트"):
    facts = AlertFacts(
        datetime.now(UTC), Decimal(1234567), "KRW", f"{number:08X}", "홍길동", "1234567890127890", merchant
    )
    letter = write_letter(channel, facts, "지킴이은행", ZoneInfo("Asia/Seoul"))
    return Message(number, f"{number:08X}", ADDRESSES[channel], letter)


def send(channel, sent):
    return channel.send([sent], uuid4())[sent.alert_id]


@pytest.mark.parametrize("name", CHANNELS)
def test_a_message_arrives_as_it_was_written(open_over, sandbox, name):
    channel, sent = open_over(name), message(name, merchant='김밥"천국"\\ #{bank} @everyone')
    assert channel.test()[0]
    assert sandbox.arrived() == []
    result = send(channel, sent)
    assert isinstance(result, Taken)
    (arrived,) = sandbox.arrived()
    assert arrived["text"] == sent.letter.text
    assert result.dealer_id


@pytest.mark.parametrize("name", CHANNELS)
@pytest.mark.parametrize(
    ("fault", "kind", "arrives"),
    [
        pytest.param({"kind": "down"}, Unavailable, 0, id="down"),
        pytest.param({"kind": "cut_before"}, Unknown, 0, id="cut off before it was taken"),
        pytest.param({"kind": "cut"}, Unknown, 1, id="cut off after it was taken"),
        pytest.param({"kind": "timeout"}, Unknown, 1, id="silent after it was taken"),
    ],
)
def test_a_fault_leads_to_what_is_known(open_over, sandbox, name, fault, kind, arrives):
    channel = open_over(name)
    sandbox.order_fault(target="smtp" if name == "email" else "discord", **fault)
    assert type(send(channel, message(name))) is kind
    assert len(sandbox.arrived()) == arrives
    assert isinstance(send(channel, message(name, 2)), Taken), "the next one goes as if nothing had been"


def test_a_receiver_that_is_gone_costs_nobody_else_anything(open_over, sandbox):
    channel = open_over("email")
    sandbox.order_fault(target="smtp", kind="error", status=550, receiver=ADDRESSES["email"])
    assert type(send(channel, message("email"))) is Rejected
    assert isinstance(send(channel, message("email", 2)), Taken)


def test_beyond_discords_own_rate_a_message_waits(open_over, sandbox):
    channel = open_over("discord")
    results = [send(channel, message("discord", number)) for number in range(7)]
    refused = [result for result in results if not isinstance(result, Taken)]
    assert refused
    assert all(type(error) is Unavailable and error.retry_after for error in refused)
    assert len(sandbox.arrived()) == 7 - len(refused)
