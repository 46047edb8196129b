"""What the sandbox is told: the accounts it serves, the services' limits, and the registered templates."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

KNOWN_SCOPES = ("talk_message", "friends")
_DAY = 24 * 3600
# Discord's own ids are such numbers; they are no secret.
CUSTOMERS_WEBHOOK = "1100000000000000001"
STAFF_WEBHOOK = "1100000000000000002"
# Optional secrets by the setting they fill: a service without its secret refuses every call.
_SECRETS = {
    "nhn_app_key": "KAKAO_SANDBOX_NHN_APP_KEY",
    "nhn_secret_key": "KAKAO_SANDBOX_NHN_SECRET_KEY",
    "nhn_sender_key": "KAKAO_SANDBOX_NHN_SENDER_KEY",
    "nhn_webhook_url": "KAKAO_SANDBOX_NHN_WEBHOOK_URL",
    "nhn_webhook_signature": "KAKAO_SANDBOX_NHN_WEBHOOK_SIGNATURE",
    "solapi_api_key": "KAKAO_SANDBOX_SOLAPI_API_KEY",
    "solapi_api_secret": "KAKAO_SANDBOX_SOLAPI_API_SECRET",
    "smtp_password": "KAKAO_SANDBOX_SMTP_PASSWORD",
}
_WEBHOOK_VARIABLE = "KAKAO_SANDBOX_DISCORD_TOKEN"


class SettingError(Exception):
    """A setting is missing or cannot be used."""


@dataclass(frozen=True)
class Webhook:
    """A Discord webhook that exists, and what the inbox calls it."""

    webhook_id: str
    token: str = field(repr=False)
    name: str = "Discord"


@dataclass(frozen=True)
class Settings:
    """The accounts' credentials and the limits; the limits are the services' own.

    :param redirect_uris: where the authorize page may send people back to.
    :param rotate_below_seconds: a refresh token with less time left is replaced when it is used.
    :param all_failed_answer: what is answered where no friend got the message: an error with one code, or the list of
        failures with HTTP 400 or 200. Kakao's documentation leaves it open.
    :param report_delay_seconds: after which dealers of Alimtalk know what became of a message.
    :param nhn_webhook_url: where NHN tells results, until the admin API names another address; nowhere where empty.
    :param nhn_webhook_signature: what NHN sends along as `X-Toast-Webhook-Signature`.
    :param sms_sender_number: the only number that the dealers let text messages come from.
    :param smtp_password: with one, mail is taken only after a login.
    :param templates: registered Alimtalk templates by code, with `#{name}` for what is filled in.
    :param talk_templates: KakaoTalk message templates by id, with `${name}`.
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
    discord_calls_per_2_seconds: int = 5
    report_delay_seconds: int = 3
    redirect_uris: tuple[str, ...] = ("http://127.0.0.1/oauth",)
    all_failed_answer: Literal["error", "list_400", "list_200"] = "error"
    nhn_app_key: str = ""
    nhn_secret_key: str = field(default="", repr=False)
    nhn_sender_key: str = field(default="", repr=False)
    nhn_webhook_url: str = ""
    nhn_webhook_signature: str = field(default="", repr=False)
    solapi_api_key: str = ""
    solapi_api_secret: str = field(default="", repr=False)
    solapi_pf_id: str = "KA01PF000000000000000000SANDBOX"
    sms_sender_number: str = "15990000"
    discord_webhooks: tuple[Webhook, ...] = ()
    smtp_user: str = "jikimi"
    smtp_password: str = field(default="", repr=False)
    templates: Mapping[str, str] = field(default_factory=dict)
    talk_templates: Mapping[int, str] = field(default_factory=dict)


def credentials() -> tuple[str, str]:
    """Return the app's key and secret from `KAKAO_SANDBOX_APP_KEY` and `KAKAO_SANDBOX_APP_SECRET`.

    :raises SettingError: one is missing.
    """
    names = ("KAKAO_SANDBOX_APP_KEY", "KAKAO_SANDBOX_APP_SECRET")
    values = [os.environ.get(name, "") for name in names]
    if missing := [name for name, value in zip(names, values, strict=True) if not value]:
        raise SettingError(f"{' and '.join(missing)} must be set: any text will do, the clients need the same.")
    return values[0], values[1]


def settings_of_environment(**changes: Any) -> Settings:
    """Return the settings with every credential of the environment, and `changes` to the rest.

    :raises SettingError: the app's key or secret is missing.
    """
    secrets = {name: os.environ.get(variable, "") for name, variable in _SECRETS.items()}
    given = {"discord_webhooks": webhooks_with(os.environ.get(_WEBHOOK_VARIABLE, ""))}
    return Settings(*credentials(), **{**secrets, **given, **changes})


def webhooks_with(token: str) -> tuple[Webhook, ...]:
    """Return the two webhooks of Jikimi, for customers and for staff; none without a token."""
    if not token:
        return ()
    return Webhook(CUSTOMERS_WEBHOOK, token, "고객 알림"), Webhook(STAFF_WEBHOOK, token, "담당자 알림")


Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)
