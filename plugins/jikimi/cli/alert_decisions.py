"""`jikimi alerts retry|resolve|cancel`: a person decides, and says why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import typer

from jikimi.cli.alert_filters import Channel, Customer, Error, Keys, Since, State, Until, wanted_by
from jikimi.cli.alert_words import why_not
from jikimi.cli.decisions import By, Reason, Yes, ask, demanded, who
from jikimi.cli.failures import FAILED
from jikimi.cli.options import AsJson
from jikimi.cli.tables import print_json
from jikimi.store import alert_decisions as store
from jikimi.store.alert_desk import Wanted, matching, named
from jikimi.store.connection import Connection, open_store


@dataclass(frozen=True)
class Decision:
    """One thing that can be decided.

    :param words: what is said of the alerts, as in "3 alerts are sent again".
    :param states: the states in which it is possible.
    """

    words: str
    states: tuple[str, ...]
    carry_out: Callable[[Connection, Sequence[int], store.By], store.Decided]


RETRY = Decision("sent again", store.RETRIED, store.retry)
RESOLVED_WORDS: dict[store.Resolution, str] = {
    "delivered": "resolved as delivered",
    "not delivered": "resolved as not delivered",
    "send again": "sent again",
}
CANCEL = Decision("cancelled", store.CANCELLED, store.cancel)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("retry")(retry)
    app.command("resolve")(resolve)
    app.command("cancel")(cancel)


def retry(
    reason: Reason,
    alerts: Keys = None,
    state: State = None,
    channel: Channel = None,
    customer: Customer = None,
    since: Since = None,
    until: Until = None,
    error: Error = None,
    by: By = None,
    is_sure: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Send failed alerts again, over the whole route: those named, or all that the options describe."""
    decider = store.By(who(by), demanded(reason))
    _decide(RETRY, alerts, wanted_by(state, channel, customer, since, until, error), decider, is_sure, as_json)


def cancel(
    reason: Reason,
    alerts: Keys = None,
    state: State = None,
    channel: Channel = None,
    customer: Customer = None,
    since: Since = None,
    until: Until = None,
    error: Error = None,
    by: By = None,
    is_sure: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Withdraw alerts that wait to be sent: those named, or all that the options describe."""
    decider = store.By(who(by), demanded(reason))
    _decide(CANCEL, alerts, wanted_by(state, channel, customer, since, until, error), decider, is_sure, as_json)


def resolve(
    alerts: Annotated[list[str], typer.Argument(metavar="ALERT", help="Numbers or references.")],
    reason: Reason,
    delivered: Annotated[bool, typer.Option("--delivered", help="The customer got the message.")] = False,
    not_delivered: Annotated[bool, typer.Option("--not-delivered", help="The customer never got it.")] = False,
    again: Annotated[bool, typer.Option("--send-again", help="Send it again, even if it may arrive twice.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say what became of alerts whose answer was lost, or whose delivery report never came."""
    given: dict[store.Resolution, bool] = {"delivered": delivered, "not delivered": not_delivered, "send again": again}
    chosen = [resolution for resolution, is_given in given.items() if is_given]
    if len(chosen) != 1:
        raise typer.BadParameter("say one of --delivered, --not-delivered, --send-again.")
    decision = Decision(RESOLVED_WORDS[chosen[0]], store.RESOLVED, partial(_resolved, chosen[0]))
    _decide(decision, alerts, Wanted(), store.By(who(by), demanded(reason)), True, as_json)


def _resolved(
    resolution: store.Resolution, connection: Connection, alert_ids: Sequence[int], by: store.By
) -> store.Decided:
    return store.resolve(connection, alert_ids, resolution, by)


def _decide(
    decision: Decision, keys: list[str] | None, wanted: Wanted, by: store.By, is_sure: bool, as_json: bool
) -> None:
    _demand_alerts(decision, keys, wanted)
    with open_store() as connection:
        alert_ids = named(connection, keys) if keys else _described(connection, decision, wanted)
        if not keys and alert_ids:
            ask(f"{_count(len(alert_ids))} to be {decision.words}. Go on?", is_sure)
        decided = decision.carry_out(connection, alert_ids, by)
    _report(decision, decided, as_json)
    if keys and decided.states:
        raise typer.Exit(FAILED)


def _demand_alerts(decision: Decision, keys: list[str] | None, wanted: Wanted) -> None:
    """Refuse what names alerts and describes them, or does neither, or describes what nobody can decide."""
    if bool(keys) == (wanted != Wanted()):
        raise typer.BadParameter("name alerts, or describe them with --state and the other options.")
    if others := sorted(set(wanted.states or ()) - set(decision.states)):
        possible = " or ".join(decision.states)
        raise typer.BadParameter(f"only alerts that are {possible} can be {decision.words}, not {', '.join(others)}.")


def _described(connection: Connection, decision: Decision, wanted: Wanted) -> list[int]:
    return matching(connection, wanted if wanted.states else replace(wanted, states=list(decision.states)))


def _report(decision: Decision, decided: store.Decided, as_json: bool) -> None:
    refused = {alert_id: why_not(alert_id, state) for alert_id, state in decided.states.items()}
    if as_json:
        print_json({"changed": decided.changed, "refused": refused, "freed": decided.freed})
        return
    if decided.changed or not refused:
        typer.echo(f"{_count(len(decided.changed))} {decision.words}.")
    if decided.freed:
        freed = ", ".join(map(str, decided.freed))
        typer.echo(
            f"Their messages would have told of {freed} too: what was folded waits for a message of its own again."
        )
    for sentence in refused.values():
        typer.echo(f"jikimi: {sentence}.", err=True)


def _count(number: int) -> str:
    return "1 alert is" if number == 1 else f"{number:,} alerts are"
