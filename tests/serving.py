"""Web applications served in a thread, and requests to them: nothing here waits longer than it must."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from typing import Any

import httpx
import uvicorn

# Reading all certificates takes 30 ms, and httpx would read them for each call.
_CERTIFICATES = ssl.create_default_context()
_STEP = 0.01


class Server(uvicorn.Server):
    """Uvicorn, which looks ten times as often whether it shall end and whether all connections are closed."""

    async def main_loop(self) -> None:
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            for _ in range(10):
                if not self.should_exit:
                    await asyncio.sleep(_STEP)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        try:
            await asyncio.wait_for(self._idle(), self.config.timeout_graceful_shutdown)
        except TimeoutError:
            for task in self.server_state.tasks:
                task.cancel()
        await self.lifespan.shutdown()

    async def _idle(self) -> None:
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(_STEP)


class Serving:
    """An application on 127.0.0.1, from `start` to `stop`.

    :param port: 0 for any free one.
    """

    def __init__(self, app: Any, port: int = 0) -> None:
        config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1)
        self._server = Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        """Serve; comes back when connections are taken."""
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the application did not start"
            self._thread.join(_STEP)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End, as on a signal: what has begun may finish within a second."""
        self._server.should_exit = True
        self._thread.join(10)


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application on a free port as long as the block lasts; gives its address."""
    server = Serving(app)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def get(url: str, **more: Any) -> httpx.Response:
    """Ask a server of this machine."""
    return httpx.get(url, verify=_CERTIFICATES, **more)


def post(url: str, **more: Any) -> httpx.Response:
    """Tell a server of this machine."""
    return httpx.post(url, verify=_CERTIFICATES, **more)
