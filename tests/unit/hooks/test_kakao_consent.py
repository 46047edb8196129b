"""The page of the consent, and what comes back from there."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from jikimi.exceptions import NoConsent
from jikimi.hooks.kakao_consent import Consent, usable_channels
from jikimi.hooks.kakao_settings import KakaoSettings

SETTINGS = KakaoSettings("the key", "s3cret", None, "https://kauth.kakao.com", "https://kapi.kakao.com", None, 10)
BACK = "http://127.0.0.1:8765/oauth"


@pytest.fixture
def consent() -> Consent:
    return Consent(SETTINGS, BACK)


def test_page_asks_for_both_scopes_and_holds_no_secret(consent: Consent) -> None:
    parts = urlsplit(consent.page())
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "kauth.kakao.com", "/oauth/authorize")
    assert parse_qs(parts.query) == {
        "client_id": ["the key"],
        "redirect_uri": [BACK],
        "response_type": ["code"],
        "scope": ["friends,talk_message"],
        "state": [consent.state],
    }
    assert "s3cret" not in consent.page()


def test_each_asking_has_a_state_of_its_own_that_nobody_guesses(consent: Consent) -> None:
    assert len(consent.state) >= 40
    assert consent.state != Consent(SETTINGS, BACK).state
    assert consent.state not in repr(consent)


@pytest.mark.parametrize("start", [pytest.param(BACK, id="whole"), pytest.param("/oauth", id="from the path on")])
def test_code_is_found_in_the_address(consent: Consent, start: str) -> None:
    assert consent.code_in(f" {start}?{urlencode({'code': 'c0de', 'state': consent.state})}\n") == "c0de"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param({"code": "c0de", "state": "other"}, "its state differs", id="another state"),
        pytest.param({"code": "c0de", "state": "é"}, "its state differs", id="a state beyond ASCII"),
        pytest.param({"code": "c0de"}, "its state differs", id="no state"),
        pytest.param({"error": "access_denied", "state": "other"}, "its state differs", id="denied by somebody else"),
        pytest.param({"error": "access_denied", "state": True}, "did not consent", id="denied"),
        pytest.param(
            {"error": "server_error", "error_description": "out\nof order", "state": True},
            "refused [(]out of order[)]",
            id="another error",
        ),
        pytest.param({"state": True}, "no code", id="no code"),
    ],
)
def test_answers_without_a_code_say_why(consent: Consent, answer: dict[str, object], words: str) -> None:
    query = urlencode({name: consent.state if value is True else value for name, value in answer.items()})
    with pytest.raises(NoConsent, match=words):
        consent.code_in(f"{BACK}?{query}")


@pytest.mark.parametrize(
    ("scopes", "channels"),
    [
        pytest.param(("friends", "talk_message"), ["kakao_memo", "kakao_friends"], id="both"),
        pytest.param(("talk_message",), ["kakao_memo"], id="messages only"),
        pytest.param(("friends",), [], id="friends only"),
        pytest.param(None, ["kakao_memo", "kakao_friends"], id="not told"),
    ],
)
def test_channels_need_their_scopes(scopes: tuple[str, ...] | None, channels: list[str]) -> None:
    assert usable_channels(scopes) == channels
