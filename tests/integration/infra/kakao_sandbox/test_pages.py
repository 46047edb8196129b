"""The inbox and the pages for people: say that this is a sandbox, and escape everything."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

NASTY = "<script>alert(1)</script>"
ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/", id="inbox"),
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
    for name in ("sandbox.css", "inbox.js", "icon.svg"):
        assert app.client.get(f"/static/{name}").status_code == 200


def test_state_of_the_authorize_page_is_escaped(app: Any) -> None:
    asked = {"client_id": "app-key", "redirect_uri": "http://127.0.0.1/oauth", "state": f'">{NASTY}'}
    text = app.client.get("/oauth/authorize", params=asked).text
    assert NASTY not in text
    assert "&lt;script&gt;" in text


def test_script_of_the_inbox_writes_no_markup() -> None:
    script = (ROOT / "infra/kakao_sandbox/static/inbox.js").read_text(encoding="utf-8")
    assert [word for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write") if word in script] == []


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


def test_consent_given_on_the_command_line_is_taken_by_the_server(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = run("consent", "--folder", str(tmp_path), **APP)
    assert run("consent", "--folder", str(tmp_path), **APP).stdout == given.stdout
    assert stat.S_IMODE((tmp_path / "sandbox.sqlite3").stat().st_mode) == 0o600
    command = [sys.executable, "-m", "infra.kakao_sandbox", "--port", str(port), "--folder", str(tmp_path)]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | APP)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url)
        form = {"grant_type": "refresh_token", "client_id": "app-key", "client_secret": "app-secret"}
        answer = httpx.post(f"{url}/oauth/token", data=form | json.loads(given.stdout))
        assert answer.status_code == 200
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), 1):
            pass
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) in (0, -signal.SIGTERM)


def wait_until_healthy(url: str) -> None:
    for _ in range(200):
        try:
            assert httpx.get(f"{url}/health").json() == {"status": "ok"}
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the sandbox did not start")
