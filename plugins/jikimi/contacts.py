"""Contacts for trying things out: new customers become friends in the KakaoTalk sandbox, and get a route each."""

import zlib
from typing import TYPE_CHECKING, Any

from jikimi.exceptions import NotConfigured, ServiceUnavailable
from jikimi.store.connection import Connection
from jikimi.store.customers import without_contact

if TYPE_CHECKING:
    import pandas as pd

_FRIENDS_PER_REQUEST = 1_000
_SECONDS = 30
_LONGEST_NAME = 200
# Ten routes, so that each channel has customers whom it reaches first, and an alternative where it has a daily quota.
_ROUTES = (
    *("kakao_friends alimtalk",) * 5,
    *("alimtalk kakao_friends",) * 3,
    "email alimtalk",
    "discord email",
)


class SandboxFriends:
    """The sandbox's own address book.

    :param url: address of the sandbox.
    """

    def __init__(self, url: str | None) -> None:
        if not url:
            raise NotConfigured("JIKIMI_SANDBOX_URL is not set: run `make up` first, or leave out --sandbox-contacts.")
        self._url = url.rstrip("/")

    def befriend(self, customers: list[dict[str, str]]) -> dict[str, str]:
        """Make friends of customers (customer_id, name) and return their uuids; asking again gives the same ones.

        :raises ServiceUnavailable: the sandbox does not answer or refuses.
        """
        uuids: dict[str, str] = {}
        for start in range(0, len(customers), _FRIENDS_PER_REQUEST):
            friends = self._post(customers[start : start + _FRIENDS_PER_REQUEST])
            uuids |= {friend["customer_id"]: friend["uuid"] for friend in friends}
        return uuids

    def _post(self, customers: list[dict[str, str]]) -> list[dict[str, str]]:
        import httpx

        try:
            answer = httpx.post(f"{self._url}/admin/friends", json=customers, timeout=_SECONDS)
            answer.raise_for_status()
            friends: list[dict[str, str]] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ServiceUnavailable(
                f"The KakaoTalk sandbox at {self._url} does not take friends ({error}): is it up? See `jikimi status`."
            ) from error
        return friends


def with_contacts(
    connection: Connection, customers: "pd.DataFrame", friends: SandboxFriends, now: Any
) -> "pd.DataFrame":
    """Return customers (customer_id, name, …) with a route, its addresses and consent for those without a channel.

    The route follows from the customer's id, so that the same file gives the same routes. No address can be a person's.

    :raises ServiceUnavailable: the sandbox does not answer or refuses.
    """
    import pandas as pd

    new = set(without_contact(connection, customers["customer_id"].tolist()))
    rows = customers[customers["customer_id"].isin(new)]
    people = [_person(*pair) for pair in zip(rows["customer_id"], rows["name"], strict=True)]
    if not people:
        return customers
    contacts = [_contact(key, uuid, now.isoformat()) for key, uuid in friends.befriend(people).items()]
    return customers.merge(pd.DataFrame(contacts), on="customer_id", how="left")


def _contact(customer_id: str, uuid: str, consented_at: str) -> dict[str, str | None]:
    number = zlib.crc32(customer_id.encode())
    route = _ROUTES[number % len(_ROUTES)]
    possible = {
        "kakao_friends": ("kakao_uuid", uuid),
        # No mobile number of Korea goes on with 0 after 010, and example.com takes no mail.
        "alimtalk": ("phone", f"0100{number % 10_000_000:07}"),
        "email": ("email", f"customer.{number:08x}@example.com"),
        # A thread of their own: in the webhook's channel itself everybody would read everybody's messages.
        "discord": ("discord_thread", f"12{number:017}"),
    }
    addresses = dict.fromkeys(column for column, _ in possible.values())
    addresses |= dict(possible[channel] for channel in route.split())
    return {"customer_id": customer_id, "channels": route, **addresses, "consented_at": consented_at}


def _person(customer_id: str, name: Any) -> dict[str, str]:
    shown = name.strip()[:_LONGEST_NAME] if isinstance(name, str) else ""
    return {"customer_id": customer_id, "name": shown or f"고객 {customer_id}"}
