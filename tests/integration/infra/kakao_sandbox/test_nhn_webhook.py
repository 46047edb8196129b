"""NHN Cloud's webhook is told every result, and again where nobody heard it."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.integration.infra.kakao_sandbox.nhn_customer import NUMBER, Nhn, recipient


@dataclass
class Listener:
    """A webhook's receiver: it keeps what comes, and answers with the statuses given, then with 200."""

    url: str
    came: "queue.Queue[tuple[str | None, dict[str, Any]]]" = field(default_factory=queue.Queue)
    statuses: "queue.Queue[int]" = field(default_factory=queue.Queue)

    def next(self) -> tuple[str | None, dict[str, Any]]:
        return self.came.get(timeout=10)

    def next_as_time_passes(self, app: Any) -> dict[str, Any]:
        """Return what comes next, however long the sandbox waits by its own clock."""
        for _ in range(50):
            app.later(minutes=1)
            with suppress(queue.Empty):
                return self.came.get(timeout=0.2)[1]
        raise AssertionError("nothing was told")


@pytest.fixture
def listener() -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.came.put((self.headers["X-Toast-Webhook-Signature"], body))
            self.send_response(heard.statuses.get_nowait() if heard.statuses.qsize() else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard = Listener(f"http://127.0.0.1:{server.server_port}/hook")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield heard
    server.shutdown()
    server.server_close()


def test_webhook_is_told_every_result_with_its_signature(nhn: Nhn, listener: Listener) -> None:
    nhn.app.client.post("/admin/webhook", json={"url": listener.url, "signature": "s3cret"})
    nhn.order(address="01000000002", code=3019)
    answer = nhn.send(recipient(), recipient("01000000002"), senderGroupingKey="call")
    nhn.app.later(seconds=3)
    signature, body = listener.next()
    assert (signature, body["event"], body["appKey"]) == ("s3cret", "MESSAGE_RESULT_UPDATE", "nhn-app")
    assert body["hooksId"]
    first = sorted(body["hooks"], key=lambda hook: hook["recipientSeq"])[0]
    assert first == {
        "hookId": first["hookId"],
        "kakaoMessageType": "ALIMTALK_NORMAL",
        "requestId": answer["message"]["requestId"],
        "recipientSeq": 1,
        "requestDate": "2026-08-21 12:00:00",
        "createDate": "2026-08-21 12:00:00",
        "receiveDate": "2026-08-21 12:00:03",
        "recipientNo": NUMBER,
        "resultCode": "1000",
        "senderGroupingKey": "call",
        "recipientGroupingKey": "a1b2c3d4",
        "_links": {"self": {"href": f"/alimtalk/v2.3/appkeys/nhn-app/messages/{answer['message']['requestId']}/1"}},
    }
    assert sorted(hook["resultCode"] for hook in body["hooks"]) == ["1000", "3019"]
    assert len({hook["hookId"] for hook in body["hooks"]}) == 2


def test_webhook_of_the_settings_is_told_after_a_restart_what_was_due_before(nhn: Nhn, listener: Listener) -> None:
    nhn.send(recipient())
    nhn.app.stack.close()
    nhn.app.later(seconds=3)
    nhn.app.open(nhn_webhook_url=listener.url, nhn_webhook_signature="s3cret")
    assert listener.next()[1]["hooks"][0]["recipientGroupingKey"] == "a1b2c3d4"


def test_webhook_that_fails_is_told_again_with_the_same_hooks(nhn: Nhn, listener: Listener) -> None:
    nhn.app.client.post("/admin/webhook", json={"url": listener.url, "signature": "s3cret"})
    listener.statuses.put(500)
    nhn.send(recipient())
    nhn.app.later(seconds=3)
    _, first = listener.next()
    second = listener.next_as_time_passes(nhn.app)
    assert first["hooks"] == second["hooks"]
    assert first["hooksId"] != second["hooksId"]


def test_webhook_is_given_up_after_five_tries(nhn: Nhn, listener: Listener) -> None:
    nhn.app.client.post("/admin/webhook", json={"url": listener.url, "signature": "s3cret"})
    for _ in range(5):
        listener.statuses.put(503)
    nhn.send(recipient())
    tries = [listener.next_as_time_passes(nhn.app)["hooks"] for _ in range(5)]
    assert tries == [tries[0]] * 5
    nhn.send(recipient("01000000002"))
    assert listener.next_as_time_passes(nhn.app)["hooks"][0]["recipientNo"] == "01000000002"
    assert nhn.app.client.get("/admin/webhook").json()["given_up"] == 1


def test_webhook_can_tell_everything_twice(nhn: Nhn, listener: Listener) -> None:
    nhn.app.client.post("/admin/webhook", json={"url": listener.url, "signature": "s3cret", "copies": 2})
    nhn.send(recipient())
    nhn.app.later(seconds=3)
    assert listener.next()[1]["hooks"] == listener.next()[1]["hooks"]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://hooks.example.com/x", id="another host"),
        pytest.param("http://10.0.0.7/x", id="another machine"),
        pytest.param("http://134744072/x", id="a number"),
        pytest.param("ftp://localhost/x", id="no http"),
    ],
)
def test_webhook_stays_on_this_machine(nhn: Nhn, url: str) -> None:
    assert nhn.app.client.post("/admin/webhook", json={"url": url, "signature": "s"}).status_code == 422
