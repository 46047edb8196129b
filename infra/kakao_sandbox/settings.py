"""What the sandbox is told: the app it serves, and KakaoTalk's limits."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

KNOWN_SCOPES = ("talk_message", "friends")
_DAY = 24 * 3600


class SettingError(Exception):
    """A setting is missing or cannot be used."""


@dataclass(frozen=True)
class Settings:
    """The app's credentials and limits; the limits are KakaoTalk's own.

    :param redirect_uris: where the authorize page may send people back to.
    :param rotate_below_seconds: a refresh token with less time left is replaced when it is used.
    """

    app_key: str
    app_secret: str = field(repr=False)
    app_quota: int = 30_000
    sender_quota: int = 100
    receiver_quota: int = 100
    pair_quota: int = 20
    access_seconds: int = 6 * 3600
    refresh_seconds: int = 60 * _DAY
    rotate_below_seconds: int = 30 * _DAY
    access_tokens_per_10_minutes: int = 20
    refresh_tokens_per_hour: int = 30
    redirect_uris: tuple[str, ...] = ("http://127.0.0.1/oauth",)


def credentials() -> tuple[str, str]:
    """Return the app's key and secret from `KAKAO_SANDBOX_APP_KEY` and `KAKAO_SANDBOX_APP_SECRET`.

    :raises SettingError: one is missing.
    """
    names = ("KAKAO_SANDBOX_APP_KEY", "KAKAO_SANDBOX_APP_SECRET")
    values = [os.environ.get(name, "") for name in names]
    if missing := [name for name, value in zip(names, values, strict=True) if not value]:
        raise SettingError(f"{' and '.join(missing)} must be set: any text will do, the clients need the same.")
    return values[0], values[1]


Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)
