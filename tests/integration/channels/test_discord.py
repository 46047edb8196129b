"""What becomes of a message whatever Discord answers, on a server that answers as a test says."""

import json
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from jikimi.channels.base import Message, Taken
from jikimi.channels.discord import DiscordChannel
from jikimi.exceptions import Misconfigured, NotConfigured, Rejected, Unavailable, Unknown
from ml.messages import Letter
from tests.conftest import free_port
from tests.integration.channels.discord_server import HANG_UP, SILENCE, DiscordServer

TOKEN = "Aa0_-token"
ENDPOINT = f"webhooks/123/{TOKEN}"
TEXT = "[지킴이은행] 이상거래 의심 알림"


@pytest.fixture
def discord():
    running = DiscordServer()
    yield running
    running.stop()


@pytest.fixture
def connect(monkeypatch):
    """Make a channel whose connection stands in the environment, as Airflow reads it."""

    def make(host, **extra):
        known = {"webhook_endpoint": ENDPOINT, "timeout_seconds": 5} | extra
        connection = {"conn_type": "discord", "host": host, "extra": known}
        monkeypatch.setenv("AIRFLOW_CONN_DISCORD_DEFAULT", json.dumps(connection))
        return DiscordChannel()

    return make


def send(channel, address=None, text=TEXT):
    return channel.send([Message(1, "A1B2C3D4", address, Letter(text))], uuid4())[1]


def test_a_message_is_posted_and_has_discords_id(discord, connect):
    assert send(connect(discord.url)) == Taken(is_final=True, dealer_id="987", code="200")
    ((path, headers, body),) = discord.received
    assert urlsplit(path).path == f"/api/{ENDPOINT}"
    assert parse_qs(urlsplit(path).query) == {"wait": ["true"]}
    assert body["content"] == TEXT
    assert {"timeout_seconds", "webhook_endpoint"}.isdisjoint(headers)


def test_an_address_is_a_thread(discord, connect):
    send(connect(discord.url), address="1122334455")
    assert parse_qs(urlsplit(discord.received[0][0]).query) == {"wait": ["true"], "thread_id": ["1122334455"]}


def test_a_merchants_name_calls_nobody_and_shows_no_page(discord, connect):
    send(connect(discord.url), text="가맹점 @everyone https://evil.example")
    body = discord.received[0][2]
    assert body["allowed_mentions"] == {"parse": []}
    assert body["flags"] == 4


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        pytest.param((400, {"code": 50035, "message": "Invalid Form Body"}, {}), Rejected, "50035", id="a bad message"),
        pytest.param((400, {"code": 0, "message": "400"}, {}), Rejected, "400", id="no code"),
        pytest.param((404, {"code": 10003, "message": "Unknown Channel"}, {}), Rejected, "10003", id="no such thread"),
        pytest.param((403, {"code": 160005, "message": "locked"}, {}), Rejected, "160005", id="a locked thread"),
        pytest.param((401, {"code": 50027, "message": "bad token"}, {}), Misconfigured, "50027", id="a bad token"),
        pytest.param((403, {"code": 50013, "message": "no"}, {}), Misconfigured, "50013", id="no permission"),
        pytest.param((404, {"code": 10015, "message": "Unknown Webhook"}, {}), Misconfigured, "10015", id="no webhook"),
        pytest.param((404, "<html>", {}), Misconfigured, "404", id="a page in place of Discord"),
        pytest.param((301, "", {"Location": "https://x.example"}), Misconfigured, "301", id="moved"),
        pytest.param((429, {"retry_after": 1.5}, {"Retry-After": "2"}), Unavailable, "429", id="too fast"),
        pytest.param((503, "<html>", {}), Unavailable, "503", id="closed"),
        pytest.param((500, {"code": 0, "message": "500"}, {}), Unknown, "500", id="broken inside"),
        pytest.param((502, "<html>", {}), Unknown, "502", id="a gateway lost the answer"),
        pytest.param((504, "<html>", {}), Unknown, "504", id="a gateway did not wait"),
        pytest.param((200, {"message": "hm"}, {}), Unknown, "200", id="an answer without an id"),
        pytest.param((200, "<html>", {}), Unknown, "200", id="an answer that is none"),
        pytest.param(HANG_UP, Unknown, "", id="hung up after the request"),
        pytest.param(SILENCE, Unknown, "", id="silent after the request"),
    ],
)
def test_the_answer_decides_what_became_of_the_message(discord, connect, answer, kind, code):
    discord.answers = [answer]
    error = send(connect(discord.url, timeout_seconds=0.3), address="1122334455")
    assert type(error) is kind, error
    assert error.code == code
    assert len(discord.received) == 1, "never twice"
    assert TOKEN not in str(error)
    assert "1122334455" not in str(error)


def test_discord_says_how_long_to_wait(discord, connect):
    discord.answers = [(429, {"retry_after": 1.5, "global": False}, {"Retry-After": "2"})]
    assert send(connect(discord.url)).retry_after == 2


def test_nobody_listening_is_an_absence(connect):
    channel = connect(f"http://127.0.0.1:{free_port()}/api")
    assert type(send(channel)) is Unavailable
    assert channel.test()[0] is False


@pytest.mark.parametrize(
    ("address", "text"),
    [
        pytest.param("general", TEXT, id="a thread that is none"),
        pytest.param("12&wait=false", TEXT, id="an address with more in it"),
        pytest.param(None, "가" * 2001, id="a message that is too long"),
    ],
)
def test_what_discord_can_never_take_is_not_sent(discord, connect, address, text):
    assert type(send(connect(discord.url), address, text)) is Rejected
    assert discord.received == []


def test_a_test_asks_for_the_webhook_and_posts_nothing(discord, connect):
    discord.answers = [(200, {"id": "123", "name": "지킴이", "token": TOKEN}, {})]
    assert connect(discord.url).test() == (True, "Discord knows the webhook '지킴이'.")
    assert [(path, body) for path, _, body in discord.received] == [(f"/api/{ENDPOINT}", None)]


def test_a_test_says_why_not(discord, connect):
    discord.answers = [(404, {"code": 10015, "message": f"Unknown Webhook {TOKEN}"}, {})]
    is_good, words = connect(discord.url).test()
    assert not is_good
    assert "Unknown Webhook" in words
    assert TOKEN not in words


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        pytest.param({"webhook_endpoint": ""}, "webhook_endpoint", id="no webhook"),
        pytest.param({"webhook_endpoint": "https://discord.com/api/" + ENDPOINT}, "webhook_endpoint", id="all of it"),
        pytest.param({"messages_per_second": -1}, "messages_per_second", id="a rate that is none"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(connect, extra, words):
    with pytest.raises(NotConfigured, match=words) as error:
        connect("", **extra)
    assert TOKEN not in str(error.value)


def test_a_host_that_is_no_address_of_the_web_is_named(connect):
    with pytest.raises(NotConfigured, match="host"):
        connect("ftp://discord.com")


def test_a_missing_connection_is_named(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_DISCORD_DEFAULT", raising=False)
    with pytest.raises(NotConfigured, match="discord_default"):
        DiscordChannel()


def test_without_a_host_it_is_discord_and_the_rate_is_below_its_own(connect):
    channel = connect("")
    assert channel._hook.url_from_endpoint(ENDPOINT) == f"https://discord.com/api/{ENDPOINT}"
    assert channel.limits.per_second == 2
    assert connect("", messages_per_second=1).limits.per_second == 1
