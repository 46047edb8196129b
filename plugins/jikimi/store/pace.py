"""How runs follow each other: when the last batch was claimed, and whether rows have landed since."""

from jikimi.store.connection import Connection, query


def seconds_since_claim(connection: Connection) -> float | None:
    """Return how long ago the newest live batch was claimed, or None where that is more than a minute."""
    row = connection.execute(query("last_claim")).fetchone()
    return row["seconds"] if row else None


def is_landed_waiting(connection: Connection) -> bool:
    """Tell whether a landed row waits for a batch."""
    row = connection.execute(query("is_landed_waiting")).fetchone()
    return bool(row and row["is_waiting"])
