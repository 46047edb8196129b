"""Connections to dealers of Alimtalk, and a dealer that answers as a test says: the sandbox is too well-behaved."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

EXTRA = {
    "sender_key": "S" * 40,
    "template_alert_ko": "ALERT_KO",
    "template_alert_more_ko": "ALERT_MORE_KO",
    "template_alert_en": "ALERT_EN",
    "template_alert_more_en": "ALERT_MORE_EN",
    "sender_number": "1599-0000",
    "timeout_seconds": 5,
}


def connect(monkeypatch: pytest.MonkeyPatch, conn_type: str, url: str, **changes: Any) -> None:
    """Let the connection `alimtalk_default` stand in the environment, as Airflow reads it."""
    extra = EXTRA | {"api_url": url} | changes.pop("extra", {})
    connection = {"conn_type": conn_type, "login": "app-key", "password": "secret-key", "extra": extra} | changes
    monkeypatch.setenv("AIRFLOW_CONN_ALIMTALK_DEFAULT", json.dumps(connection))


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    parameters: dict[str, list[str]]
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    """What a dealer says, if it says it all."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False


CUT = Answer(is_cut=True)
Script = Callable[[Asked], Answer]


class ScriptedDealer:
    """Answers by a script and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.script: Script = lambda _: Answer({}, 404)
        self.url = ""

    def answers(self, *answers: Answer) -> None:
        """Give these answers, the last one again and again."""
        left = list(answers)
        self.script = lambda _: left.pop(0) if len(left) > 1 else left[0]

    @contextmanager
    def listening(self) -> Iterator["ScriptedDealer"]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        yield self
        server.shutdown()
        server.server_close()
        thread.join(5)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        dealer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self._exchange()

            def do_GET(self) -> None:
                self._exchange()

            def _exchange(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = json.loads(raw) if raw else None
                asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, body)
                dealer.asked.append(asked)
                self._answer(dealer.script(asked))

            def _answer(self, answer: Answer) -> None:
                if answer.is_cut:
                    self.close_connection = True
                    self.connection.close()
                    return
                body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in ({"Content-Length": str(len(body))} | answer.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Be quiet."""

        return Handler
