"""Which channel comes next on a customer's route."""

from jikimi.exceptions import Undeliverable
from jikimi.outbox import ClaimedAlert, Step


def next_step(alert: ClaimedAlert) -> Step:
    """Return the first channel of the route that has the customer's consent and did not refuse this alert.

    :raises Undeliverable: there is none; says why.
    """
    if step := step_after(alert, alert.struck):
        return step
    raise Undeliverable(_why_none(alert))


def step_after(alert: ClaimedAlert, struck: frozenset[str]) -> Step | None:
    """Return the first channel that is left where those in `struck` are out of the question."""
    return next(iter(steps_after(alert, struck)), None)


def steps_after(alert: ClaimedAlert, struck: frozenset[str]) -> list[Step]:
    """Return the channels that are left, in their order."""
    return [step for step in alert.route if step.has_consent and step.channel not in struck]


def step_over(alert: ClaimedAlert, channel: str) -> Step:
    """Return the step of a channel, consent or not: the request left already, it is only asked about again.

    :raises Undeliverable: the customer took it off the route.
    """
    for step in alert.route:
        if step.channel == channel:
            return step
    raise Undeliverable(f"{channel} is no longer on the customer's route")


def is_other_left(alert: ClaimedAlert, channel: str) -> bool:
    """Tell whether the route goes on after `channel`."""
    return step_after(alert, alert.struck | {channel}) is not None


def _why_none(alert: ClaimedAlert) -> str:
    if not alert.is_known:
        return "the customer is not in the table customers, so nobody knows where to send"
    if not alert.route:
        return "the customer has no channel"
    if not any(step.has_consent for step in alert.route):
        return "the customer has not consented to messages"
    return f"no channel of the route is left: {', '.join(sorted(alert.struck))} did not take it"
