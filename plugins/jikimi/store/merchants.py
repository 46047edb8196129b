"""What is kept by merchant, so that no batch reads a busy merchant's rows: their counts, and those called fraud."""

from collections.abc import Sequence

from jikimi.store.connection import Connection, query


def keep_merchants(connection: Connection, batch_id: int) -> None:
    """Count the rows of a batch, and find those whose label came before them.

    It comes last before the commit of the transaction that wrote the rows: another batch with one of the merchants
    waits from here on.
    """
    connection.execute(query("count_merchant_rows"), {"batch_id": batch_id})
    connection.execute(query("lock_called_frauds"), {"alone": False})
    connection.execute(query("call_frauds_of_batch"), {"batch_id": batch_id})


def call_frauds(connection: Connection, transaction_ids: Sequence[str]) -> None:
    """Find the rows that labels of this transaction have called fraud; it comes last before the commit too."""
    if not transaction_ids:
        return
    connection.execute(query("lock_called_frauds"), {"alone": True})
    connection.execute(query("call_frauds"), {"transaction_ids": list(transaction_ids)})
