"""KakaoTalk's servers over HTTP: a session that threads may share, and answers as they come."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import requests
from requests.auth import AuthBase

from jikimi.exceptions import Unavailable
from jikimi.hooks.kakao_errors import error_of_login, listed
from jikimi.hooks.kakao_settings import KakaoSettings
from jikimi.hooks.transport import error_of_status, error_of_transport, scrub

OK = 200
Answer = dict[str, Any]


class Bearer(AuthBase):
    """Sets the header itself, because requests would let a .netrc entry overwrite one that is merely given."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def open_session() -> requests.Session:
    """Return a session that takes no cookies: then nothing in it changes, and several threads may use it at once."""
    from http.cookiejar import DefaultCookiePolicy

    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    seconds: float,
    token: str,
    hidden: Sequence[str] = (),
    **more: Any,
) -> tuple[int, Answer]:
    """Call the message API once and return the status and the answer; KakaoTalk's code counts whatever the status.

    :param seconds: for the connection, and again for the answer.
    :param hidden: what no word of the answer may repeat, besides the token.
    :raises DeliveryError: the exchange failed, or the answer is no JSON.
    """
    try:
        response = session.request(method, url, auth=Bearer(token), timeout=seconds, allow_redirects=False, **more)
        answer = response.json()
    except requests.JSONDecodeError:
        # Its context would hold the answer, and the answer may hold names.
        raise error_of_status(response.status_code, "KakaoTalk", response.headers) from None
    except requests.RequestException as error:
        raise error_of_transport(error, "KakaoTalk") from None
    return response.status_code, _scrubbed(answer, [token, *hidden]) if isinstance(answer, dict) else {}


def post_token(settings: KakaoSettings, session: requests.Session, form: dict[str, str]) -> Answer:
    """Ask the login server's token endpoint as the app.

    :raises Misconfigured: a person must put the app or its login right.
    :raises Unavailable: no usable answer. Either one's code is KakaoTalk's `error_code` where there was one.
    """
    secret = {"client_secret": settings.app_secret} if settings.app_secret else {}
    form = form | {"client_id": settings.app_key} | secret
    url, seconds = f"{settings.auth_url}/oauth/token", settings.timeout_seconds
    try:
        response = session.post(url, data=form, timeout=seconds, allow_redirects=False)
    except requests.RequestException as error:
        raise Unavailable(f"KakaoTalk's login server does not answer ({type(error).__name__}).") from None
    answer = None
    with suppress(requests.JSONDecodeError):
        answer = response.json()
    if not isinstance(answer, dict):
        raise Unavailable(
            f"KakaoTalk's login server answered HTTP {response.status_code} without JSON.", str(response.status_code)
        )
    if response.status_code == OK:
        return answer
    words = scrub(answer.get("error_description") or answer.get("error") or answer.get("msg"), form.values())
    raise error_of_login(answer, response.status_code, words)


def _scrubbed(answer: Answer, secrets: Sequence[str]) -> Answer:
    """Return the answer with its words, and those of each failure in it, as `scrub` leaves them."""
    failures = [failure for failure in listed(answer, "failure_info") if isinstance(failure, dict)]
    clean = [failure | {"msg": scrub(failure.get("msg"), secrets)} for failure in failures]
    return answer | {"msg": scrub(answer.get("msg"), secrets), "failure_info": clean}
