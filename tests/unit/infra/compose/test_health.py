import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from infra.compose.health import main, problem

_PAGES = {
    "/health": (200, "OK"),
    "/parts": (200, json.dumps({"scheduler": {"status": "healthy"}, "triggerer": {"status": "unhealthy"}})),
    "/broken": (500, "no"),
}


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = _PAGES[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Pages) as pages:
        Thread(target=pages.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{pages.server_port}"
        pages.shutdown()


@pytest.mark.parametrize(
    "words", [pytest.param(["/health"], id="page"), pytest.param(["/parts", "scheduler"], id="part")]
)
def test_healthy_is_exit_code_0_and_silence(server: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([server + words[0], *words[1:]]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param(["/parts", "triggerer"], "triggerer is unhealthy", id="sick part"),
        pytest.param(["/parts", "nobody"], "KeyError", id="unknown part"),
        pytest.param(["/health", "scheduler"], "JSONDecodeError", id="not Airflow"),
        pytest.param(["/broken"], "500", id="server error"),
    ],
)
def test_illness_is_exit_code_1_with_the_reason(
    server: str, words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([server + words[0], *words[1:]]) == 1
    assert reason in capsys.readouterr().out


def test_nobody_listening_is_named() -> None:
    assert "refused" in str(problem("http://127.0.0.1:1/health"))
