"""What a connection of the type `kakao` says, read and checked once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jikimi.exceptions import NotConfigured

AUTH_URL = "https://kauth.kakao.com"
API_URL = "https://kapi.kakao.com"
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class DailyQuotas:
    """Most messages from midnight to midnight in Korea; the defaults are KakaoTalk's own."""

    app: int = 30_000
    sender: int = 100
    receiver: int = 100
    pair: int = 20


@dataclass(frozen=True)
class KakaoSettings:
    """A checked connection; its `repr` shows no secret.

    :param link_url: what a message opens; None, the default, for a message that opens nothing.
    :param timeout_seconds: for the connection, and again for the answer.
    :param messages_per_second: most messages a second of all senders; None for no limit of ours.
    """

    app_key: str
    app_secret: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    auth_url: str
    api_url: str
    link_url: str | None
    timeout_seconds: float
    quotas: DailyQuotas = DailyQuotas()
    messages_per_second: float | None = None


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
        timeout_seconds=_figure(extra.get("timeout_seconds") or TIMEOUT_SECONDS, "timeout_seconds", 600, name),
        quotas=_quotas(extra, name),
        messages_per_second=_rate(extra.get("messages_per_second"), name),
    )


def _needed(value: str | None, field_name: str, connection: str) -> str:
    if not value:
        raise NotConfigured(f"The connection {connection} has no {field_name}: set it under Admin > Connections.")
    return value


def _url(value: str, field_name: str, connection: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise NotConfigured(f"{field_name} of the connection {connection} must start with https:// or http://.")
    return value.rstrip("/")


def _figure(value: object, field_name: str, below: float, connection: str) -> float:
    try:
        figure = float(str(value))
    except ValueError:
        figure = 0
    if not 0 < figure < below:
        raise NotConfigured(f"{field_name} of the connection {connection} must be above 0 and below {below:g}.")
    return figure


def _rate(value: object, connection: str) -> float | None:
    return _figure(value, "messages_per_second", 1e6, connection) if value not in (None, "") else None


def _quotas(extra: Mapping[str, Any], connection: str) -> DailyQuotas:
    given = {name: extra.get(f"{name}_quota") for name in ("app", "sender", "receiver", "pair")}
    return DailyQuotas(**{name: _count(value, name, connection) for name, value in given.items() if value is not None})


def _count(value: object, name: str, connection: str) -> int:
    text = str(value).removesuffix(".0")
    if not text.isdecimal() or not 0 < int(text) < 2**31:
        raise NotConfigured(f"{name}_quota of the connection {connection} must be a whole number above 0.")
    return int(text)
