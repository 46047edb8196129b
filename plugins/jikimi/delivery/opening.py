"""Puts a drain together from the settings of this process: the stored outbox, the real channels, the bank's letters."""

from typing import TYPE_CHECKING

from jikimi import defaults
from jikimi.delivery.drain import Drain, Options
from jikimi.delivery.letters import letters
from jikimi.store.alerts import open_outbox
from jikimi.store.connection import Connection

if TYPE_CHECKING:
    from jikimi.channels.base import Channel


def open_drain(store: Connection, options: Options) -> Drain:
    """Return a drain that is ready to run.

    :param store: where channels keep their tokens, for as long as the drain runs.
    :raises NotConfigured: a setting is wrong; no alert was touched.
    """
    from jikimi.channels.registry import open_channel

    def channel(name: str) -> "Channel":
        return open_channel(name, store)

    return Drain(open_outbox, channel, letters(defaults.bank_name(), defaults.time_zone()), options)
