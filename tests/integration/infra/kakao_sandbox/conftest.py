"""The sandbox as an application without a port, the same one opened again on the same folder, and one with ports."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import Settings, webhooks_with
from tests.conftest import free_port
from tests.integration.infra.kakao_sandbox import nhn_customer, solapi_customer
from tests.serving import Serving

ROOT = Path(__file__).parents[4]
ENVIRONMENT = {
    "KAKAO_SANDBOX_APP_KEY": "app-key",
    "KAKAO_SANDBOX_APP_SECRET": "app-secret",
    "KAKAO_SANDBOX_DISCORD_TOKEN": "token",
}
NOON_IN_KOREA = datetime(2026, 8, 21, 3, tzinfo=UTC)
REDIRECT = "http://127.0.0.1/oauth"


@dataclass
class App:
    """The sandbox, its clock, and the few calls that tests repeat."""

    folder: Path
    stack: ExitStack
    settings: Settings = field(default_factory=lambda: Settings("app-key", "app-secret"))
    now: datetime = NOON_IN_KOREA
    access_token: str = ""

    def open(self, **changes: Any) -> None:
        """Open the sandbox, as after a restart."""
        self.stack.close()
        self.settings = replace(self.settings, **changes)
        app = create_app(self.folder, self.settings, lambda: self.now)
        self.client = self.stack.enter_context(TestClient(app, base_url="http://127.0.0.1", follow_redirects=False))

    def fault(self, **fault: Any) -> int:
        answer = self.client.post("/admin/faults", json=fault)
        assert answer.status_code == 200, answer.text
        return answer.json()["fault_id"]

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def consent(self, **fields: str) -> httpx.Response:
        form = {"client_id": "app-key", "redirect_uri": REDIRECT, "scope": "talk_message friends", "decision": "agree"}
        return self.client.post("/oauth/authorize", data=form | fields)

    def token(self, **fields: str) -> httpx.Response:
        return self.client.post("/oauth/token", data={"client_id": "app-key", "client_secret": "app-secret"} | fields)

    def grant(self, **fields: str) -> httpx.Response:
        """Consent and exchange the code, as a browser and a server do together."""
        code = httpx.URL(self.consent(**fields).headers["location"]).params["code"]
        return self.token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT)

    def log_in(self, **fields: str) -> None:
        self.access_token = self.grant(**fields).json()["access_token"]

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.access_token}"}
        return self.client.request(method, path, headers=headers, **more)

    def memo(self, **template: Any) -> httpx.Response:
        return self.call("POST", "/v2/api/talk/memo/default/send", data={"template_object": _template(template)})

    def send(self, *uuids: str, **template: Any) -> httpx.Response:
        form = {"receiver_uuids": json.dumps(uuids), "template_object": _template(template)}
        return self.call("POST", "/v1/api/talk/friends/message/default/send", data=form)

    def befriend(self, *customers: str) -> list[str]:
        people = [{"customer_id": customer, "name": f"고객 {customer}"} for customer in customers]
        return [friend["uuid"] for friend in self.client.post("/admin/friends", json=people).json()]

    def texts(self) -> list[str]:
        return [message["text"] for message in self.client.get("/admin/messages").json()]


def _template(changes: dict[str, Any]) -> str:
    return json.dumps({"object_type": "text", "text": "안녕", "link": {}} | changes)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An open sandbox without any consent."""
    with ExitStack() as stack:
        opened = App(tmp_path / "sandbox", stack)
        opened.open()
        yield opened


@pytest.fixture
def sender(app: App) -> App:
    """An open sandbox whose staff account has consented to everything."""
    app.log_in()
    return app


class Running:
    """The sandbox on ports of 127.0.0.1, its clock the real one."""

    def __init__(self, folder: Path) -> None:
        settings = Settings("app-key", "app-secret", discord_webhooks=webhooks_with("token"), smtp_password="secret")
        self.app = create_app(folder, settings, smtp_port=0)
        self.serving = Serving(self.app)

    def start(self) -> None:
        self.serving.start()
        self.url = self.serving.url
        self.smtp_port = self.app.state.smtp_port
        self.client = httpx.Client(base_url=self.url, trust_env=False)

    def stop(self) -> None:
        self.client.close()
        self.serving.stop()

    def fault(self, **fault: Any) -> None:
        self.client.post("/admin/faults", json=fault).raise_for_status()

    def texts(self) -> list[str]:
        return [message["text"] for message in self.client.get("/admin/messages").json()]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The sandbox as other processes see it, with Discord and mail."""
    sandbox = Running(tmp_path / "sandbox")
    sandbox.start()
    yield sandbox
    sandbox.stop()


class Command:
    """The command `python -m infra.kakao_sandbox` as a process of its own."""

    def __init__(self, folder: Path, *words: str, module: str = "infra.kakao_sandbox") -> None:
        self.port, self.smtp_port = free_port(), free_port()
        words = (*words, "--folder", str(folder), "--port", str(self.port), "--smtp-port", str(self.smtp_port))
        command = [sys.executable, "-m", module, *words]
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | ENVIRONMENT)
        self.url = f"http://127.0.0.1:{self.port}"
        self._wait_until_healthy()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(10)

    def _wait_until_healthy(self) -> None:
        for _ in range(400):
            try:
                assert httpx.get(f"{self.url}/health", trust_env=False).json() == {"status": "ok"}
            except httpx.TransportError:
                assert self.process.poll() is None, "the sandbox ended"
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the sandbox did not start")


@pytest.fixture
def command() -> Iterator[Any]:
    """Start the sandbox as a process: `command(folder, *options)`."""
    with ExitStack() as stack:

        def start(folder: Path, *words: str, **more: str) -> Command:
            started = Command(folder, *words, **more)
            stack.callback(lambda: started.process.poll() is None and started.stop(signal.SIGKILL))
            return started

        yield start


@pytest.fixture
def nhn(app: Any) -> nhn_customer.Nhn:
    app.open(
        nhn_app_key="nhn-app",
        nhn_secret_key="nhn-secret",
        nhn_sender_key=nhn_customer.SENDER,
        templates={"ALERT": nhn_customer.TEMPLATE, "LONG": "#{text}", "MANY": "".join(f"#{{v{i}}}" for i in range(41))},
    )
    return nhn_customer.Nhn(app)


@pytest.fixture
def solapi(app: Any) -> solapi_customer.Solapi:
    app.open(**solapi_customer.ACCOUNT)
    return solapi_customer.Solapi(app)
