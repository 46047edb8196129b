"""Alimtalk over SOLAPI's API v4, in the requests and with the signature of its official package `solapi`.

Only the exchange itself is ours. The package's own, `default_fetcher`, waits five seconds whatever is wanted, keeps the
HTTP status to itself, so that a server that takes nothing (503) looks like one that lost an answer, and puts whole
answers with telephone numbers into its exceptions. It opens connections again, but sends nothing twice; nor do we.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import requests

from jikimi.exceptions import DeliveryError, JikimiError, Unknown
from jikimi.hooks.alimtalk import Alimtalk, Asked, Finding, Outcome, Receipt
from jikimi.hooks.alimtalk_hook import AlimtalkHook
from jikimi.hooks.alimtalk_settings import SOLAPI
from jikimi.hooks.solapi_codes import REFERENCE, SERVICE, error_of_message, error_of_request, reference_of
from jikimi.hooks.solapi_reports import findings
from jikimi.hooks.transport import error_of_status, exchange

if TYPE_CHECKING:
    from solapi.model import RequestMessage

_SEND = "/messages/v4/send-many/detail"
_LIST = "/messages/v4/list-old"


class SolapiHook(AlimtalkHook):
    """Sends Alimtalk with one connection, whose login is the API key and whose password the API secret."""

    conn_type = SOLAPI
    hook_name = "Alimtalk (SOLAPI)"

    def send(self, messages: Sequence[Alimtalk]) -> list[Outcome]:
        """Send messages in one request and return what became of each, in their order.

        A number and a reference may occur once in it: SOLAPI drops a second message to the same number, and names
        those that it refused by number only.

        :raises DeliveryError: the same for all of them.
        """
        from solapi.model.request.send_message_request import SendMessageRequest

        request = SendMessageRequest(
            messages=[self._message(message) for message in messages], show_message_list=True, allow_duplicates=False
        )
        status, answer = self._exchange("POST", _SEND, json=request.model_dump(exclude_none=True, by_alias=True))
        if code := answer.get("errorCode"):
            raise _refusal(status, str(code), len(messages))
        return _outcomes(answer, messages)

    def findings(self, asked: Sequence[Asked]) -> Iterator[Finding]:
        """Ask what became of messages and yield what is known by now.

        :raises DeliveryError: SOLAPI does not answer, or refuses the account.
        """
        return findings(self._get, asked, self.now(), has_fall_back=self.settings.fall_back != "none")

    def test_connection(self) -> tuple[bool, str]:
        """Ask for the newest message, which proves key and secret; sends nothing."""
        try:
            self._get({"limit": 1})
        except JikimiError as error:
            return False, str(error)
        missing = ", ".join(self.settings.missing_templates())
        return True, "SOLAPI accepts the API key and the secret" + (f"; empty: {missing}." if missing else ".")

    def _get(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        status, answer = self._exchange("GET", _LIST, params=parameters)
        if code := answer.get("errorCode"):
            raise _refusal(status, str(code), 1)
        return answer

    def _exchange(self, method: str, path: str, **more: Any) -> tuple[int, dict[str, Any]]:
        from solapi.lib.authenticator import Authenticator

        settings = self.settings
        # A new signature each time: SOLAPI takes each once.
        headers = {"Authorization": Authenticator(settings.key, settings.secret).get_auth_info()}
        url, seconds = settings.api_url + path, settings.timeout_seconds
        return exchange(self._session, method, url, SERVICE, seconds, auth=_Signed(headers), **more)

    def _message(self, message: Alimtalk) -> "RequestMessage":
        from solapi.model import KakaoOption, RequestMessage

        settings, text = self.settings, message.fall_back
        return RequestMessage(
            to=message.number,
            from_=settings.sender_number,
            kakao_options=KakaoOption(
                pf_id=settings.sender,
                template_id=message.template,
                variables=dict(message.variables),
                disable_sms=text is None,
            ),
            replacements=[self._replacement(message)] if text else None,
            custom_fields={REFERENCE: message.reference},
        )

    def _replacement(self, message: Alimtalk) -> dict[str, Any]:
        text = message.fall_back
        if text is None:
            return {}
        named = {"to": message.number, "from": self.settings.sender_number, "type": text.kind, "text": text.text}
        return named | ({"subject": text.title} if text.title else {})


class _Signed(requests.auth.AuthBase):
    """Sets the header itself, because requests would let a .netrc entry overwrite one that is merely given."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self.headers)
        return request


def _refusal(status: int, code: str, messages: int) -> DeliveryError:
    # A server that broke down may have taken the request before.
    return error_of_status(status, SERVICE) if status >= 500 else error_of_request(code, messages)


def _outcomes(answer: Mapping[str, Any], messages: Sequence[Alimtalk]) -> list[Outcome]:
    """Read what became of each message: refused ones stand in a list of their own."""
    count = (answer.get("groupInfo") or {}).get("count")
    if not isinstance(count, dict):
        raise Unknown(f"{SERVICE} answered without saying what it took: it may have been delivered.")
    refused = [item for item in answer.get("failedMessageList") or () if isinstance(item, dict)]
    taken = [item for item in answer.get("messageList") or () if isinstance(item, dict)]
    by_number = {str(item.get("to")): item for item in refused}
    by_reference = {reference: item for item in (*taken, *refused) if (reference := reference_of(item))}
    found = [by_reference.get(message.reference) or by_number.get(message.number) for message in messages]
    # Where SOLAPI does not list what it took, all that it did not refuse was taken; reports find it by its reference.
    matched = {id(item) for item in found}
    is_clear = count.get("registeredFailed", 0) <= sum(id(item) in matched for item in refused)
    rest: Outcome = Receipt(None, "2000") if is_clear else Unknown(f"{SERVICE} left a message out of its answer.")
    return [_outcome(item) if item else rest for item in found]


def _outcome(item: Mapping[str, Any]) -> Outcome:
    code = str(item.get("statusCode"))
    return error_of_message(code) or Receipt(item.get("messageId"), code)
