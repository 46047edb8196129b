"""Alimtalk over NHN Cloud's API v2.3: up to 1,000 messages a request, each request under an idempotency key."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from airflow.sdk.log import mask_secret

from jikimi.exceptions import JikimiError, Unknown
from jikimi.hooks.alimtalk import Alimtalk, Asked, Finding, Outcome, Receipt
from jikimi.hooks.alimtalk_hook import AlimtalkHook
from jikimi.hooks.alimtalk_settings import NHN, AlimtalkSettings
from jikimi.hooks.nhn_codes import KNOWN_CALL, SERVICE, TAKEN, code_of, error_of_code
from jikimi.hooks.nhn_reports import findings, minutes
from jikimi.hooks.transport import exchange

_JSON = "application/json;charset=UTF-8"


class NhnHook(AlimtalkHook):
    """Sends Alimtalk with one connection, whose login is the app key and whose password the secret key."""

    conn_type = NHN
    hook_name = "Alimtalk (NHN Cloud)"

    @cached_property
    def settings(self) -> AlimtalkSettings:
        """The connection, checked; the app key is masked in logs.

        :raises NotConfigured: it is missing, or a field of it cannot be used.
        """
        settings = super().settings
        # It stands in the addresses that are asked, which some libraries log.
        mask_secret(settings.key)
        return settings

    def send(self, messages: Sequence[Alimtalk], call_id: UUID) -> list[Outcome]:
        """Send up to 1,000 messages, all of one template, and return what became of each, in their order.

        :param call_id: the idempotency key; with one that NHN knows already nothing is sent again.
        :raises DeliveryError: the same for all of them.
        """
        headers = {"X-NC-API-IDEMPOTENCY-KEY": str(call_id), "Content-Type": _JSON}
        body = json.dumps(self._request(messages, call_id), ensure_ascii=False).encode()
        return _outcomes(self._exchange("POST", "messages", headers, data=body), messages)

    def findings(self, asked: Sequence[Asked]) -> Iterator[Finding]:
        """Ask what became of messages and yield what is known by now.

        :raises DeliveryError: NHN does not answer, or refuses the account.
        """
        return findings(self._get, asked, self.now())

    def test_connection(self) -> tuple[bool, str]:
        """Ask for the results of this minute, which proves both keys; sends nothing."""
        try:
            answer = self._get("message-results", minutes("Update", self.now(), self.now()) | {"pageSize": 1})
            if code := code_of(answer):
                raise error_of_code(code)
        except JikimiError as error:
            return False, str(error)
        missing = ", ".join(self.settings.missing_templates())
        return True, "NHN Cloud accepts the app key and the secret key" + (f"; empty: {missing}." if missing else ".")

    def _get(self, path: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        return self._exchange("GET", path, {}, params=parameters)

    def _exchange(self, method: str, path: str, headers: dict[str, str], **more: Any) -> dict[str, Any]:
        settings = self.settings
        url = f"{settings.api_url}/alimtalk/v2.3/appkeys/{settings.key}/{path}"
        headers = headers | {"X-Secret-Key": settings.secret}
        _, answer = exchange(self._session, method, url, SERVICE, settings.timeout_seconds, headers=headers, **more)
        return answer

    def _request(self, messages: Sequence[Alimtalk], call_id: UUID) -> dict[str, Any]:
        (template,) = {message.template for message in messages}
        return {
            "senderKey": self.settings.sender,
            "templateCode": template,
            "senderGroupingKey": str(call_id),
            "recipientList": [self._recipient(message) for message in messages],
        }

    def _recipient(self, message: Alimtalk) -> dict[str, Any]:
        recipient: dict[str, Any] = {
            "recipientNo": message.number,
            "templateParameter": dict(message.variables),
            # Said even where there is none: without it NHN falls back to what its console says.
            "resendParameter": self._resend(message),
            "recipientGroupingKey": message.reference,
        }
        if number := self.settings.service_number:
            recipient["buttons"] = [{"ordering": 1, "telNumber": number}]
        return recipient

    def _resend(self, message: Alimtalk) -> dict[str, Any]:
        text = message.fall_back
        if not text:
            return {"isResend": False}
        resend = {
            "isResend": True,
            "resendType": text.kind,
            "resendContent": text.text,
            "resendSendNo": self.settings.sender_number,
        }
        return resend | ({"resendTitle": text.title} if text.title else {})


def _outcomes(answer: Mapping[str, Any], messages: Sequence[Alimtalk]) -> list[Outcome]:
    """Read what became of each message: the request may be taken and single messages be refused, or the reverse."""
    code = code_of(answer)
    if code == KNOWN_CALL:
        # Whatever had become of the request before, its messages are with NHN; reports find them by their reference.
        return [Receipt(None, str(code)) for _ in messages]
    sent = answer.get("message") or {}
    results = _by_reference(sent.get("sendResults") or [], messages)
    if code != TAKEN and not results:
        raise error_of_code(code, len(messages))
    return [_outcome(sent.get("requestId"), results.get(message.reference), code) for message in messages]


def _outcome(request_id: str | None, result: Mapping[str, Any] | None, call_code: int) -> Outcome:
    if result is None:
        return error_of_code(call_code) if call_code else Unknown(f"{SERVICE} left a message out of its answer.")
    code = result.get("resultCode")
    if code != TAKEN:
        return error_of_code(code) if isinstance(code, int) else Unknown(f"{SERVICE} gave a message no code.")
    number = result.get("recipientSeq")
    return Receipt(f"{request_id}/{number}" if request_id and number is not None else None, str(code))


def _by_reference(results: Sequence[Mapping[str, Any]], messages: Sequence[Alimtalk]) -> dict[str, Mapping[str, Any]]:
    """Return the results by reference; where NHN does not repeat it, by their place."""
    found = {str(key): result for result in results if (key := result.get("recipientGroupingKey"))}
    if not found and len(results) == len(messages):
        return {message.reference: result for message, result in zip(messages, results, strict=True)}
    return found
