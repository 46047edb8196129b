"""Landing: rows as a producer wrote them."""

from typing import TYPE_CHECKING

from jikimi.store.bulk import copy_frame
from jikimi.store.connection import Connection

if TYPE_CHECKING:
    import pandas as pd


def land(connection: Connection, rows: "pd.DataFrame") -> int:
    """Land rows as live ones and return how many; they wait for a batch.

    :param rows: columns of `ml.schema.COLUMN_NAMES`, all text.
    """
    copy_frame(connection, "landed_transactions", rows)
    return len(rows)
