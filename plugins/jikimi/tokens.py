"""What a hook needs of whoever keeps its tokens; the hook itself knows no database."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Tokens:
    """What a login server issued; its `repr` shows no secret.

    :param access_expires_at: aware instant after which the access token is refused.
    :param scopes: what the account consented to; None where nobody said.
    :param rotated_at: since when the refresh token is kept; whoever issues tokens leaves it out.
    """

    refresh_token: str = field(repr=False)
    access_token: str | None = field(default=None, repr=False)
    access_expires_at: datetime | None = None
    scopes: tuple[str, ...] | None = None
    rotated_at: datetime | None = None


class TokenVault(Protocol):
    """Keeps the newest tokens of one connection for every process and thread that sends."""

    def read(self) -> Tokens | None:
        """Return the newest tokens, None before the first refresh.

        :raises StoreUnavailable: they cannot be read now.
        """

    def keep(self, tokens: Tokens, instead_of: Tokens | None = None) -> bool:
        """Keep these tokens durably before returning: the refresh token that they replace is dead already.

        :param instead_of: what stood there when the exchange began. Where it is no longer the newest, the newer one
            stays and the result is False. Without it these tokens are the newest, as after a consent.
        :raises StoreUnavailable: they cannot be kept now.
        """

    def lock(self) -> AbstractContextManager[None]:
        """Be the only one who exchanges a refresh token, in all processes; a process that dies lets go.

        :raises ServiceUnavailable: another process does not let go.
        :raises StoreUnavailable: nobody can say who is the only one.
        """
