"""KakaoTalk messages over its REST API: a memo to the sending account itself, or a message to its friends."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import requests
from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException
from requests.auth import AuthBase

from jikimi.exceptions import DeliveryError, JikimiError, NotConfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.kakao_errors import error_of_code, error_of_status, error_of_transport, scrub
from jikimi.hooks.kakao_login import KakaoLogin, post_token
from jikimi.hooks.kakao_settings import KakaoSettings, read_settings
from jikimi.tokens import TokenVault
from ml.messages import MAX_LENGTH
from ml.plain_text import text_length

MAX_RECEIVERS = 5
_MEMO = "/v2/api/talk/memo/default/send"
_FRIENDS = "/v1/api/talk/friends/message/default/send"
_TOKEN_INFO = "/v1/user/access_token_info"  # noqa: S105
_OK = 200
_BAD_TOKEN = -401
_Answer = tuple[int, dict[str, Any]]


class KakaoHook(BaseHook):
    """Sends KakaoTalk messages with one connection.

    :param kakao_conn_id: the connection; login is the REST API key, password the client secret.
    :param tokens: where rotated tokens are kept; without it nothing can be sent, only the connection be tested.
    """

    conn_name_attr = "kakao_conn_id"
    default_conn_name = "kakao_default"
    conn_type = "kakao"
    hook_name = "KakaoTalk"

    def __init__(self, kakao_conn_id: str = default_conn_name, *, tokens: TokenVault | None = None) -> None:
        super().__init__()
        self.kakao_conn_id = kakao_conn_id
        self.tokens = tokens

    @cached_property
    def settings(self) -> KakaoSettings:
        """The connection, checked.

        :raises NotConfigured: it is missing, or a field of it cannot be used.
        """
        try:
            connection = self.get_connection(self.kakao_conn_id)
        except AirflowNotFoundException as error:
            raise NotConfigured(
                f"There is no connection {self.kakao_conn_id}: add it under Admin > Connections."
            ) from error
        return read_settings(connection)

    @cached_property
    def _session(self) -> requests.Session:
        return requests.Session()

    def get_conn(self) -> requests.Session:
        """Return the HTTP session that all calls of this hook share."""
        return self._session

    def send_memo(self, text: str) -> None:
        """Send `text` to the sending account's own chat.

        :raises Rejected: for good. :raises Unavailable: not taken. :raises Unknown: perhaps delivered.
        """
        status, answer = self._send(_MEMO, text, ())
        if status == _OK and answer.get("result_code") == 0:
            return
        raise _error(status, answer, answer.get("code"))

    def send_to_friend(self, uuid: str, text: str) -> None:
        """Send `text` to one friend of the sending account; errors as in `send_memo`."""
        error = self.send_to_friends([uuid], text)[uuid]
        if error:
            raise error

    def send_to_friends(self, uuids: Sequence[str], text: str) -> dict[str, DeliveryError | None]:
        """Send `text` to at most five friends and return each one's error, None where it was taken.

        :raises DeliveryError: the exchange failed for all of them, as in `send_memo`.
        """
        if not 0 < len(uuids) <= MAX_RECEIVERS:
            raise Rejected(f"A message goes to 1 to {MAX_RECEIVERS} friends at once, not to {len(uuids)}.")
        status, answer = self._send(_FRIENDS, text, uuids)
        return {uuid: _friend_error(status, answer, uuid) for uuid in uuids}

    def test_connection(self) -> tuple[bool, str]:
        """Try the app key and secret, and with a vault the sending account's consent too; sends nothing."""
        try:
            return True, self._tested()
        except JikimiError as error:
            return False, str(error)

    def _tested(self) -> str:
        if self.tokens is None:
            # A real refresh could rotate the token and there is nobody to keep the new one: try one that cannot exist.
            return self._tested_without_vault()
        status, answer = self._authorized("GET", _TOKEN_INFO, None, ())
        if status != _OK:
            raise _error(status, answer, answer.get("code"))
        return f"KakaoTalk accepts the app and the consent of account {answer.get('id')}."

    def _tested_without_vault(self) -> str:
        try:
            post_token(self.settings, self._session, {"grant_type": "refresh_token", "refresh_token": "none"})
        except DeliveryError as error:
            if error.code != "KOE322":
                raise
        return "KakaoTalk accepts the app's key and secret; the consent is tried with the first message."

    def _template(self, text: str) -> str:
        url = self.settings.link_url
        # The field is required, what is in it is not: genuine messages of a bank open nothing.
        link = {"web_url": url, "mobile_web_url": url} if url else {}
        return json.dumps({"object_type": "text", "text": text, "link": link}, ensure_ascii=False)

    def _send(self, path: str, text: str, uuids: Sequence[str]) -> _Answer:
        if not 0 < text_length(text) <= MAX_LENGTH:
            raise Rejected(f"A message has 1 to {MAX_LENGTH} characters, not {text_length(text)}.")
        receivers = {"receiver_uuids": json.dumps(list(uuids))} if uuids else {}
        try:
            return self._authorized("POST", path, receivers | {"template_object": self._template(text)}, uuids)
        except NotConfigured as error:
            # Nothing has left, so whoever sends may treat it as any other absence of the channel.
            raise Unavailable(str(error)) from error

    @cached_property
    def _login(self) -> KakaoLogin:
        if self.tokens is None:
            raise NotConfigured("KakaoHook needs a token vault to send: a rotated refresh token would be lost.")
        return KakaoLogin(self.settings, self.tokens, self._session)

    def _authorized(self, method: str, path: str, form: dict[str, str] | None, uuids: Sequence[str]) -> _Answer:
        """Call with an access token; where it is refused, once more with a new one: nothing was taken then."""
        token = self._login.access_token()
        status, answer = self._exchange(method, path, form, token)
        if answer.get("code") == _BAD_TOKEN:
            token = self._login.access_token(refused=token)
            status, answer = self._exchange(method, path, form, token)
        return status, {**answer, "msg": scrub(answer.get("msg"), [token, *uuids])}

    def _exchange(self, method: str, path: str, form: dict[str, str] | None, token: str) -> _Answer:
        url, seconds = self.settings.api_url + path, self.settings.timeout_seconds
        try:
            response = self._session.request(
                method, url, data=form, auth=_Bearer(token), timeout=seconds, allow_redirects=False
            )
            answer = response.json()
        except requests.JSONDecodeError:
            raise _error(response.status_code, {}, None) from None
        except requests.RequestException as error:
            raise error_of_transport(error) from error
        return response.status_code, answer if isinstance(answer, dict) else {}


class _Bearer(AuthBase):
    """Sets the header itself, because requests would let a .netrc entry overwrite one that is merely given."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def _friend_error(status: int, answer: dict[str, Any], uuid: str) -> DeliveryError | None:
    """Read one friend's fate, for HTTP 200 may hold failures and HTTP 400 may hold the same list."""
    if uuid in (answer.get("successful_receiver_uuids") or ()):
        return None
    for failure in answer.get("failure_info") or ():
        if isinstance(failure, dict) and uuid in (failure.get("receiver_uuids") or (uuid,)):
            return _error(status, answer, failure.get("code"))
    return _error(status, answer, answer.get("code"))


def _error(status: int, answer: dict[str, Any], code: object) -> DeliveryError:
    if isinstance(code, int) and code < 0:
        return error_of_code(code, answer.get("msg") or "")
    if status == _OK:
        return Unknown("KakaoTalk answered HTTP 200 without saying whether it took the message.", str(status))
    return error_of_status(status)
