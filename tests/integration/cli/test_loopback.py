"""The way back from a login page: one address is taken, on this machine only, and nothing of it is logged."""

import socket

import httpx
import pytest

from jikimi.cli.loopback import listening
from jikimi.exceptions import JikimiError
from tests.conftest import free_port


def test_first_address_below_the_path_is_taken(capfd):
    port = free_port()
    with listening(port, "/oauth") as wait:
        others = [httpx.get(f"http://127.0.0.1:{port}{path}").status_code for path in ("/", "/favicon.ico", "/oauth2")]
        page = httpx.get(f"http://127.0.0.1:{port}/oauth?code=c0de&state=1")
        httpx.get(f"http://127.0.0.1:{port}/oauth?code=later")
        assert wait(10) == "/oauth?code=c0de&state=1"
    assert others == [404, 404, 404]
    assert page.status_code == 200
    assert "터미널" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "c0de" not in page.text
    assert capfd.readouterr() == ("", "")


def test_connection_that_says_nothing_does_not_stop_the_next_one():
    port = free_port()
    with listening(port, "/oauth") as wait, socket.create_connection(("127.0.0.1", port)):
        httpx.get(f"http://127.0.0.1:{port}/oauth?code=c0de")
        assert wait(10) == "/oauth?code=c0de"


def test_waiting_has_an_end_and_the_port_is_free_again():
    port = free_port()
    with listening(port, "/oauth") as wait:
        assert wait(0.01) is None
    with listening(port, "/oauth"):
        pass


def test_taken_port_is_told():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(JikimiError, match=rf"port {port} .*--port"), listening(port, "/oauth"):
            pytest.fail("two servers on one port")


def test_nobody_else_on_the_network_is_listened_to():
    port = free_port()
    with listening(port, "/oauth"), socket.socket() as other:
        other.settimeout(2)
        # All of 127.0.0.0/8 is this machine; a server on every interface would answer here too.
        assert other.connect_ex(("127.0.0.2", port)) != 0
