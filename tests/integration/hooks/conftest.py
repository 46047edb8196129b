"""A sandbox on a real port, a vault in memory, and hooks that are connected to them by a real Airflow connection."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import Settings
from infra.kakao_sandbox.state import open_sandbox
from infra.kakao_sandbox.tokens import first_refresh_token
from jikimi.hooks.kakao import KakaoHook
from jikimi.tokens import Tokens

LIMITLESS = Settings("app-key", "app-secret", access_tokens_per_10_minutes=1000, refresh_tokens_per_hour=1000)


@dataclass
class MemoryVault:
    """A `TokenVault` that remembers everything it was given."""

    kept: list[Tokens] = field(default_factory=list)

    def read(self) -> Tokens | None:
        return self.kept[-1] if self.kept else None

    def keep(self, tokens: Tokens) -> None:
        self.kept.append(tokens)


@dataclass
class MovableClock:
    """The present, and as much later as a test says."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class RunningSandbox:
    """The sandbox in a thread; it may be stopped and started on the same folder and port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = LIMITLESS
        self.clock = MovableClock()
        self.port = 0

    def start(self, **changes: Any) -> None:
        self.settings = replace(self.settings, **changes)
        app = create_app(self.folder, self.settings, self.clock)
        config = uvicorn.Config(app, host="127.0.0.1", port=self.port, log_level="error", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the sandbox did not start"
            self.thread.join(0.01)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)

    def restart(self, **changes: Any) -> None:
        self.stop()
        self.start(**changes)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def refresh_token(self) -> str:
        return first_refresh_token(open_sandbox(self.folder, self.settings, self.clock))

    def befriend(self, *customers: str) -> list[str]:
        people = [{"customer_id": customer, "name": "홍길동"} for customer in customers]
        return [friend["uuid"] for friend in httpx.post(f"{self.url}/admin/friends", json=people).json()]

    def order_fault(self, **fault: Any) -> None:
        httpx.post(f"{self.url}/admin/faults", json=fault).raise_for_status()

    def texts(self) -> list[str]:
        return [message["text"] for message in httpx.get(f"{self.url}/admin/messages").json()]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    running = RunningSandbox(tmp_path / "sandbox")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., KakaoHook]:
    """Make hooks whose connection stands in the environment, as Airflow reads it."""

    def make(url: str, vault: MemoryVault | None, **changes: Any) -> KakaoHook:
        extra = {"auth_url": url, "api_url": url, "timeout_seconds": 5} | changes.pop("extra", {})
        connection = {"conn_type": "kakao", "login": "app-key", "password": "app-secret", "extra": extra} | changes
        monkeypatch.setenv("AIRFLOW_CONN_KAKAO_DEFAULT", json.dumps(connection))
        return KakaoHook(tokens=vault)

    return make


@pytest.fixture
def hook(sandbox: RunningSandbox, vault: MemoryVault, connect: Callable[..., KakaoHook]) -> KakaoHook:
    """A hook that is connected to the sandbox and has its consent."""
    return connect(sandbox.url, vault, extra={"refresh_token": sandbox.refresh_token()})


@contextmanager
def _listening(server: Any) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def listening() -> Callable[[Any], Any]:
    """Serve with a `http.server` for as long as the block lasts, and give its address."""
    return _listening
