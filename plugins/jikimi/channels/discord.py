"""Discord to customers: a thread of the webhook's channel, or the channel itself."""

from jikimi.channels.base import Limits, Message, Taken
from jikimi.channels.one_by_one import OneByOne
from jikimi.exceptions import DeliveryError
from jikimi.hooks.discord import DiscordHook

NAME = "discord"
CONNECTION_ID = "discord_default"


class DiscordChannel(OneByOne):
    """Posts to one webhook, which takes one message at a time.

    :raises NotConfigured: the connection cannot be used.
    """

    name = NAME

    def __init__(self, connection_id: str = CONNECTION_ID) -> None:
        self.connection_id = connection_id
        self._hook = DiscordHook(connection_id)
        self.limits = Limits(per_second=self._hook.settings.messages_per_second)

    def test(self) -> tuple[bool, str]:
        """Try whether Discord knows the webhook; posts nothing."""
        return self._hook.test_connection()

    def close(self) -> None:
        """Let the service go."""
        self._hook.close()

    def _sent(self, message: Message) -> Taken | DeliveryError:
        try:
            posted = self._hook.post(message.letter.text, message.address or None)
        except DeliveryError as error:
            return error
        return Taken(is_final=True, dealer_id=posted, code="200")
