"""Serves the built page with its answers on 127.0.0.1, and hears what it says of its own drawing."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

Json = dict[str, Any]


class Page:
    """The page as Chromium finds it.

    :param address: without the name of the dashboard.
    :param outcomes: {"drawn": panels, "empty": titles, "faults": texts}, once for each time it was drawn.
    """

    def __init__(self, address: str, outcomes: "Queue[Json]") -> None:
        self.outcomes = outcomes
        self._address = address

    def of(self, name: str) -> str:
        """Return the address that draws the dashboard `name`, such as `en-operations`."""
        return f"{self._address}/index.html?answers={name}"

    def forget(self) -> None:
        """Forget what was said of a drawing that was broken off."""
        while not self.outcomes.empty():
            self.outcomes.get()


@contextmanager
def served(folder: Path, answers: dict[str, Json]) -> Iterator[Page]:
    """Serve the page built into `folder`."""
    outcomes: Queue[Json] = Queue()
    handler = partial(_Handler, directory=str(folder), answers=answers, outcomes=outcomes)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield Page(f"http://127.0.0.1:{server.server_port}", outcomes)
        server.shutdown()
        thread.join()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, answers: dict[str, Json], outcomes: "Queue[Json]", **options: Any) -> None:
        self._answers, self._outcomes = answers, outcomes
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        if not self.path.startswith("/answers/"):
            return super().do_GET()
        body = json.dumps(self._answers[Path(self.path).stem]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self._outcomes.put(json.loads(said))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: faults come through `outcomes`."""
