"""Contacts for trying things out: the KakaoTalk sandbox makes a friend of each new customer."""

from typing import TYPE_CHECKING, Any

from jikimi.exceptions import NotConfigured, ServiceUnavailable
from jikimi.store.connection import Connection
from jikimi.store.customers import without_contact

if TYPE_CHECKING:
    import pandas as pd

_FRIENDS_PER_REQUEST = 1_000
_SECONDS = 30
_LONGEST_NAME = 200


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
    """Return customers (customer_id, name, …) with channel, kakao_uuid and consent for those without a channel.

    :raises ServiceUnavailable: the sandbox does not answer or refuses.
    """
    new = set(without_contact(connection, customers["customer_id"].tolist()))
    rows = customers[customers["customer_id"].isin(new)]
    people = [_person(*pair) for pair in zip(rows["customer_id"], rows["name"], strict=True)]
    uuid = customers["customer_id"].map(friends.befriend(people)) if people else None
    if uuid is None:
        return customers
    has_uuid = uuid.notna()
    return customers.assign(
        kakao_uuid=uuid.where(has_uuid, None),
        channel=has_uuid.map({True: "kakao_friends", False: None}),
        consented_at=has_uuid.map({True: now.isoformat(), False: None}),
    )


def _person(customer_id: str, name: Any) -> dict[str, str]:
    shown = name.strip()[:_LONGEST_NAME] if isinstance(name, str) else ""
    return {"customer_id": customer_id, "name": shown or f"고객 {customer_id}"}
