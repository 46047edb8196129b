"""The tokens of a channel and the port to where they are kept."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Tokens:
    """What a login server issued; its `repr` shows no secret.

    :param access_expires_at: aware instant after which the access token is refused.
    """

    refresh_token: str = field(repr=False)
    access_token: str | None = field(default=None, repr=False)
    access_expires_at: datetime | None = None


class TokenVault(Protocol):
    """Keeps the newest tokens of one connection for every process that sends."""

    def read(self) -> Tokens | None:
        """Return the newest tokens, None before the first refresh."""

    def keep(self, tokens: Tokens) -> None:
        """Keep these tokens durably before returning: the refresh token that they replace is dead already."""
