"""Customers: who they are and where they want to be reached."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jikimi.store.bulk import send_frame
from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    import pandas as pd


def upsert_customers(connection: Connection, customers: "pd.DataFrame") -> int:
    """Write new customers and complete known ones; what is missing in `customers` changes nothing.

    :param customers: customer_id and any of name, language, channel, kakao_uuid, consented_at; an id that no
        transaction could have is left out.
    :return: how many customers are new or changed.
    """
    row = send_frame(connection, "upsert_customers", customers).fetchone() or {}
    return int(row["customers"])


def without_contact(connection: Connection, customer_ids: Sequence[str]) -> list[str]:
    """Return those of the customers, known or not, that no message could reach; ids that cannot be are left out."""
    rows = connection.execute(query("customers_without_contact"), {"customer_ids": list(customer_ids)})
    return [row["customer_id"] for row in rows]
