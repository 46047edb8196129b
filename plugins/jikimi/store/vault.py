"""Keeps a channel's tokens in the fraud database, encrypted: whoever reads the table cannot send."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from cryptography.fernet import Fernet, InvalidToken
from psycopg.conninfo import make_conninfo

from jikimi.exceptions import NotConfigured, ServiceUnavailable, StoreUnavailable
from jikimi.store.connection import Connection, open_store, query
from jikimi.tokens import Tokens

# Less than the patience with a sender that holds an alert: who waits here has written that a message leaves.
_MOST_SECONDS = 30


class StoredTokens:
    """The `TokenVault` of one connection; threads may share it, for each use opens the database anew.

    It is asked once in the hours that an access token lives, so that a connection held open would only be one that may
    have broken meanwhile, just when a rotated token must not be lost.

    :param connection: to the database in which they are kept.
    :param connection_id: of the Airflow connection whose tokens these are.
    :param key: Fernet key, the setting `JIKIMI_FERNET_KEY`.
    :param most_seconds: how long `lock` waits for whoever holds it.
    :raises NotConfigured: the key is none.
    """

    def __init__(
        self, connection: Connection, connection_id: str, key: str, *, most_seconds: float = _MOST_SECONDS
    ) -> None:
        password = {"password": connection.info.password} if connection.info.password else {}
        self._address = make_conninfo(connection.info.dsn, **password)
        self._connection_id = connection_id
        self._most_seconds = most_seconds
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise NotConfigured("JIKIMI_FERNET_KEY is no Fernet key: `make up` generates one.") from error

    def read(self) -> Tokens | None:
        """Return the newest tokens, None before the first refresh.

        :raises NotConfigured: they were encrypted with another key.
        :raises StoreUnavailable: the database does not answer.
        """
        with self._store() as store:
            row = self._row(store, "read_tokens")
        if row is None:
            return None
        return Tokens(
            refresh_token=self._clear(row["refresh_token"]),
            access_token=self._clear(row["access_token"]) if row["access_token"] else None,
            access_expires_at=row["access_expires_at"],
            scopes=tuple(row["scopes"]) if row["scopes"] is not None else None,
            rotated_at=row["rotated_at"],
        )

    def keep(self, tokens: Tokens, instead_of: Tokens | None = None) -> bool:
        """Keep these tokens; they are committed when this returns. See `TokenVault`."""
        with self._store() as store, store.transaction():
            if instead_of is not None and self._is_newer_there(store, instead_of):
                return False
            values = {
                "connection_id": self._connection_id,
                "access_token": self._fernet.encrypt(tokens.access_token.encode()) if tokens.access_token else None,
                "access_expires_at": tokens.access_expires_at,
                "refresh_token": self._fernet.encrypt(tokens.refresh_token.encode()),
                "scopes": list(tokens.scopes) if tokens.scopes is not None else None,
                "is_rotated": instead_of is None or instead_of.refresh_token != tokens.refresh_token,
            }
            store.execute(query("keep_tokens"), values)
        return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only one who exchanges this connection's refresh token; the server lets go where this process dies.

        :raises ServiceUnavailable: another process does not let go.
        :raises StoreUnavailable: the database does not answer.
        """
        with self._store() as store:
            store.execute(query("wait_at_most"), {"milliseconds": int(self._most_seconds * 1000)})
            try:
                store.execute(query("lock_tokens"), {"connection_id": self._connection_id})
            except psycopg.errors.LockNotAvailable as error:
                raise ServiceUnavailable(
                    f"Another process has been renewing the login of {self._connection_id} for "
                    f"{self._most_seconds:g} seconds: try again later."
                ) from error
            yield

    @contextmanager
    def _store(self) -> Iterator[Connection]:
        """Open the database; whatever it has against a statement, the tokens are not read or not kept."""
        try:
            with open_store(self._address) as store:
                yield store
        except psycopg.Error as error:
            raise StoreUnavailable(str(error).splitlines()[0]) from error

    def _row(self, store: Connection, statement: str) -> dict[str, Any] | None:
        return store.execute(query(statement), {"connection_id": self._connection_id}).fetchone()

    def _is_newer_there(self, store: Connection, known: Tokens) -> bool:
        row = self._row(store, "lock_kept_tokens")
        return row is not None and self._clear(row["refresh_token"]) != known.refresh_token

    def _clear(self, secret: bytes) -> str:
        try:
            return self._fernet.decrypt(secret).decode()
        except InvalidToken as error:
            raise NotConfigured(
                f"the tokens of {self._connection_id} were encrypted with another JIKIMI_FERNET_KEY: set it again, "
                "or give the sending account's consent anew with `jikimi kakao login`."
            ) from error
