"""Waits on this machine for the browser that a login page sends back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from jikimi.exceptions import JikimiError

_PAGE = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>Jikimi</title>
<p>이 창을 닫고 터미널로 돌아가세요.</p><p lang="en">Close this window and go back to the terminal.</p></html>"""
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    # The address holds a code.
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'",
    "Connection": "close",
}


@contextmanager
def listening(port: int, path: str) -> Iterator[Callable[[float], str | None]]:
    """Listen on 127.0.0.1 and give a function that waits some seconds for the first address asked for below `path`.

    The address is its path and its query; None where nobody came.

    :raises JikimiError: the port cannot be used.
    """
    came: SimpleQueue[str] = SimpleQueue()
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), _handler(path, came))
    except OSError as error:
        raise JikimiError(
            f"port {port} of this machine cannot be used ({(error.strerror or str(error)).lower()}): give another "
            "--port, or --paste."
        ) from error

    def wait(seconds: float) -> str | None:
        try:
            return came.get(timeout=seconds)
        except Empty:
            return None

    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield wait
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(path: str, came: "SimpleQueue[str]") -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # Browsers open connections in advance and then say nothing.
        timeout = 5

        def do_GET(self) -> None:
            """Take the address, and send the person back to the terminal."""
            is_ours = urlsplit(self.path).path == path
            body = _PAGE.encode() if is_ours else b""
            self.send_response(200 if is_ours else 404)
            for name, value in _HEADERS.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            if is_ours:
                came.put(self.path)

        def log_message(self, *_: object) -> None:
            """Say nothing: the address holds a code."""

    return Handler
