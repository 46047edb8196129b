"""Alimtalk: a message to a telephone number, from an approved template, over the dealer that the connection names."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from jikimi.channels.base import Limits, Message, OpenAttempt, Quota, Report, Taken, in_slices
from jikimi.exceptions import DeliveryError, NotConfigured, Rejected, Unavailable
from jikimi.hooks.alimtalk import Alimtalk, Asked, Outcome, Receipt, TextMessage, number_of
from jikimi.hooks.alimtalk_settings import NHN, REPEATABLE_SECONDS, SOLAPI, AlimtalkSettings
from jikimi.hooks.nhn_codes import KNOWN_CALL

if TYPE_CHECKING:
    from jikimi.hooks.nhn import NhnHook
    from jikimi.hooks.solapi import SolapiHook

NAME = "alimtalk"
CONNECTION_ID = "alimtalk_default"
# While one request is on its way, the next is made: two keep a dealer busy.
_CALLS_AT_ONCE = 2


class AlimtalkChannel:
    """Sends through one of the two dealers; a `ReportingChannel`.

    :param dealer: `alimtalk_nhn` or `alimtalk_solapi`, the type of the connection.
    :raises NotConfigured: the connection cannot be used.
    """

    name = NAME

    def __init__(self, dealer: str, connection_id: str = CONNECTION_ID) -> None:
        self.connection_id = connection_id
        self._dealer: _Nhn | _Solapi = _dealer_of(dealer, connection_id)
        self._settings = self._dealer.hook.settings
        self.limits = Limits(
            messages_a_call=self._settings.messages_a_call,
            calls_at_once=_CALLS_AT_ONCE,
            per_second=self._settings.messages_per_second,
            repeatable_seconds=REPEATABLE_SECONDS[dealer],
        )

    def quotas(self, message: Message) -> Sequence[Quota]:
        """Return nothing: dealers count no days."""
        return ()

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Split messages into requests, so that a dealer's answer names each of them without doubt."""
        calls = _groups_without_twins(messages, self._dealer.marks)
        return [call for group in calls for call in in_slices(group, self.limits.messages_a_call)]

    def send(self, messages: Sequence[Message], call_id: UUID) -> Mapping[int, Taken | DeliveryError]:
        """Send one request and return what became of each message, by alert id.

        :raises DeliveryError: the same for all of them.
        """
        results: dict[int, Taken | DeliveryError] = {}
        leaving: dict[int, Alimtalk] = {}
        for message in messages:
            try:
                leaving[message.alert_id] = _alimtalk(message, self._settings)
            except Rejected as error:
                results[message.alert_id] = error
        if leaving:
            outcomes = self._dealer.send(list(leaving.values()), call_id)
            results |= {alert_id: _result(outcome) for alert_id, outcome in zip(leaving, outcomes, strict=True)}
        return results

    def test(self) -> tuple[bool, str]:
        """Try the account; sends nothing."""
        return self._dealer.hook.test_connection()

    def close(self) -> None:
        """Let the service go."""
        self._dealer.hook.get_conn().close()

    def reports(self, attempts: Sequence[OpenAttempt]) -> Iterator[Report]:
        """Ask the dealer about these tries and yield what is known by now.

        :raises DeliveryError: the dealer does not answer.
        """
        asked = [Asked(attempt.reference, attempt.dealer_id, attempt.started_at) for attempt in attempts]
        for found in self._dealer.hook.findings(asked):
            yield Report(
                dealer=self._dealer.name,
                event_id=found.event_id,
                dealer_id=found.dealer_id,
                reference=found.reference,
                is_delivered=found.is_delivered,
                code=found.code,
                detail=found.detail,
            )


class _Nhn:
    """A request has one template, and NHN repeats the references."""

    name = "nhn"

    def __init__(self, hook: "NhnHook") -> None:
        self.hook = hook

    def marks(self, message: Message) -> tuple[str, set[str]]:
        return message.letter.template, {message.reference}

    def send(self, messages: Sequence[Alimtalk], call_id: UUID) -> list[Outcome]:
        first = [message for message in messages if message.template == messages[0].template]
        outcomes = self.hook.send(first, call_id)
        if len(first) == len(messages):
            return outcomes
        # Only a repeated request can be mixed: a customer chose another language since it left.
        found = {message.reference: outcome for message, outcome in zip(first, outcomes, strict=True)}
        rest = _of_changed(outcomes)
        return [found.get(message.reference, rest) for message in messages]


class _Solapi:
    """A request may hold several templates, but a number once: of two to one number SOLAPI would drop one."""

    name = "solapi"

    def __init__(self, hook: "SolapiHook") -> None:
        self.hook = hook

    def marks(self, message: Message) -> tuple[str, set[str]]:
        try:
            return "", {message.reference, number_of(message.address)}
        except Rejected:
            # It does not leave, so it is nobody's twin.
            return "", {message.reference}

    def send(self, messages: Sequence[Alimtalk], call_id: UUID) -> list[Outcome]:
        return self.hook.send(messages)


def _dealer_of(conn_type: str, connection_id: str) -> _Nhn | _Solapi:
    if conn_type == NHN:
        from jikimi.hooks.nhn import NhnHook

        return _Nhn(NhnHook(connection_id))
    if conn_type == SOLAPI:
        from jikimi.hooks.solapi import SolapiHook

        return _Solapi(SolapiHook(connection_id))
    raise NotConfigured(f"The type of the connection {connection_id} must be {NHN} or {SOLAPI}.")


def _of_changed(outcomes: Sequence[Outcome]) -> Outcome:
    """Return what became of those whose template has changed: with a request that was known, they were sent then."""
    if isinstance(outcomes[0], Receipt) and outcomes[0].code == str(KNOWN_CALL):
        return outcomes[0]
    return Unavailable("The customer's template changed while the request was repeated: try again later.")


def _groups_without_twins(
    messages: Sequence[Message], marks: Callable[[Message], tuple[str, set[str]]]
) -> list[list[Message]]:
    """Group messages by kind, and put those that an answer could not tell apart into different groups."""
    groups: dict[tuple[str, int], list[Message]] = defaultdict(list)
    taken: dict[tuple[str, int], set[str]] = defaultdict(set)
    for message in messages:
        kind, own = marks(message)
        number = 0
        while taken[kind, number] & own:
            number += 1
        taken[kind, number] |= own
        groups[kind, number].append(message)
    return list(groups.values())


def _alimtalk(message: Message, settings: AlimtalkSettings) -> Alimtalk:
    letter = message.letter
    return Alimtalk(
        reference=message.reference,
        number=number_of(message.address),
        template=settings.template(letter.template),
        variables=letter.variables,
        fall_back=_text_message(message, settings),
    )


def _text_message(message: Message, settings: AlimtalkSettings) -> TextMessage | None:
    if settings.fall_back == "LMS":
        return TextMessage("LMS", message.letter.lms, message.letter.title)
    return TextMessage("SMS", message.letter.sms) if settings.fall_back == "SMS" else None


def _result(outcome: Outcome) -> Taken | DeliveryError:
    if isinstance(outcome, DeliveryError):
        return outcome
    return Taken(is_final=False, dealer_id=outcome.dealer_id, code=outcome.code)
