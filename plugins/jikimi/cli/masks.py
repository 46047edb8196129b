"""Names and addresses hidden so far that a person who knows the customer knows them again, and nobody else does."""

from typing import Any

_SHOWN_OF_UUID = 3


def mask_address(channel: str, address: str | None) -> str | None:
    """Return `010-****-5678`, `k***@example.com`, `abc…`; None where the channel has no address."""
    if not address:
        return None
    if channel == "alimtalk":
        return f"{address[:3]}-****-{address[-4:]}" if len(address) > 8 else "****"
    if channel == "email":
        name, _, domain = address.partition("@")
        return f"{name[:1]}***@{domain}"
    return f"{address[:_SHOWN_OF_UUID]}…"


def mask_route(route: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the channels of a route with their addresses hidden."""
    return [step | {"address": mask_address(step["channel"], step["address"])} for step in route]


def mask_person(name: str | None) -> str | None:
    """Return a name as the messages show it: 홍*동."""
    from ml.messages import mask_name

    return mask_name(name) if name else None
