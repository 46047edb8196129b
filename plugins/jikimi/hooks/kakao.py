"""KakaoTalk messages over its REST API: a memo to the sending account itself, or a message to its friends."""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import requests
from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from jikimi.exceptions import DeliveryError, JikimiError, Misconfigured, NotConfigured, Rejected, Unknown
from jikimi.hooks.kakao_errors import BAD_TOKEN, DEAD_REFRESH_TOKEN, code_of, error_of_code, listed, words_in
from jikimi.hooks.kakao_friends import Friend, Query, read_friends
from jikimi.hooks.kakao_login import KakaoLogin
from jikimi.hooks.kakao_settings import KakaoSettings, read_settings
from jikimi.hooks.kakao_wire import OK, Answer, exchange, open_session, post_token
from jikimi.hooks.transport import error_of_status
from jikimi.tokens import TokenVault
from ml.messages import MAX_LENGTH
from ml.plain_text import text_length

MAX_RECEIVERS = 5
_MEMO = "/v2/api/talk/memo/default/send"
_FRIENDS = "/v1/api/talk/friends/message/default/send"
_FRIEND_LIST = "/v1/api/talk/friends"
_TOKEN_INFO = "/v1/user/access_token_info"  # noqa: S105


@dataclass(frozen=True)
class Account:
    """Whom an access token speaks for.

    :param expires_in: seconds that the access token still lives.
    """

    account_id: int
    app_id: int
    expires_in: int


class KakaoHook(BaseHook):
    """Sends KakaoTalk messages with one connection; several threads may share it.

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
        self._guard = threading.Lock()
        self._login: KakaoLogin | None = None

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

    @property
    def login(self) -> KakaoLogin:
        """The way to access tokens, one for all threads.

        :raises NotConfigured: there is no vault, or the connection cannot be used.
        """
        if self.tokens is None:
            raise NotConfigured("KakaoHook needs a token vault to send: a rotated refresh token would be lost.")
        with self._guard:
            if self._login is None:
                self._login = KakaoLogin(self.settings, self.tokens, self._session)
            return self._login

    @cached_property
    def _session(self) -> requests.Session:
        return open_session()

    def get_conn(self) -> requests.Session:
        """Return the HTTP session that all calls of this hook share."""
        return self._session

    def send_memo(self, text: str) -> None:
        """Send `text` to the sending account's own chat.

        :raises Rejected: for good. :raises Unavailable: not taken. :raises Unknown: perhaps delivered.
        """
        status, answer = self._send(_MEMO, text, ())
        if status != OK or answer.get("result_code") != 0:
            raise _error(status, answer)

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

    def friends(self) -> Iterator[Friend]:
        """Yield all friends of the sending account.

        :raises DeliveryError: KakaoTalk refuses or does not answer. :raises NotConfigured: there is no login.
        """

        def page_at(query: Query) -> Answer:
            return self._read(_FRIEND_LIST, params=query)

        return read_friends(page_at)

    def account(self) -> Account:
        """Ask whom the access token speaks for; errors as in `friends`."""
        answer = self._read(_TOKEN_INFO)
        return Account(*(int(answer.get(name) or 0) for name in ("id", "app_id", "expires_in")))

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
        return f"KakaoTalk accepts the app and the consent of account {self.account().account_id}."

    def _tested_without_vault(self) -> str:
        try:
            post_token(self.settings, self._session, {"grant_type": "refresh_token", "refresh_token": "none"})
        except DeliveryError as error:
            if error.code != DEAD_REFRESH_TOKEN:
                raise
        return "KakaoTalk accepts the app's key and secret; the consent is tried with the first message."

    def _template(self, text: str) -> str:
        url = self.settings.link_url
        # The field is required, what is in it is not: genuine messages of a bank open nothing.
        link = {"web_url": url, "mobile_web_url": url} if url else {}
        return json.dumps({"object_type": "text", "text": text, "link": link}, ensure_ascii=False)

    def _send(self, path: str, text: str, uuids: Sequence[str]) -> tuple[int, Answer]:
        if not 0 < text_length(text) <= MAX_LENGTH:
            raise Rejected(f"A message has 1 to {MAX_LENGTH} characters, not {text_length(text)}.")
        receivers = {"receiver_uuids": json.dumps(list(uuids))} if uuids else {}
        try:
            form = receivers | {"template_object": self._template(text)}
            return self._authorized("POST", path, hidden=uuids, data=form)
        except NotConfigured as error:
            raise Misconfigured(str(error)) from error

    def _read(self, path: str, **more: Any) -> Answer:
        status, answer = self._authorized("GET", path, **more)
        if status != OK:
            raise _error(status, answer)
        return answer

    def _authorized(self, method: str, path: str, **more: Any) -> tuple[int, Answer]:
        """Call with an access token; where it is refused, once more with a new one: nothing was taken then."""
        url, seconds = self.settings.api_url + path, self.settings.timeout_seconds
        token = self.login.access_token()
        status, answer = exchange(self._session, method, url, seconds, token, **more)
        if code_of(answer) == BAD_TOKEN:
            token = self.login.access_token(refused=token)
            status, answer = exchange(self._session, method, url, seconds, token, **more)
        return status, answer


def _friend_error(status: int, answer: Answer, uuid: str) -> DeliveryError | None:
    """Read one friend's fate, for HTTP 200 may hold failures and HTTP 400 may hold the same list."""
    if uuid in listed(answer, "successful_receiver_uuids"):
        return None
    for failure in listed(answer, "failure_info"):
        if uuid in (listed(failure, "receiver_uuids") or (uuid,)):
            return _error(status, failure)
    return _error(status, answer)


def _error(status: int, answer: Answer) -> DeliveryError:
    code = code_of(answer)
    if code is not None:
        return error_of_code(code, words_in(answer), status)
    if status == OK:
        return Unknown("KakaoTalk answered HTTP 200 without saying whether it took the message.", str(status))
    return error_of_status(status, "KakaoTalk")
