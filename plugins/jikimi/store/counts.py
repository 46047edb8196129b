"""What dashboards count over weeks is summed up here, batch by batch, behind the scoring."""

from jikimi.store.connection import Connection, query

MOST_ROWS = 20_000
"""Transactions that are counted in one transaction, for some half a second: `drop_month` waits that long."""
MOST_ROWS_A_LOOK = 1_000_000
"""What is left then, after a long history was migrated, is counted at the next looks: until then it is read by rows."""
_MOST_BATCHES = 2_000


def count_scored(connection: Connection) -> int:
    """Count scored batches that are not counted yet, each once, and return how many transactions they have.

    Sums and batches change in one transaction: who reads finds a batch in the sums or by its rows, never in both.
    """
    counted = 0
    while counted < MOST_ROWS_A_LOOK and (some := _count_some(connection)):
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
    """Lock the oldest batches of about `MOST_ROWS` verdicts, at least one: batch -> its verdicts."""
    locked: dict[int, int] = {}
    for batch in connection.execute(query("lock_uncounted"), {"limit": _MOST_BATCHES}):
        if locked and sum(locked.values()) + batch["scored_count"] > MOST_ROWS:
            break
        locked[batch["batch_id"]] = batch["scored_count"]
    return locked
