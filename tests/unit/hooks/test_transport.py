"""A failed exchange is safe to repeat exactly where nothing can have left; what a server says loses its secrets."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import urllib3.exceptions
from requests.adapters import BaseAdapter

from jikimi.exceptions import DeliveryError, Misconfigured, Unavailable, Unknown
from jikimi.hooks.transport import error_of_status, error_of_transport, exchange, scrub, seconds_to_wait

REFUSED = urllib3.exceptions.NewConnectionError(None, "refused")  # type: ignore[arg-type]
NOON = datetime(2026, 8, 21, 12, tzinfo=UTC)


class Canned(BaseAdapter):
    """Answers every request with the same response, or raises."""

    def __init__(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        super().__init__()
        self.status, self.body, self.headers = status, body, headers or {}

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        response = requests.Response()
        response.status_code, response._content, response.request = self.status, self.body, request
        response.headers.update(self.headers)
        return response

    def close(self) -> None:
        """Nothing is open."""


def asked(status: int, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    session = requests.Session()
    session.mount("http://", Canned(status, body, headers))
    return exchange(session, "GET", "http://service.example/secret", "NHN", 1)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(requests.ConnectTimeout("slow"), Unavailable, id="no connection in time"),
        pytest.param(
            requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", REFUSED)),  # type: ignore[arg-type]
            Unavailable,
            id="connection refused",
        ),
        pytest.param(requests.ReadTimeout("slow"), Unknown, id="no answer in time"),
        pytest.param(requests.ConnectionError("connection aborted"), Unknown, id="cut"),
        pytest.param(requests.exceptions.ChunkedEncodingError("short"), Unknown, id="cut in the answer"),
    ],
)
def test_only_a_request_that_cannot_have_left_may_be_tried_again(
    error: requests.RequestException, kind: type[DeliveryError]
) -> None:
    translated = error_of_transport(error, "NHN")
    assert type(translated) is kind
    assert "NHN" in translated.detail


def test_refused_connection_of_an_earlier_message_says_nothing_about_this_one() -> None:
    late = requests.ReadTimeout("read timed out")
    late.__context__ = requests.ConnectionError(REFUSED)
    assert type(error_of_transport(late, "NHN")) is Unknown


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(302, Unavailable, id="redirected"),
        pytest.param(404, Unavailable, id="wrong address"),
        pytest.param(429, Unavailable, id="too many"),
        pytest.param(500, Unknown, id="crashed perhaps after sending"),
        pytest.param(502, Unknown, id="gateway lost the answer"),
        pytest.param(503, Unavailable, id="not accepting"),
        pytest.param(504, Unknown, id="gateway stopped waiting"),
        pytest.param(200, Unknown, id="success that says nothing"),
    ],
)
def test_statuses_without_a_code_are_translated(status: int, kind: type[DeliveryError]) -> None:
    error = error_of_status(status, "NHN")
    assert (type(error), error.code) == (kind, str(status))


def test_answer_is_the_status_and_the_object() -> None:
    assert asked(400, b'{"errorCode": "x"}') == (400, {"errorCode": "x"})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(200, b"<h1>hello</h1>", Unknown, id="a page"),
        pytest.param(200, b"[1]", Unknown, id="a list"),
        pytest.param(200, b"", Unknown, id="nothing"),
        pytest.param(403, b"<h1>no</h1>", Unavailable, id="a firewall's page"),
        pytest.param(429, json.dumps({"errorCode": "TooManyRequests"}).encode(), Unavailable, id="too many, in JSON"),
    ],
)
def test_answers_that_cannot_be_read_are_judged_by_their_status(
    status: int, body: bytes, kind: type[DeliveryError]
) -> None:
    with pytest.raises(DeliveryError) as caught:
        asked(status, body)
    assert type(caught.value) is kind


def test_busy_service_says_how_long_to_wait() -> None:
    with pytest.raises(Unavailable) as caught:
        asked(429, b"{}", {"retry-after": "17"})
    assert caught.value.retry_after == 17


def test_failed_exchange_does_not_show_the_address_that_was_asked() -> None:
    with pytest.raises(Unavailable) as caught:
        exchange(requests.Session(), "GET", "http://127.0.0.1:1/appkeys/secret-key", "NHN", 1)
    assert caught.value.__suppress_context__
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param("5", 5.0, id="seconds"),
        pytest.param("-5", 0.0, id="negative"),
        pytest.param("nan", None, id="not a number"),
        pytest.param("99999", 3600.0, id="a day"),
        pytest.param("Fri, 21 Aug 2026 12:00:30 GMT", 30.0, id="a date"),
        pytest.param("Fri, 21 Aug 2026 11:00:00 GMT", 0.0, id="a date that has passed"),
        pytest.param("Fri, 21 Aug 2026 12:00:30 -0000", None, id="a date without a zone"),
        pytest.param("soon", None, id="a word"),
    ],
)
def test_pause_is_read_in_seconds(header: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOON) == seconds


def test_what_a_server_says_is_one_short_line_without_secrets() -> None:
    words = scrub("token abc123 of\nuuid-7 \x1b[31m" + "x" * 500, ["abc123", "", "uuid-7"])
    assert words.startswith("token *** of *** [31mxxx")
    assert len(words) == 120
    assert scrub(None, []) == ""


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(requests.exceptions.InvalidHeader("a number"), id="header"),
        pytest.param(requests.exceptions.InvalidURL("no host"), id="address"),
        pytest.param(requests.exceptions.MissingSchema("no scheme"), id="scheme"),
    ],
)
def test_fields_of_which_no_request_can_be_made_are_for_a_person(error):
    assert isinstance(error_of_transport(error, "Discord"), Misconfigured)
