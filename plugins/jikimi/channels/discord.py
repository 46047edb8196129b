"""Discord to customers: a thread of the webhook's channel, or the channel itself."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from jikimi.channels.base import Limits, Message, Quota, Taken, in_slices
from jikimi.exceptions import DeliveryError
from jikimi.hooks.discord import DiscordHook

NAME = "discord"
CONNECTION_ID = "discord_default"


class DiscordChannel:
    """Posts to one webhook, one message a call.

    :raises NotConfigured: the connection cannot be used.
    """

    name = NAME

    def __init__(self, connection_id: str = CONNECTION_ID) -> None:
        self.connection_id = connection_id
        self._hook = DiscordHook(connection_id)
        self.limits = Limits(per_second=self._hook.settings.messages_per_second)

    def quotas(self, message: Message) -> Sequence[Quota]:
        """Return nothing: Discord counts no days."""
        return ()

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Give each message a call of its own: Discord takes one at a time."""
        return in_slices(messages, self.limits.messages_a_call)

    def send(self, messages: Sequence[Message], call_id: UUID) -> Mapping[int, Taken | DeliveryError]:
        """Post each message once and return what became of it, by alert id."""
        return {message.alert_id: self._sent(message) for message in messages}

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
