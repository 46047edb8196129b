"""A sandbox on a real port, a vault in memory, and hooks that are connected to them by a real Airflow connection."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jikimi.hooks.kakao import KakaoHook
from tests.kakao import MemoryVault, RunningSandbox, connection


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
        monkeypatch.setenv("AIRFLOW_CONN_KAKAO_DEFAULT", connection(url, **changes))
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
