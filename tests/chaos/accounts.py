"""Holds the outbox against what really arrived, alert by alert."""

import re
from collections import Counter
from dataclasses import dataclass, field

# States in which nothing more happens by itself.
FINAL = ("delivered", "accepted", "failed", "unknown", "suppressed")
_REFERENCE = re.compile(r"\b[0-9A-F]{8}\b")


@dataclass(frozen=True)
class Alert:
    """An alert at the end of a trial.

    :param tries: outcome, channel and code of each, in their order.
    :param is_repeatable: whether the dealer of its last try knows calls by their ids.
    """

    reference: str
    state: str
    error: str | None
    tries: tuple[str, ...]
    is_repeatable: bool
    folded_into: str | None


@dataclass
class Account:
    """What a trial comes to.

    :param states: state -> alerts.
    :param faults: sentences about what must not be.
    """

    states: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def arrivals(texts: list[str]) -> Counter[str]:
    """Return how many messages name each reference."""
    return Counter(reference for text in texts for reference in set(_REFERENCE.findall(text)))


def account(alerts: list[Alert], arrived: Counter[str], may_be_unknown: bool) -> Account:
    """Compare.

    :param may_be_unknown: whether this trial's faults lose answers at all.
    """
    found = Account(Counter(alert.state for alert in alerts))
    for alert in alerts:
        if problem := _problem(alert, arrived[alert.reference], may_be_unknown):
            found.faults.append(f"{alert.reference} is {alert.state} ({'; '.join(alert.tries)}): {problem}")
    return found


def _problem(alert: Alert, messages: int, may_be_unknown: bool) -> str | None:
    if messages > 1:
        return f"{messages} messages arrived"
    if alert.state in ("delivered", "accepted"):
        return None if messages == 1 else "no message arrived"
    if alert.state == "unknown":
        return _problem_of_unknown(alert, may_be_unknown)
    if alert.state not in FINAL:
        return "it is still waiting"
    if messages:
        return "a message arrived"
    if alert.state == "suppressed":
        return None if alert.folded_into else "nobody knows which message told of it"
    return None if alert.error else "nobody says why"


def _problem_of_unknown(alert: Alert, may_be_unknown: bool) -> str | None:
    if not alert.tries or not alert.tries[-1].startswith("unknown"):
        return "no answer was lost"
    if alert.is_repeatable:
        return "its dealer could have been asked again"
    return None if may_be_unknown else "nothing in this trial loses an answer"
