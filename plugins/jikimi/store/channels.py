"""Channels as the database saw them: last messages, last trouble, counts of today."""

from collections.abc import Mapping
from typing import Any

from jikimi.store.connection import Connection, query


def channel_usage(connection: Connection, connection_ids: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return for each channel of the last week: last_taken_at, last_trouble_at, trouble_code, trouble, used_today.

    :param connection_ids: channel -> the connection under which its messages are counted.
    :return: `used_today` is subject -> [used, most], None where nothing was counted.
    """
    parameters = {"channels": list(connection_ids), "connection_ids": list(connection_ids.values())}
    rows = connection.execute(query("channel_usage"), parameters).fetchall()
    return {row.pop("channel"): row for row in rows}
