"""The sending account's friends, each under a uuid that belongs to the app."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from infra.kakao_sandbox.state import Sandbox

# Sorting as the friends API names it.
_ORDERS = {"favorite": "is_favorite desc, name", "nickname": "name"}


def uuid_of(app_key: str, customer_id: str) -> str:
    """Return the uuid of a customer for an app: always the same, and another one for every app."""
    digest = hmac.new(app_key.encode(), customer_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest)[:27].decode()


@dataclass(frozen=True)
class Person:
    """Who is to become a friend; None leaves what is known, or takes what a new friend has.

    :param allows_messages: False for who does not want messages of the app (-530).
    """

    customer_id: str
    name: str
    uuid: str | None = None
    allows_messages: bool | None = None
    is_favorite: bool | None = None


def register(sandbox: Sandbox, people: Sequence[Person]) -> list[dict[str, str]]:
    """Make friends; who is one already keeps the uuid unless given another."""
    app_key = sandbox.settings.app_key
    known = []
    with sandbox.transaction():
        for person in people:
            row = sandbox.row(
                "insert into friends (app_key, customer_id, name, uuid, allows_messages, is_favorite)"
                " values (?1, ?2, ?3, coalesce(?5, ?4), coalesce(?6, 1), coalesce(?7, 0))"
                " on conflict (app_key, customer_id) do update set name = excluded.name, uuid = coalesce(?5, uuid),"
                " allows_messages = coalesce(?6, allows_messages), is_favorite = coalesce(?7, is_favorite)"
                " returning customer_id, uuid",
                *(app_key, person.customer_id, person.name, uuid_of(app_key, person.customer_id)),
                *(person.uuid, person.allows_messages, person.is_favorite),
            )
            known.append(dict(row) if row else {})
    return known


def find(sandbox: Sandbox, uuid: str) -> Person | None:
    """Return the friend with this uuid."""
    row = sandbox.row(
        "select customer_id, name, uuid, allows_messages, is_favorite from friends where app_key = ? and uuid = ?",
        *(sandbox.settings.app_key, uuid),
    )
    return Person(*row) if row else None


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
            "allowed_msg": bool(row["allows_messages"]),
        }
        for row in rows
    ]


def knows_order(order: str, friend_order: str) -> bool:
    """Say whether the list can be sorted so."""
    return order in ("asc", "desc") and friend_order in _ORDERS
