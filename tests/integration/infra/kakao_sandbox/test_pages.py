"""The inbox and the pages for people: say that this is a sandbox, and escape everything."""

import json
import os
import signal
import smtplib
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.kakao_sandbox import faults, messages
from infra.kakao_sandbox.settings import CUSTOMERS_WEBHOOK

NASTY = "<script>alert(1)</script>"
ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/", id="inbox"),
        pytest.param("/faults", id="faults"),
        pytest.param("/oauth/authorize?client_id=app-key&redirect_uri=http://127.0.0.1/oauth", id="consent"),
        pytest.param("/oauth/authorize?client_id=wrong", id="refused"),
    ],
)
def test_every_page_says_that_nothing_leaves_and_loads_nothing_from_elsewhere(app: Any, path: str) -> None:
    answer = app.client.get(path)
    assert "Sandbox: no message leaves this machine." in answer.text
    assert "이 컴퓨터를 떠나지 않습니다" in answer.text
    assert "//" not in answer.text.replace("http://127.0.0.1/oauth", "")
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_what_the_pages_need_is_served(app: Any) -> None:
    for name in ("sandbox.css", "faults.css", "inbox.js", "faults.js", "elements.js", "icon.svg"):
        assert app.client.get(f"/static/{name}").status_code == 200


def test_state_of_the_authorize_page_is_escaped(app: Any) -> None:
    asked = {"client_id": "app-key", "redirect_uri": "http://127.0.0.1/oauth", "state": f'">{NASTY}'}
    text = app.client.get("/oauth/authorize", params=asked).text
    assert NASTY not in text
    assert "&lt;script&gt;" in text


SCRIPTS = sorted((ROOT / "infra/kakao_sandbox/static").glob("*.js"))


@pytest.mark.parametrize("script", [pytest.param(path, id=path.stem) for path in SCRIPTS])
def test_scripts_write_no_markup(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert [word for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write") if word in text] == []


def test_page_of_faults_offers_every_fault_in_two_languages(app: Any) -> None:
    page = app.client.get("/faults").text
    for target, kinds in faults.TARGETS.items():
        assert f'value="{target}"' in page
        assert f'data-kinds="{" ".join((*faults.ANYWHERE, *kinds))}"' in page
    for kind in {*faults.ANYWHERE, *(kind for kinds in faults.TARGETS.values() for kind in kinds)}:
        assert f'name="kind" value="{kind}"' in page
    assert ("장애 켜기" in page, "Order it" in page) == (True, True)


def test_chats_are_filtered_by_channel_even_where_a_chat_has_several(app: Any) -> None:
    sandbox = app.client.app.state.sandbox
    with sandbox.transaction():
        for channel, key in (("alimtalk", "01012345678"), ("alimtalk", "01087654321"), ("lms", "01012345678")):
            messages.keep(sandbox, key, f"{channel} {key}", channel=channel, title=key)

    def shown(channel: str) -> list[tuple[str, str]]:
        answer = app.client.get("/inbox/chats", params={"channel": channel}).json()
        assert answer["channels"] == {"alimtalk": 2, "lms": 1}
        return [(chat["chat_key"], chat["text"]) for chat in answer["chats"]]

    assert shown("lms") == [("01012345678", "lms 01012345678")]
    assert shown("alimtalk") == [("01087654321", "alimtalk 01087654321"), ("01012345678", "alimtalk 01012345678")]
    assert shown("") == [("01012345678", "lms 01012345678"), ("01087654321", "alimtalk 01087654321")]
    assert shown("email") == []


def test_new_state_of_a_message_is_news(app: Any) -> None:
    sandbox = app.client.app.state.sandbox
    with sandbox.transaction():
        message_id = messages.keep(
            sandbox, "010", "안녕", channel="alimtalk", title="010", state="accepted", detail="T1"
        )
    seen = app.client.get("/inbox/chats").json()
    asked = {"after": seen["newest_id"], "changes": seen["changes"]}
    assert app.client.get("/inbox/chats", params=asked).status_code == 204
    messages.set_state(sandbox, message_id, "failed")
    assert app.client.get("/inbox/chats", params=asked).json()["chats"][0]["state"] == "failed"
    (message,) = app.client.get("/inbox/chat", params={"key": "010"}).json()["messages"]
    assert (message["state"], message["detail"]) == ("failed", "T1")
    messages.set_state(sandbox, message_id, "delivered", "T1 · 1000")
    assert app.client.get("/admin/messages").json()[0]["detail"] == "T1 · 1000"


def test_newest_chat_stands_first_and_nothing_new_costs_nothing(sender: Any) -> None:
    first, second = sender.befriend("C1", "C2")
    sender.send(first, text="하나")
    sender.send(second, text=NASTY)
    sender.send(first, text="둘")
    answer = sender.client.get("/inbox/chats").json()
    assert [(chat["title"], chat["text"], chat["message_count"]) for chat in answer["chats"]] == [
        ("고객 C1", "둘", 2),
        ("고객 C2", NASTY, 1),
    ]
    assert (answer["total"], answer["newest_id"]) == (3, 3)
    assert sender.client.get("/inbox/chats?after=3").status_code == 204
    assert sender.client.get("/inbox/chats?after=2").status_code == 200


def test_chats_are_found_by_name_or_customer(sender: Any) -> None:
    for uuid in sender.befriend("C1", "C2"):
        sender.send(uuid)
    for search in ("c2", "고객 C2"):
        chats = sender.client.get("/inbox/chats", params={"search": search}).json()["chats"]
        assert [chat["customer_id"] for chat in chats] == ["C2"]


def test_chat_shows_its_messages_oldest_first(sender: Any) -> None:
    uuid = sender.befriend("C1")[0]
    for text in ("하나", "둘"):
        sender.send(uuid, text=text, link={"web_url": "https://bank.example"})
    chat = sender.client.get("/inbox/chat", params={"key": uuid}).json()
    assert [message["text"] for message in chat["messages"]] == ["하나", "둘"]
    assert chat["messages"][0]["received_at"] == "2026-08-21T03:00:00+00:00"
    assert sender.client.get("/inbox/chat", params={"key": "nobody"}).json()["messages"] == []


def test_other_host_names_are_not_served(app: Any) -> None:
    assert app.client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_page_of_another_site_cannot_order_faults(app: Any) -> None:
    body = json.dumps({"kind": "down"})
    answer = app.client.post("/admin/faults", content=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422


def test_five_thousand_friends_are_made_at_once(app: Any) -> None:
    assert len(set(app.befriend(*(f"C{number}" for number in range(5000))))) == 5000


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.kakao_sandbox", *words]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


APP = {"KAKAO_SANDBOX_APP_KEY": "app-key", "KAKAO_SANDBOX_APP_SECRET": "app-secret"}


def test_command_without_app_says_what_to_set(tmp_path: Path) -> None:
    done = run("--folder", str(tmp_path), KAKAO_SANDBOX_APP_KEY="", KAKAO_SANDBOX_APP_SECRET="x")
    assert done.returncode == 2
    assert "KAKAO_SANDBOX_APP_KEY must be set" in done.stderr


def test_consent_given_on_the_command_line_is_taken_by_the_server(command: Any, tmp_path: Path) -> None:
    given = run("consent", "--folder", str(tmp_path), **APP)
    assert run("consent", "--folder", str(tmp_path), **APP).stdout == given.stdout
    assert stat.S_IMODE((tmp_path / "sandbox.sqlite3").stat().st_mode) == 0o600
    server = command(tmp_path)
    form = {"grant_type": "refresh_token", "client_id": "app-key", "client_secret": "app-secret"}
    answer = httpx.post(f"{server.url}/oauth/token", data=form | json.loads(given.stdout))
    assert answer.status_code == 200
    for port in (server.port, server.smtp_port):
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), 1):
            pass
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=5) as mail:
        assert mail.noop()[0] == 250
    assert server.stop() in (0, -signal.SIGTERM)


def test_container_serves_the_same_under_one_more_name(command: Any, tmp_path: Path) -> None:
    server = command(tmp_path, "--host", "127.0.0.1", "--name", "sandbox", module="infra.compose.sandbox")
    for host, status in (("sandbox:8090", 200), ("localhost", 200), ("evil.example", 400)):
        assert httpx.get(f"{server.url}/health", headers={"Host": host}).status_code == status
    post = {"json": {"content": "안녕"}, "headers": {"Host": "sandbox"}}
    assert httpx.post(f"{server.url}/api/webhooks/{CUSTOMERS_WEBHOOK}/token", **post).status_code == 204
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=5) as mail:
        mail.sendmail("bank@jikimi.example", ["a@jikimi.example"], "Subject: hello\r\n\r\nhello")
    assert [message["channel"] for message in httpx.get(f"{server.url}/admin/messages").json()] == ["discord", "email"]


def test_command_says_what_it_can_do() -> None:
    said = run("--help").stdout
    for word in ("--smtp-port", "--template", "--discord-webhook", "KAKAO_SANDBOX_NHN_SECRET_KEY", "--sender-quota"):
        assert word in said
