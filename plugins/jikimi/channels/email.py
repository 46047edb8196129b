"""E-mail to customers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from jikimi.channels.base import Limits, Message, Quota, Taken, in_slices
from jikimi.exceptions import DeliveryError
from jikimi.hooks.mail import MailHook
from jikimi.hooks.mime import address_of, compose

NAME = "email"
CONNECTION_ID = "smtp_default"


class EmailChannel:
    """Sends through one mail server, one mail a call: a sender that dies leaves one mail in doubt, not fifty.

    The connection to the server stays open between the calls.

    :raises NotConfigured: the connection cannot be used.
    """

    name = NAME

    def __init__(self, connection_id: str = CONNECTION_ID) -> None:
        self.connection_id = connection_id
        self._hook = MailHook(connection_id)
        self.limits = Limits(per_second=self._hook.settings.messages_per_second)

    def quotas(self, message: Message) -> Sequence[Quota]:
        """Return nothing: mail servers count no days that we know of."""
        return ()

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Give each mail a call of its own."""
        return in_slices(messages, self.limits.messages_a_call)

    def send(self, messages: Sequence[Message], call_id: UUID) -> Mapping[int, Taken | DeliveryError]:
        """Send each message once and return what became of it, by alert id."""
        return {message.alert_id: self._sent(message) for message in messages}

    def test(self) -> tuple[bool, str]:
        """Try the server and the login; sends nothing."""
        return self._hook.test_connection()

    def close(self) -> None:
        """Let the server go."""
        self._hook.close()

    def _sent(self, message: Message) -> Taken | DeliveryError:
        try:
            receiver = address_of(message.address)
            sender = self._hook.settings.sender
            mail = compose(sender, [receiver], message.letter, message.reference, datetime.now(UTC))
            self._hook.send(mail)
        except DeliveryError as error:
            return error
        return Taken(is_final=True, dealer_id=str(mail["Message-ID"]), code="250")
