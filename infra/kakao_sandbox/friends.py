"""The sending account's friends, each under a uuid that belongs to the app."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from infra.kakao_sandbox.state import Sandbox

# Sorting as the friends API names it.
_ORDERS = {"favorite": "is_favorite desc, name", "nickname": "name"}


def uuid_of(app_key: str, customer_id: str) -> str:
    """Return the uuid of a customer for an app: always the same, and another one for every app."""
    digest = hmac.new(app_key.encode(), customer_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest)[:27].decode()


def register(sandbox: Sandbox, people: Sequence[tuple[str, str, str | None]]) -> list[dict[str, str]]:
    """Make friends of (customer_id, name, uuid or None); who is one already keeps the uuid unless given another."""
    app_key = sandbox.settings.app_key
    known = []
    with sandbox.transaction():
        for customer_id, name, uuid in people:
            row = sandbox.row(
                "insert into friends (app_key, customer_id, name, uuid) values (?, ?, ?, ?)"
                " on conflict (app_key, customer_id) do update set name = excluded.name, uuid = coalesce(?, uuid)"
                " returning customer_id, uuid",
                *(app_key, customer_id, name, uuid or uuid_of(app_key, customer_id), uuid),
            )
            known.append(dict(row) if row else {})
    return known


def find(sandbox: Sandbox, uuid: str) -> dict[str, str] | None:
    """Return the friend with this uuid: customer_id, name and uuid."""
    row = sandbox.row(
        "select customer_id, name, uuid from friends where app_key = ? and uuid = ?", sandbox.settings.app_key, uuid
    )
    return dict(row) if row else None


def count(sandbox: Sandbox) -> tuple[int, int]:
    """Return how many friends there are, and how many of them favourites."""
    row = sandbox.row(
        "select count(*), coalesce(sum(is_favorite), 0) from friends where app_key = ?", sandbox.settings.app_key
    )
    return (row[0], row[1]) if row else (0, 0)


def page_of(sandbox: Sandbox, offset: int, limit: int, order: str, friend_order: str) -> list[dict[str, object]]:
    """Return one page of the list, in the API's words."""
    sorting = _ORDERS[friend_order] + (" desc" if order == "desc" else "")
    rows = sandbox.rows(
        f"select * from friends where app_key = ? order by {sorting}, friend_id limit ? offset ?",  # noqa: S608
        *(sandbox.settings.app_key, limit, offset),
    )
    return [
        {
            "id": row["friend_id"],
            "uuid": row["uuid"],
            "favorite": bool(row["is_favorite"]),
            "profile_nickname": row["name"],
            "allowed_msg": True,
        }
        for row in rows
    ]


def knows_order(order: str, friend_order: str) -> bool:
    """Say whether the list can be sorted so."""
    return order in ("asc", "desc") and friend_order in _ORDERS
