"""What the channels share that send one message a call and count no days: a sender that dies leaves one in doubt."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from uuid import UUID

from jikimi.channels.base import Message, Quota, Taken
from jikimi.exceptions import DeliveryError


class OneByOne(ABC):
    """Gives each message a call of its own."""

    def quotas(self, message: Message) -> Sequence[Quota]:
        """Return nothing: nobody counts days that we know of."""
        return ()

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Give each message a call of its own."""
        return [[message] for message in messages]

    def send(self, messages: Sequence[Message], call_id: UUID) -> Mapping[int, Taken | DeliveryError]:
        """Send each message once and return what became of it, by alert id."""
        return {message.alert_id: self._sent(message) for message in messages}

    @abstractmethod
    def _sent(self, message: Message) -> Taken | DeliveryError:
        """Send one message and return what became of it."""
