"""Customers: who they are, on which route they want to be reached, and to what they consented."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from jikimi.exceptions import JikimiError
from jikimi.store.bulk import send_frame
from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    import pandas as pd

# Channel -> the column of a file with its address, in the order in which new ones join a route.
_ADDRESS_COLUMNS = {
    "alimtalk": "phone",
    "kakao_friends": "kakao_uuid",
    "email": "email",
    "discord": "discord_thread",
    "kakao_memo": None,
}
_NEED_NO_ADDRESS = {"discord", "kakao_memo"}


@dataclass
class Imported:
    """What became of rows of a file.

    :param changed: how many customers are new or changed.
    :param refused: number of a row -> why it was not written.
    """

    changed: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def import_customers(connection: Connection, customers: "pd.DataFrame") -> Imported:
    """Write the rows of a file in one transaction; a later row of a customer goes on from the earlier one.

    :param customers: as `upsert_customers` takes them, indexed by the number of the row.
    """
    imported = Imported()
    with connection.transaction():
        connection.execute(query("lock_imports"))
        for _, rows in customers.groupby(customers.groupby("customer_id").cumcount()):
            refused = _refused(connection, rows)
            imported.refused |= refused
            imported.changed += upsert_customers(connection, rows.drop(index=list(refused)))
    return imported


def upsert_customers(connection: Connection, customers: "pd.DataFrame") -> int:
    """Write new customers and complete known ones; what is missing in `customers` changes nothing.

    A route that is given replaces the old one; an address alone is kept where it belongs, and a channel that it makes
    possible comes to the end of the route. Consent holds for the channels that the row names.

    :param customers: customer_id, once each, and any of name, language, channels (names in their order, with spaces
        between), phone, email, kakao_uuid, discord_thread, consented_at; an id that no transaction could have is left
        out.
    :return: how many customers are new or changed.
    """
    people = customers.reindex(columns=["customer_id", "name", "language"])
    changed = {row["customer_id"] for row in send_frame(connection, "upsert_customers", people)}
    named = _named(customers)
    if len(named):
        changed |= {row["customer_id"] for row in send_frame(connection, "upsert_routes", named)}
    return len(changed)


def without_contact(connection: Connection, customer_ids: Sequence[str]) -> list[str]:
    """Return those of the customers, known or not, that no message could reach; ids that cannot be are left out."""
    rows = connection.execute(query("customers_without_contact"), {"customer_ids": list(customer_ids)})
    return [row["customer_id"] for row in rows]


def show_customer(connection: Connection, customer_id: str) -> dict[str, Any]:
    """Return customer_id, name, language, created_at and the `route`.

    Its rows are position, channel, address, consented_at, withdrawn_at. Names and addresses are as they are: whoever
    shows them hides them.

    :raises JikimiError: there is no such customer.
    """
    values = {"customer_id": customer_id}
    row = connection.execute(query("show_customer"), values).fetchone()
    if row is None:
        raise JikimiError(f"there is no customer {customer_id}: `jikimi customers import` makes one.")
    return row | {"route": connection.execute(query("customer_route"), values).fetchall()}


def withdraw_consent(
    connection: Connection, customer_id: str, channel: str | None = None
) -> dict[str, datetime | None]:
    """Take back the consent for one channel, or for all; returns channel -> since when it had been given.

    :raises JikimiError: there is no such customer, or no such channel of theirs.
    """
    with connection.transaction():
        show_customer(connection, customer_id)
        parameters = {"customer_id": customer_id, "channel": channel}
        rows = connection.execute(query("withdraw_consent"), parameters).fetchall()
    if not rows:
        raise JikimiError(
            f"customer {customer_id} has no channel{f' {channel}' if channel else ''}: nothing to withdraw."
        )
    return {row["channel"]: row["consented_at"] for row in rows}


def _refused(connection: Connection, customers: "pd.DataFrame") -> dict[int, str]:
    """Return which rows do not go together with what is known, and why."""
    named = _named(customers)
    if named.empty:
        return {}
    reasons: dict[int, str] = {}
    for row in send_frame(connection, "unfit_routes", named):
        reasons.setdefault(row["row"], _why_unfit(row))
    return reasons


def _why_unfit(row: dict[str, Any]) -> str:
    channel = row["channel"]
    if row["has_no_address"]:
        return f"the channel {channel} needs {_ADDRESS_COLUMNS[channel]}: neither the file nor the database has one"
    at = row["withdrawn_at"].astimezone(UTC)
    return f"the consent for {channel} was withdrawn on {at:%Y-%m-%d %H:%M} UTC, and consented_at is no later"


def _named(customers: "pd.DataFrame") -> "pd.DataFrame":
    """Return a row for each channel that a customer's row names, by its route or by an address.

    Columns: row, customer_id, channel, place in the route (null where no route is given), turn, needs_address, address,
    consented_at.
    """
    import pandas as pd

    columns = [column for column in _ADDRESS_COLUMNS.values() if column]
    wide = customers.reindex(columns=["customer_id", "channels", "consented_at", *columns])
    routes = wide["channels"].map(str.split, na_action="ignore")
    parts = []
    for turn, (channel, column) in enumerate(_ADDRESS_COLUMNS.items(), 1):
        part = wide[["customer_id", "consented_at"]].assign(channel=channel, turn=turn)
        part["place"] = routes.map(partial(_place, channel), na_action="ignore").astype("Float64").astype("Int64")
        part["address"] = wide[column] if column else None
        part["needs_address"] = channel not in _NEED_NO_ADDRESS
        # Beside a route an address is only kept: what the customer agreed to is the route.
        part["consented_at"] = part["consented_at"].where(part["place"].notna() | routes.isna(), None)
        parts.append(part[part["place"].notna() | part["address"].notna()])
    return pd.concat(parts).rename_axis("row").reset_index()


def _place(channel: str, route: list[str]) -> float:
    return route.index(channel) + 1.0 if channel in route else math.nan
