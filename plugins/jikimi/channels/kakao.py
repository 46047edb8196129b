"""KakaoTalk between users of one app: to the sending account's friends, or as a memo to the account itself."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from jikimi.channels.base import Limits, Message, Quota, Taken, digest, in_slices
from jikimi.defaults import fernet_key
from jikimi.exceptions import DeliveryError, Rejected
from jikimi.hooks.kakao import MAX_RECEIVERS, KakaoHook
from jikimi.hooks.kakao_errors import BAD_PARAMETERS
from jikimi.store.connection import Connection
from jikimi.store.vault import StoredTokens

CONNECTION_ID = "kakao_default"
FRIENDS, MEMO = "kakao_friends", "kakao_memo"
_CALLS_AT_ONCE = 4
_TAKEN = Taken(is_final=True)


class KakaoChannel:
    """Sends as one account; a `Channel` that several threads may use at once.

    :param name: `kakao_friends` or `kakao_memo`.
    :param store: the database in which the account's tokens are kept.
    :raises NotConfigured: the connection or the key of the tokens is missing or cannot be used.
    """

    def __init__(self, name: str, store: Connection, connection_id: str = CONNECTION_ID) -> None:
        self.name = name
        self.connection_id = connection_id
        self._hook = KakaoHook(connection_id, tokens=StoredTokens(store, connection_id, fernet_key()))
        self._settings = self._hook.settings
        self.limits = Limits(
            messages_a_call=MAX_RECEIVERS if name == FRIENDS else 1,
            calls_at_once=_CALLS_AT_ONCE,
            per_second=self._settings.messages_per_second,
        )

    def quotas(self, message: Message) -> Sequence[Quota]:
        """Return what one message counts: for the app and the sender, to a friend also for the receiver and the pair.

        The pair has a sender of its own for each connection, so it is named by the receiver alone.
        """
        most = self._settings.quotas
        counts = [Quota("app", most.app), Quota("sender", most.sender)]
        if self.name == FRIENDS:
            receiver = digest(message.address or "")
            counts += [Quota(f"receiver:{receiver}", most.receiver), Quota(f"pair:{receiver}", most.pair)]
        return counts

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Put messages with the same words to different friends into one request."""
        if self.name == MEMO:
            return in_slices(messages, 1)
        groups: dict[tuple[str, int], list[Message]] = defaultdict(list)
        seen: Counter[tuple[str, str | None]] = Counter()
        for message in messages:
            text = message.letter.text
            groups[text, seen[text, message.address]].append(message)
            seen[text, message.address] += 1
        return [call for group in groups.values() for call in in_slices(group, MAX_RECEIVERS)]

    def send(self, messages: Sequence[Message], call_id: UUID) -> Mapping[int, Taken | DeliveryError]:
        """Send one request of `calls` and return what became of each message, by alert id.

        :raises DeliveryError: the same for all of them.
        """
        if self.name == MEMO:
            self._hook.send_memo(messages[0].letter.text)
            return {messages[0].alert_id: _TAKEN}
        fates = self._sent_to_friends(messages)
        return {message.alert_id: fates[message.address or ""] or _TAKEN for message in messages}

    def test(self) -> tuple[bool, str]:
        """Try the app and the account's consent; sends nothing."""
        return self._hook.test_connection()

    def close(self) -> None:
        """Let the service go."""
        self._hook.get_conn().close()

    def _sent_to_friends(self, messages: Sequence[Message]) -> dict[str, DeliveryError | None]:
        uuids, text = [message.address or "" for message in messages], messages[0].letter.text
        fates = self._hook.send_to_friends(uuids, text)
        if len(uuids) > 1 and all(_is_bad(fate) for fate in fates.values()):
            # One uuid that is none has the whole request refused: the other receivers must not suffer for it.
            return {uuid: self._alone(uuid, text) for uuid in uuids}
        return fates

    def _alone(self, uuid: str, text: str) -> DeliveryError | None:
        try:
            return self._hook.send_to_friends([uuid], text)[uuid]
        except DeliveryError as error:
            return error


def _is_bad(fate: DeliveryError | None) -> bool:
    return isinstance(fate, Rejected) and fate.code == str(BAD_PARAMETERS)
