"""What the states of an alert mean, what a person can do in each, and why a decision was not possible."""

from collections.abc import Mapping
from typing import Any

from jikimi.cli.tables import printable

_MEANINGS = {
    "pending": "waits to be sent",
    "sending": "is being sent right now",
    "delivered": "its message was delivered",
    "accepted": "the dealer has its message; the delivery report is due",
    "failed": "no channel took it",
    "unknown": "its message may have arrived",
    "deferred": "waits until {due_at}",
    "suppressed": "the message of alert {folded_into} tells of it",
    "cancelled": "a person withdrew it before it was sent",
}
_WAITS = {
    "retry": "a try failed, the next one is due at {due_at}",
    "fall_back": "the next channel of the route has its turn",
    "quota": "a daily quota is used up until midnight in Korea",
    "cool_down": "the customer was told of another alert a moment ago",
    "channel_down": "its channel takes nothing now; looked at again at {due_at}",
    "operator": "a person had it sent again",
}
_STEPS = {
    "pending": ("jikimi alerts cancel {alert_id} --reason …   withdraws it",),
    "deferred": ("jikimi alerts cancel {alert_id} --reason …   withdraws it",),
    "sending": ("nothing: should its sender have died, the DAG send_due_alerts takes it back in two minutes",),
    "delivered": ("nothing is left to do",),
    "accepted": (
        "nothing: the report comes by itself",
        "jikimi alerts resolve {alert_id} --delivered | --not-delivered | --send-again --reason …   if it never does",
    ),
    "failed": (
        "jikimi customers show {customer_id}   says where the customer can be reached",
        "jikimi alerts retry {alert_id} --reason …   sends it again over the whole route",
    ),
    "unknown": (
        "ask the dealer or look into the channel: was it sent at that instant?",
        "jikimi alerts resolve {alert_id} --delivered | --not-delivered | --send-again --reason …",
    ),
    "suppressed": ("jikimi alerts show {folded_into}   shows the message that tells of it",),
    "cancelled": ("nothing: a cancelled alert is not sent any more",),
}
_REFUSALS = {
    "pending": "waits to be sent already",
    "deferred": "waits to be sent already",
    "sending": "is being sent right now: try again in a moment",
    "unknown": "is unknown, its message may have arrived: `jikimi alerts resolve {0}` decides",
    "failed": "failed already: `jikimi alerts retry {0}` sends it again",
    "suppressed": "is told of by the message of another alert: see `jikimi alerts show {0}`",
    "accepted": "is at the dealer: `jikimi alerts resolve {0}` decides if no report comes",
    "delivered": "is delivered already",
    "cancelled": "is cancelled already",
}

# In other states the last error is that of an earlier try.
_ENDS_WITH_A_REASON = {"failed", "unknown", "cancelled"}


def in_words(alert: Mapping[str, Any]) -> str:
    """Return what the state of an alert means, and why it is in it."""
    known = {name: printable(value) for name, value in alert.items()}
    words = _MEANINGS[alert["state"]].format_map(known)
    if wait := _WAITS.get(alert["wait_reason"] or ""):
        words += f": {wait.format_map(known)}"
    if not alert["last_error"]:
        return words
    error = printable(alert["last_error"])
    return f"{words}: {error}" if alert["state"] in _ENDS_WITH_A_REASON else f"{words} (last: {error})"


def next_steps(alert: Mapping[str, Any]) -> list[str]:
    """Return what a person can do now, a line each."""
    return [step.format_map(alert) for step in _STEPS[alert["state"]]]


def why_not(alert_id: int, state: str) -> str:
    """Return why a decision was not possible."""
    return f"alert {alert_id} {_REFUSALS[state].format(alert_id)}"


def money(alert: Mapping[str, Any]) -> str:
    """Return the amount with its currency, as messages in English write it."""
    from ml.messages import amount_text

    return amount_text(alert["amount"], alert["currency"], "en")
