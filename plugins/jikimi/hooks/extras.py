"""Figures in the extras of a connection, which people type as text."""

from typing import Any

from jikimi.exceptions import NotConfigured


def figure(connection: Any, field_name: str, default: float, below: float) -> float:
    """Return the extra `field_name` of an Airflow connection, or `default` where it is empty.

    :raises NotConfigured: it is no number above 0 and below `below`.
    """
    value = connection.extra_dejson.get(field_name)
    if value in (None, ""):
        return default
    try:
        found = float(str(value))
    except ValueError:
        found = 0
    if not 0 < found < below:
        raise NotConfigured(f"{field_name} of the connection {connection.conn_id} must be above 0 and below {below:g}.")
    return found
