"""Options that say which alerts are meant."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from jikimi.cli.customers import ChannelName
from jikimi.cli.options import moment
from jikimi.store.alert_desk import Wanted


class AlertState(StrEnum):
    """The states of an alert."""

    pending = "pending"
    sending = "sending"
    delivered = "delivered"
    accepted = "accepted"
    failed = "failed"
    unknown = "unknown"
    deferred = "deferred"
    suppressed = "suppressed"
    cancelled = "cancelled"


Keys = Annotated[list[str] | None, typer.Argument(metavar="ALERT", help="Numbers or references.")]
State = Annotated[list[AlertState] | None, typer.Option(help="Only alerts in this state; may be given several times.")]
Channel = Annotated[ChannelName | None, typer.Option(help="Only alerts that were last sent over this channel.")]
Customer = Annotated[str | None, typer.Option(metavar="ID", help="Only alerts of this customer.")]
Reference = Annotated[str | None, typer.Option(metavar="TEXT", help="What the customer names on the telephone.")]
Since = Annotated[
    datetime | None,
    typer.Option(parser=moment, metavar="WHEN", help="Made at or after: a date, an instant, or how long ago, like 2h."),
]
Until = Annotated[datetime | None, typer.Option(parser=moment, metavar="WHEN", help="Made before.")]
Error = Annotated[str | None, typer.Option(metavar="TEXT", help="Only alerts whose last error contains this.")]


def wanted_by(
    state: list[AlertState] | None,
    channel: ChannelName | None,
    customer: str | None,
    since: datetime | None,
    until: datetime | None,
    error: str | None,
    reference: str | None = None,
) -> Wanted:
    """Return what the options ask for."""
    return Wanted(
        states=[each.value for each in state] if state else None,
        channel=channel.value if channel else None,
        customer_id=customer,
        reference=reference,
        since=since,
        until=until,
        error=error,
    )
