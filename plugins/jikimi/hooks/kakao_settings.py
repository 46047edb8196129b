"""What a connection of the type `kakao` says, read and checked once."""

from dataclasses import dataclass, field
from typing import Any

from jikimi.exceptions import NotConfigured

AUTH_URL = "https://kauth.kakao.com"
API_URL = "https://kapi.kakao.com"
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class KakaoSettings:
    """A checked connection; its `repr` shows no secret.

    :param link_url: what a message opens; None, the default, for a message that opens nothing.
    :param timeout_seconds: for the connection, and again for the answer.
    """

    app_key: str
    app_secret: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    auth_url: str
    api_url: str
    link_url: str | None
    timeout_seconds: float


def read_settings(connection: Any) -> KakaoSettings:
    """Read an Airflow connection: login, password and the extras.

    :raises NotConfigured: a field is missing or cannot be used.
    """
    name, extra = connection.conn_id, connection.extra_dejson
    return KakaoSettings(
        app_key=_needed(connection.login, "login (REST API key)", name),
        app_secret=connection.password or None,
        refresh_token=extra.get("refresh_token") or None,
        auth_url=_url(extra.get("auth_url") or AUTH_URL, "auth_url", name),
        api_url=_url(extra.get("api_url") or API_URL, "api_url", name),
        link_url=_url(extra["link_url"], "link_url", name) if extra.get("link_url") else None,
        timeout_seconds=_seconds(extra.get("timeout_seconds") or TIMEOUT_SECONDS, name),
    )


def _needed(value: str | None, field_name: str, connection: str) -> str:
    if not value:
        raise NotConfigured(f"The connection {connection} has no {field_name}: set it under Admin > Connections.")
    return value


def _url(value: str, field_name: str, connection: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise NotConfigured(f"{field_name} of the connection {connection} must start with https:// or http://.")
    return value.rstrip("/")


def _seconds(value: object, connection: str) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0
    if not 0 < seconds < 600:
        raise NotConfigured(f"timeout_seconds of the connection {connection} must be above 0 and below 600.")
    return seconds
