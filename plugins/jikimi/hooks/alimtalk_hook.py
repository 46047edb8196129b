"""What the hooks of both dealers of Alimtalk share: their connection and their HTTP session."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property

import requests
from airflow.sdk import BaseHook

from jikimi.hooks.alimtalk import settings_of
from jikimi.hooks.alimtalk_settings import AlimtalkSettings


class AlimtalkHook(BaseHook):
    """One connection to a dealer; `conn_type` says to which.

    :param alimtalk_conn_id: the connection; what login and password are, the dealer's own hook says.
    :param now: the present instant, aware.
    """

    conn_name_attr = "alimtalk_conn_id"
    default_conn_name = "alimtalk_default"

    def __init__(
        self,
        alimtalk_conn_id: str = default_conn_name,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self.alimtalk_conn_id = alimtalk_conn_id
        self.now = now

    @cached_property
    def settings(self) -> AlimtalkSettings:
        """The connection, checked.

        :raises NotConfigured: it is missing, or a field of it cannot be used.
        """
        return settings_of(self, self.alimtalk_conn_id)

    @cached_property
    def _session(self) -> requests.Session:
        return requests.Session()

    def get_conn(self) -> requests.Session:
        """Return the HTTP session that all calls of this hook share."""
        return self._session
