"""What dashboards count over weeks is summed up here, batch by batch, behind the scoring."""

from jikimi.store.connection import Connection, query

MOST_ROWS = 100_000
"""Transactions that are counted at once: a second's work, and nobody waits for it."""
_MOST_BATCHES = 2_000


def count_scored(connection: Connection) -> int:
    """Count every scored batch that is not counted yet, each once, and return how many transactions they have.

    Sums and batches change in one transaction: who reads finds a batch in the sums or by its rows, never in both.
    """
    counted = 0
    while some := _count_some(connection):
        counted += sum(some.values())
    return counted


def _count_some(connection: Connection) -> dict[int, int]:
    with connection.transaction():
        some = _lock(connection)
        if some:
            batch_ids = {"batch_ids": list(some)}
            connection.execute(query("count_scored"), batch_ids)
            connection.execute(query("mark_counted"), batch_ids)
    return some


def _lock(connection: Connection) -> dict[int, int]:
    """Lock the oldest batches of about `MOST_ROWS` transactions, at least one: batch -> its transactions."""
    locked: dict[int, int] = {}
    for batch in connection.execute(query("lock_uncounted"), {"limit": _MOST_BATCHES}):
        if locked and sum(locked.values()) + batch["valid_count"] > MOST_ROWS:
            break
        locked[batch["batch_id"]] = batch["valid_count"]
    return locked
