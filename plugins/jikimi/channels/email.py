"""E-mail to customers."""

from datetime import UTC, datetime

from jikimi.channels.base import Limits, Message, Taken
from jikimi.channels.one_by_one import OneByOne
from jikimi.exceptions import DeliveryError
from jikimi.hooks.mail import MailHook
from jikimi.hooks.mime import address_of, compose

NAME = "email"
CONNECTION_ID = "smtp_default"


class EmailChannel(OneByOne):
    """Sends through one mail server, one mail a call: a sender that dies leaves one mail in doubt, not fifty.

    The connection to the server stays open between the calls.

    :raises NotConfigured: the connection cannot be used.
    """

    name = NAME

    def __init__(self, connection_id: str = CONNECTION_ID) -> None:
        self.connection_id = connection_id
        self._hook = MailHook(connection_id)
        self.limits = Limits(per_second=self._hook.settings.messages_per_second)

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
