"""Discord over Airflow's provider: its connection and its webhook, and messages that are posted once."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import requests
from airflow.providers.discord.hooks.discord_webhook import DiscordWebhookHook
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from jikimi.exceptions import DeliveryError, JikimiError, Misconfigured, NotConfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.extras import figure
from jikimi.hooks.transport import exchange, scrub

API_URL = "https://discord.com/api"
TIMEOUT_SECONDS = 10.0
# Discord lets a webhook post five times in two seconds; a little less leaves room for another sender.
MESSAGES_PER_SECOND = 2.0
MAX_LENGTH = 2000
SERVICE = "Discord"
_OK, _BAD, _BROKEN = 200, 400, 500
_NO_ACCESS = {401, 403, 404}
# Unknown channel, an archived thread, a locked one: only the thread that the message names is wrong.
_THREAD_CODES = {10003, 50083, 160005}
_THREAD = re.compile(r"\d{1,20}")
# Links are shown as they are, without a picture of what is behind them.
_SUPPRESS_EMBEDS = 1 << 2
_OUR_EXTRAS = ("timeout_seconds", "messages_per_second")


@dataclass(frozen=True)
class DiscordSettings:
    """A checked connection of Airflow's type `discord`.

    :param timeout_seconds: for the connection, and again for the answer.
    """

    timeout_seconds: float
    messages_per_second: float


class DiscordHook(DiscordWebhookHook):
    """Posts to one webhook.

    The provider's own `execute` keeps neither the status nor the id of the message, and may call people.

    :param http_conn_id: the connection, as the provider documents it; its host may be empty.
    :raises NotConfigured: the connection is missing, or a field of it cannot be used.
    """

    default_host = API_URL

    def __init__(self, http_conn_id: str = DiscordWebhookHook.default_conn_name) -> None:
        try:
            super().__init__(http_conn_id)
        except AirflowNotFoundException as error:
            raise NotConfigured(f"There is no connection {http_conn_id}: add it under Admin > Connections.") from error
        except ValueError as error:
            raise NotConfigured(
                f"webhook_endpoint of the connection {http_conn_id} must look like webhooks/<number>/<token>: "
                "the end of the webhook's address."
            ) from error
        # It stands in the addresses that are asked, which some libraries log.
        self._token = self.webhook_endpoint.rpartition("/")[2]
        mask_secret(self._token)

    @cached_property
    def settings(self) -> DiscordSettings:
        """The connection, checked.

        :raises NotConfigured: a field of it cannot be used.
        """
        connection = self.get_connection(self.http_conn_id)
        if "://" in (connection.host or "") and not connection.host.startswith(("https://", "http://")):
            raise NotConfigured(f"host of the connection {self.http_conn_id} must start with https:// or http://.")
        return DiscordSettings(
            timeout_seconds=figure(connection, "timeout_seconds", TIMEOUT_SECONDS, 600),
            messages_per_second=figure(connection, "messages_per_second", MESSAGES_PER_SECOND, 1e6),
        )

    def get_conn(self, headers: dict[Any, Any] | None = None, extra_options: dict[str, Any] | None = None) -> Any:
        """Return a session for the webhook's server, as the provider makes it."""
        session = super().get_conn(headers, extra_options)
        for name in _OUR_EXTRAS:
            # The provider takes every extra that it does not know for a header.
            session.headers.pop(name, None)
        return session

    def post(self, text: str, thread: str | None = None) -> str:
        """Post `text` once, to the webhook's channel or a thread of it; returns Discord's id of the message.

        :raises Rejected: Discord refuses the message for good. :raises Unavailable: it was not taken.
        :raises Misconfigured: Discord does not know the webhook. :raises Unknown: perhaps it was posted.
        """
        thread_id = {"thread_id": _thread(thread)} if thread else {}
        payload = self._payload(text)
        status, answer = self._exchange("POST", params={"wait": "true", **thread_id}, json=payload)
        if status == _OK and answer.get("id"):
            return str(answer["id"])
        raise self._error(status, answer, [thread or ""])

    def test_connection(self) -> tuple[bool, str]:
        """Ask Discord whether it knows the webhook; posts nothing."""
        try:
            status, answer = self._exchange("GET")
            if status != _OK:
                raise self._error(status, answer, [])
        except JikimiError as error:
            return False, str(error)
        return True, f"Discord knows the webhook {scrub(answer.get('name'), [self._token])!r}."

    def close(self) -> None:
        """Let Discord's server go."""
        self._session.close()

    @cached_property
    def _session(self) -> requests.Session:
        session: requests.Session = self.get_conn()
        return session

    def _payload(self, text: str) -> dict[str, Any]:
        try:
            made = self.handler.build_discord_payload(tts=False, message=text, username=None, avatar_url=None)
        except ValueError as error:
            raise Rejected(f"A message has at most {MAX_LENGTH} characters, not {len(text)}.", "length") from error
        payload: dict[str, Any] = json.loads(made)
        # A merchant may be called @everyone.
        return payload | {"allowed_mentions": {"parse": []}, "flags": _SUPPRESS_EMBEDS}

    def _exchange(self, method: str, **more: Any) -> tuple[int, dict[str, Any]]:
        session = self._session
        url = self.url_from_endpoint(self.webhook_endpoint)
        try:
            return exchange(session, method, url, SERVICE, self.settings.timeout_seconds, **more)
        except Unavailable as error:
            if error.code.isdecimal() and _is_elsewhere(int(error.code)):
                raise _no_access(error.code, "there is no Discord") from error
            raise

    def _error(self, status: int, answer: dict[str, Any], addresses: list[str]) -> DeliveryError:
        number = answer.get("code")
        code = str(number or status)
        words = scrub(answer.get("message"), [self._token, *addresses]) or f"HTTP {status}"
        if _is_elsewhere(status) and number not in _THREAD_CODES:
            return _no_access(code, words)
        if _BAD <= status < _BROKEN:
            return Rejected(f"{SERVICE} answered {code} ({words}): this message can never be sent this way.", code)
        # It saw the message, and did not say that it refuses it.
        return Unknown(f"{SERVICE} answered HTTP {status} ({words}): it may have been posted, do not repeat it.", code)


def _is_elsewhere(status: int) -> bool:
    """Tell an answer that says that the webhook is wrong, not the message."""
    return status in _NO_ACCESS or 300 <= status < _BAD


def _thread(address: str) -> str:
    if not _THREAD.fullmatch(address):
        raise Rejected("The address is no thread of Discord: its id has digits only.", "address")
    return address


def _no_access(code: str, words: str) -> Misconfigured:
    return Misconfigured(f"{SERVICE} answered {code} ({words}): a person must put the webhook right.", code)
