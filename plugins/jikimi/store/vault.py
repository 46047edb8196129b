"""Keeps a channel's tokens in the fraud database, encrypted: whoever reads the table cannot send."""

from cryptography.fernet import Fernet, InvalidToken

from jikimi.exceptions import NotConfigured
from jikimi.store.connection import Connection, query
from jikimi.tokens import Tokens


class StoredTokens:
    """The `TokenVault` of one connection.

    :param connection_id: of the Airflow connection whose tokens these are.
    :param key: Fernet key, the setting `JIKIMI_FERNET_KEY`.
    """

    def __init__(self, connection: Connection, connection_id: str, key: str) -> None:
        self._connection = connection
        self._connection_id = connection_id
        self._fernet = Fernet(key)

    def read(self) -> Tokens | None:
        """Return the newest tokens, None before the first refresh.

        :raises NotConfigured: they were encrypted with another key.
        """
        parameters = {"connection_id": self._connection_id}
        row = self._connection.execute(query("read_tokens"), parameters).fetchone()
        if row is None:
            return None
        access = row["access_token"]
        try:
            return Tokens(
                refresh_token=self._clear(row["refresh_token"]),
                access_token=self._clear(access) if access else None,
                access_expires_at=row["access_expires_at"],
            )
        except InvalidToken as error:
            raise NotConfigured(
                f"the tokens of {self._connection_id} were encrypted with another JIKIMI_FERNET_KEY: set it again, "
                "or delete their row in channel_tokens and give the connection a new refresh token."
            ) from error

    def keep(self, tokens: Tokens) -> None:
        """Keep these tokens; they are committed when this returns."""
        self._connection.execute(
            query("keep_tokens"),
            {
                "connection_id": self._connection_id,
                "access_token": self._fernet.encrypt(tokens.access_token.encode()) if tokens.access_token else None,
                "access_expires_at": tokens.access_expires_at,
                "refresh_token": self._fernet.encrypt(tokens.refresh_token.encode()),
            },
        )

    def _clear(self, secret: bytes) -> str:
        return self._fernet.decrypt(secret).decode()
