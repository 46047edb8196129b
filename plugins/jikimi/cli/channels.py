"""`jikimi channels`: which ways to customers are ready, and whether one works."""

import secrets
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import uuid4

import typer

from jikimi import defaults
from jikimi.channels.base import NAMES, Channel, Message
from jikimi.channels.registry import connection_id_of, connection_type_of, open_channel
from jikimi.cli.airflow_connections import read_airflow_environment
from jikimi.cli.customers import ChannelName
from jikimi.cli.decisions import Yes, ask
from jikimi.cli.failures import fail
from jikimi.cli.masks import mask_address
from jikimi.cli.options import AsJson
from jikimi.cli.tables import print_json, print_rows
from jikimi.exceptions import DeliveryError, JikimiError, NotConfigured
from jikimi.store.channels import channel_usage
from jikimi.store.connection import Connection, open_store

_COLUMNS = (
    *("channel", "connection", "type", "state", "messages_per_second", "used_today", "last_taken_at"),
    *("last_trouble_at", "trouble"),
)
_SELF = "self"
_NEED_NO_ADDRESS = ("kakao_memo", "discord")
app = typer.Typer(help="The ways to customers: which are ready, and whether one works.", no_args_is_help=True)


@app.callback()
def channels() -> None:
    """The ways to customers: which are ready, and whether one works."""


@app.command("list")
def show_all(as_json: AsJson = False) -> None:
    """List the channels: connection, limits, what is used up today, and how their last week was."""
    read_airflow_environment()
    with open_store() as store:
        usage = channel_usage(store, {name: connection_id_of(name) for name in NAMES})
        rows = [_settings(name, store) | usage[name] for name in NAMES]
    if as_json:
        print_json(rows)
        return
    print_rows([row | {"used_today": _shares(row["used_today"]), "trouble": _trouble(row)} for row in rows], _COLUMNS)


@app.command("test")
def try_channel(
    name: Annotated[ChannelName, typer.Argument(metavar="CHANNEL", help=f"One of {', '.join(NAMES)}.")],
    send_to: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help=f"Send a real message that says it is a test. {_SELF}: kakao_memo, or Discord's own channel.",
        ),
    ] = None,
    is_sure: Yes = False,
) -> None:
    """Try a channel's account; nothing is sent unless --send-to names who gets it."""
    address = _address(name.value, send_to) if send_to else None
    read_airflow_environment()
    with open_store() as store:
        channel = open_channel(name.value, store)
        try:
            _try_account(channel)
            if send_to:
                shown = mask_address(channel.name, address) or _SELF
                ask(f"A real message leaves over {channel.name} to {shown}, and may cost money. Send it?", is_sure)
                _send(channel, address)
        finally:
            channel.close()


def _settings(name: str, store: Connection) -> dict[str, Any]:
    row: dict[str, Any] = {"channel": name, "connection": connection_id_of(name), "type": None}
    row |= {"state": "ready", "messages_per_second": None}
    try:
        row["type"] = connection_type_of(name)
        channel = open_channel(name, store)
        row["messages_per_second"] = channel.limits.per_second
        channel.close()
    except NotConfigured as error:
        row["state"] = str(error)
    return row


def _shares(used_today: dict[str, list[int]] | None) -> str | None:
    shares = [f"{subject} {used:,} of {most:,}" for subject, (used, most) in (used_today or {}).items()]
    return ", ".join(shares) or None


def _trouble(row: dict[str, Any]) -> str | None:
    return " ".join(filter(None, (row["trouble_code"], row["trouble"]))) or None


def _address(channel: str, text: str) -> str | None:
    from jikimi.files.addresses import address_of

    if text == _SELF and channel in _NEED_NO_ADDRESS:
        return None
    if (address := address_of(channel, text)) is None:
        only = f", only {_SELF}" if channel == "kakao_memo" else ""
        raise typer.BadParameter(f"--send-to is no address of the channel {channel}{only}.")
    return address


def _try_account(channel: Channel) -> None:
    works, sentence = channel.test()
    if not works:
        fail(f"{channel.name} does not work: {sentence}")
    typer.echo(f"{channel.name} works: {sentence}")


def _send(channel: Channel, address: str | None) -> None:
    message = _test_message(channel.name, address)
    try:
        result = channel.send([message], uuid4())[message.alert_id]
    except DeliveryError as error:
        result = error
    if isinstance(result, DeliveryError):
        raise JikimiError(f"the test message {message.reference} was not taken: {result}")
    ends = "delivered" if result.is_final else "taken; the dealer's report will say whether it arrived"
    named = f" as {result.dealer_id}" if result.dealer_id else ""
    typer.echo(f"The test message {message.reference} is {ends}{named}.")


def _test_message(channel: str, address: str | None) -> Message:
    """Return a message about a purchase of nothing.

    That it is a test stands in the bank's and the merchant's place: an approved template leaves no other.
    """
    from ml.messages import AlertFacts, write_letter

    # No reference of an alert: those are hexadecimal.
    reference = f"TEST{secrets.token_hex(2).upper()}"
    facts = AlertFacts(datetime.now(UTC), Decimal(0), "KRW", reference, merchant="시험 발송 (TEST)")
    letter = write_letter(channel, facts, f"{defaults.bank_name()} 시험 TEST", defaults.time_zone())
    return Message(0, reference, address, letter)
