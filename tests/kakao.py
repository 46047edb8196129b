"""The KakaoTalk sandbox on a real port, a vault in memory, and the connection that leads to them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import Settings
from infra.kakao_sandbox.state import open_sandbox
from infra.kakao_sandbox.tokens import first_refresh_token
from jikimi.tokens import Tokens
from tests.serving import Serving, get, post

LIMITLESS = Settings("app-key", "app-secret", access_tokens_per_10_minutes=1000, refresh_tokens_per_hour=1000)


@dataclass
class MemoryVault:
    """A `TokenVault` that remembers everything it was given."""

    kept: list[Tokens] = field(default_factory=list)
    guard: Any = field(default_factory=threading.RLock)

    def read(self) -> Tokens | None:
        return self.kept[-1] if self.kept else None

    def keep(self, tokens: Tokens, instead_of: Tokens | None = None) -> bool:
        newest = self.read()
        if instead_of and newest and newest.refresh_token != instead_of.refresh_token:
            return False
        is_rotated = instead_of is None or instead_of.refresh_token != tokens.refresh_token
        since = datetime.now(UTC) if newest is None or is_rotated else newest.rotated_at
        scopes = tokens.scopes or (newest.scopes if newest else None)
        self.kept.append(replace(tokens, scopes=scopes, rotated_at=since))
        return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        with self.guard:
            yield


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
        self.serving = Serving(app, self.port)
        self.serving.start()
        self.port = self.serving.port

    def stop(self) -> None:
        self.serving.stop()

    def restart(self, **changes: Any) -> None:
        self.stop()
        self.start(**changes)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def refresh_token(self) -> str:
        return first_refresh_token(open_sandbox(self.folder, self.settings, self.clock))

    def tokens(self, kind: str) -> int:
        """Count the tokens that were ever issued, `access` or `refresh`."""
        sandbox = open_sandbox(self.folder, self.settings, self.clock)
        return sandbox.rows("select count(*) as issued from tokens where kind = ?", kind)[0]["issued"]

    def befriend(self, *customers: str, name: str = "홍길동") -> list[str]:
        people = [{"customer_id": customer, "name": name} for customer in customers]
        return [friend["uuid"] for friend in post(f"{self.url}/admin/friends", json=people).json()]

    def order_fault(self, **fault: Any) -> None:
        post(f"{self.url}/admin/faults", json=fault).raise_for_status()

    def texts(self) -> list[str]:
        return [message["text"] for message in get(f"{self.url}/admin/messages").json()]


def connection(url: str, **changes: Any) -> str:
    """Return an Airflow connection to the sandbox, as `AIRFLOW_CONN_KAKAO_DEFAULT` holds it."""
    extra = {"auth_url": url, "api_url": url, "timeout_seconds": 5} | changes.pop("extra", {})
    return json.dumps({"conn_type": "kakao", "login": "app-key", "password": "app-secret", "extra": extra} | changes)
