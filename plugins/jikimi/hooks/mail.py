"""E-mail over Airflow's SMTP provider: its connection, TLS and login, and mails that leave once."""

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cached_property
from typing import Any, cast

from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException

from jikimi.exceptions import DeliveryError, JikimiError, Misconfigured, NotConfigured, Rejected, Unavailable
from jikimi.hooks.extras import figure
from jikimi.hooks.mail_errors import OK, cut_off, is_refusal, lost, no_entry, refusal
from jikimi.hooks.mime import address_of

# As the provider's; a server that looks a mail through before it answers needs some seconds.
TIMEOUT_SECONDS = 30.0
MESSAGES_PER_SECOND = 20.0
_TAKEN = (OK, 251)


@dataclass(frozen=True)
class MailSettings:
    """A checked connection of Airflow's type `smtp`.

    :param sender: whom the mails come from, with the name that is shown.
    :param timeout_seconds: for the connection, and again for each answer.
    """

    sender: Address
    timeout_seconds: float
    messages_per_second: float


class MailHook(SmtpHook):
    """Sends mails over one connection, which stays open until `close`.

    The provider's own way to send repeats after every error, also after one that only lost the answer.

    :param smtp_conn_id: the connection, as the provider documents it.
    """

    _smtp_client: smtplib.SMTP | None

    def __init__(self, smtp_conn_id: str = SmtpHook.default_conn_name) -> None:
        super().__init__(smtp_conn_id)

    @cached_property
    def settings(self) -> MailSettings:
        """The connection, checked.

        :raises NotConfigured: it is missing, or a field of it cannot be used.
        """
        name = self.smtp_conn_id
        try:
            connection = self.get_connection(name)
        except AirflowNotFoundException as error:
            raise NotConfigured(f"There is no connection {name}: add it under Admin > Connections.") from error
        if not connection.host:
            raise NotConfigured(f"The connection {name} has no host: set it under Admin > Connections.")
        # The provider's form has a field of its own.
        provided = figure(connection, "timeout", TIMEOUT_SECONDS, 600)
        return MailSettings(
            sender=_sender(connection),
            timeout_seconds=figure(connection, "timeout_seconds", provided, 600),
            messages_per_second=figure(connection, "messages_per_second", MESSAGES_PER_SECOND, 1e6),
        )

    @property
    def smtp_retry_limit(self) -> int:
        """No repeats inside of a try: they are the sender's to count and to space."""
        return 0

    @property
    def timeout(self) -> float:
        """Seconds to wait for a connection, and for each answer."""
        return self.settings.timeout_seconds

    def send(self, mail: EmailMessage) -> list[DeliveryError]:
        """Send a mail once to all in its `To`; return the errors of those who are refused where others are not.

        :raises Rejected: the server refuses the mail, or everybody in it.
        :raises Unavailable: nothing was taken. :raises Unknown: the mail left, its answer was lost.
        """
        client = self._ready()
        try:
            refused = _announce(client, mail)
        except OSError as error:
            self._drop()
            raise cut_off(error) from None
        self._hand_over(client, mail.as_bytes())
        return refused

    def test_connection(self) -> tuple[bool, str]:
        """Connect, log in and ask for a sign of life; sends nothing."""
        try:
            code, words = self._ready().noop()
            if code != OK:
                raise refusal(code, words, "a sign of life", Misconfigured)
        except JikimiError as error:
            return False, str(error)
        except OSError as error:
            self._drop()
            return False, str(cut_off(error))
        sender = self.settings.sender.addr_spec
        return True, f"The mail server {self.host} answers and lets us in; mails come from {sender}."

    def close(self) -> None:
        """Say goodbye to the server."""
        if self._smtp_client:
            with suppress(OSError):
                self._smtp_client.quit()
        self._drop()

    def _ready(self) -> smtplib.SMTP:
        """Return a client that is connected, logged in and at the start of a mail.

        :raises Unavailable: the server does not let us in.
        """
        if self._smtp_client and not _answers(self._smtp_client):
            self._drop()
        try:
            self.get_conn()
            client = cast(smtplib.SMTP, self._smtp_client)
            client.ehlo_or_helo_if_needed()
        except (OSError, AirflowException, RuntimeError, ValueError) as error:
            # Half connected, it would pass for a client that is logged in.
            self._drop()
            raise no_entry(error) from None
        return client

    def _hand_over(self, client: smtplib.SMTP, content: bytes) -> None:
        """Send what was announced: from here on a lost answer may have been a yes."""
        try:
            code, words = client.data(content)
        except smtplib.SMTPDataError as error:
            raise refusal(error.smtp_code, error.smtp_error, "the mail") from None
        except OSError as error:
            self._drop()
            raise lost(type(error).__name__) from None
        if is_refusal(code):
            raise refusal(code, words, "the mail")
        if code != OK:
            raise lost(str(code))

    def _drop(self) -> None:
        if self._smtp_client:
            self._smtp_client.close()
        self._smtp_client = None


def _answers(client: smtplib.SMTP) -> bool:
    """Tell whether the server is still there; clears what a mail before left half said."""
    try:
        return client.rset()[0] == OK
    except OSError:
        return False


def _announce(client: smtplib.SMTP, mail: EmailMessage) -> list[DeliveryError]:
    """Name sender and receivers; return the errors of those who are refused.

    :raises DeliveryError: nobody is left.
    """
    code, words = client.mail(mail["From"].addresses[0].addr_spec)
    if code != OK:
        raise refusal(code, words, "our sender", Misconfigured)
    replies = [client.rcpt(receiver.addr_spec) for receiver in mail["To"].addresses]
    refused = [refusal(code, words, "the receiver") for code, words in replies if code not in _TAKEN]
    if len(refused) == len(replies):
        # One who may be reached later is worth another try.
        raise next((error for error in refused if isinstance(error, Unavailable)), refused[0])
    return refused


def _sender(connection: Any) -> Address:
    name, address = parseaddr(str(connection.extra_dejson.get("from_email") or ""))
    try:
        found = address_of(address)
    except Rejected:
        raise NotConfigured(
            f"from_email of the connection {connection.conn_id} must be an address such as alerts@bank.example."
        ) from None
    return Address(name, username=found.username, domain=found.domain)
