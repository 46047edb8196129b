"""How runs follow each other: when the last batch was claimed, and how many rows have landed since."""

from jikimi.store.connection import Connection, query


def seconds_since_claim(connection: Connection) -> float | None:
    """Return how long ago the newest live batch was claimed, or None where that is more than a minute."""
    row = connection.execute(query("last_claim")).fetchone()
    return row["seconds"] if row else None


def landed_waiting(connection: Connection, most: int) -> int:
    """Return how many landed rows wait for a batch, counted up to `most`."""
    row = connection.execute(query("landed_waiting"), {"most": most}).fetchone()
    return int(row["rows"]) if row else 0
