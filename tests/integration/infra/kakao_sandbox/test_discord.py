"""Discord's webhooks answer as their documentation says, and Airflow's hook works against them unchanged."""

import json
from typing import Any

import pytest

from infra.kakao_sandbox.settings import CUSTOMERS_WEBHOOK, STAFF_WEBHOOK, webhooks_with

PATH = f"/api/webhooks/{CUSTOMERS_WEBHOOK}/token"


@pytest.fixture
def discord(app: Any) -> Any:
    app.open(discord_webhooks=webhooks_with("token"))
    return app


def test_message_is_taken_in_silence(discord: Any) -> None:
    answer = discord.client.post(PATH, json={"content": "안녕", "username": "Jikimi"})
    assert (answer.status_code, answer.content) == (204, b"")
    (kept,) = discord.client.get("/admin/messages").json()
    assert (kept["channel"], kept["chat_key"], kept["text"]) == ("discord", f"discord:{CUSTOMERS_WEBHOOK}", "안녕")
    assert kept["detail"] == "Jikimi"


def test_who_waits_gets_the_message_with_its_own_id(discord: Any) -> None:
    first, second = (discord.client.post(PATH, params={"wait": "true"}, json={"content": "안녕"}) for _ in range(2))
    assert first.status_code == 200
    message = first.json()
    assert (message["content"], message["webhook_id"], message["type"]) == ("안녕", CUSTOMERS_WEBHOOK, 0)
    assert message["author"]["bot"] is True
    assert int(message["id"]) < int(second.json()["id"])


def test_threads_and_webhooks_are_chats_of_their_own(discord: Any) -> None:
    discord.client.post(PATH, json={"content": "하나"})
    discord.client.post(PATH, params={"thread_id": "42", "wait": "true"}, json={"content": "둘"})
    discord.client.post(f"/api/v10/webhooks/{STAFF_WEBHOOK}/token", json={"content": "셋"})
    chats = discord.client.get("/inbox/chats").json()["chats"]
    assert [(chat["title"], chat["text"]) for chat in chats] == [
        ("담당자 알림", "셋"),
        ("고객 알림 · 42", "둘"),
        ("고객 알림", "하나"),
    ]


def test_embeds_are_read_as_text(discord: Any) -> None:
    embed = {"title": "지난 한 시간", "description": "12건", "fields": [{"name": "불명", "value": "A1"}]}
    assert discord.client.post(PATH, json={"content": "요약", "embeds": [embed]}).status_code == 204
    assert discord.texts() == ["요약\n\n지난 한 시간\n12건\n불명: A1"]


def test_form_with_files_carries_the_message_as_a_field(discord: Any) -> None:
    payload = {"payload_json": (None, json.dumps({"content": "안녕"}))}
    assert discord.client.post(PATH, files=payload).status_code == 204
    assert discord.texts() == ["안녕"]


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        pytest.param({}, 50006, None, id="empty"),
        pytest.param({"content": "  \n"}, 50006, None, id="spaces"),
        pytest.param({"content": "가" * 2001}, 50035, "content", id="2001 characters"),
        pytest.param({"content": 7}, 50035, "content", id="no text"),
        pytest.param({"embeds": [{"title": "가" * 257}]}, 50035, "embeds", id="long title"),
        pytest.param({"embeds": [{"title": "가"}] * 11}, 50035, "embeds", id="eleven embeds"),
        pytest.param({"embeds": "가"}, 50035, "embeds", id="no list"),
        pytest.param([], 50035, "_errors", id="no object"),
    ],
)
def test_wrong_messages_are_refused(discord: Any, body: Any, code: int, named: str | None) -> None:
    answer = discord.client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert list(answer.json().get("errors", [])) == ([named] if named else [])
    assert discord.texts() == []


def test_what_is_no_json_is_refused(discord: Any) -> None:
    answer = discord.client.post(PATH, content="{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, 50109)


@pytest.mark.parametrize(
    ("path", "status", "answer"),
    [
        pytest.param("/api/webhooks/7/token", 404, {"message": "Unknown Webhook", "code": 10015}, id="webhook"),
        pytest.param(f"{PATH}x", 401, {"message": "Invalid Webhook Token", "code": 50027}, id="token"),
    ],
)
def test_unknown_webhooks_take_nothing(discord: Any, path: str, status: int, answer: dict[str, Any]) -> None:
    for method in ("GET", "POST"):
        got = discord.client.request(method, path, json={"content": "안녕"})
        assert (got.status_code, got.json()) == (status, answer)
    assert discord.texts() == []


def test_without_a_token_there_is_no_webhook(app: Any) -> None:
    assert app.client.post(PATH, json={"content": "안녕"}).json()["code"] == 10015


def test_thread_that_is_none_is_refused(discord: Any) -> None:
    answer = discord.client.post(PATH, params={"thread_id": "general"}, json={"content": "안녕"})
    assert (answer.status_code, answer.json()["code"]) == (404, 10003)


def test_webhook_describes_itself(discord: Any) -> None:
    webhook = discord.client.get(PATH).json()
    assert (webhook["id"], webhook["type"], webhook["name"]) == (CUSTOMERS_WEBHOOK, 1, "고객 알림")


def test_calls_are_rationed_by_webhook_and_say_when_to_come_again(discord: Any) -> None:
    answers = [discord.client.post(PATH, json={"content": "안녕"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [204] * 5 + [429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers[:5]] == ["4", "3", "2", "1", "0"]
    refused = answers[5]
    assert refused.json() == {"message": "You are being rate limited.", "retry_after": 2.0, "global": False}
    assert (refused.headers["retry-after"], refused.headers["x-ratelimit-reset-after"]) == ("2", "2.000")
    other = f"/api/webhooks/{STAFF_WEBHOOK}/token"
    assert discord.client.post(other, json={"content": "안녕"}).status_code == 204
    discord.later(seconds=2)
    assert discord.client.post(PATH, json={"content": "안녕"}).status_code == 204


@pytest.mark.parametrize(
    ("fault", "status", "field", "value"),
    [
        pytest.param({"status": 429, "code": 0, "seconds": 7}, 429, "retry_after", 7, id="rate limit"),
        pytest.param({"status": 404, "code": 10015}, 404, "code", 10015, id="code"),
    ],
)
def test_faults_answer_in_discords_words(discord: Any, fault: Any, status: int, field: str, value: int) -> None:
    discord.fault(target="discord", kind="error", **fault)
    answer = discord.client.post(PATH, json={"content": "안녕"})
    assert (answer.status_code, answer.json()[field]) == (status, value)
    assert discord.texts() == []


def test_airflows_hook_works_unchanged(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.providers.discord.hooks.discord_webhook import DiscordWebhookHook

    extra = {"webhook_endpoint": f"webhooks/{CUSTOMERS_WEBHOOK}/token"}
    connection = {"conn_type": "discord", "host": f"{running.url}/api/", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_DISCORD_DEFAULT", json.dumps(connection))
    DiscordWebhookHook(http_conn_id="discord_default", message="안녕", username="Jikimi").execute()
    assert running.texts() == ["안녕"]
