"""Airflow's connections to the sandbox: one for each way to a customer, as an operator would fill in the forms."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.kakao_sandbox.settings import CUSTOMERS_WEBHOOK, STAFF_WEBHOOK, Settings

# Registered with the sandbox's dealers under these codes, the texts being those of ml/templates/alimtalk.
TEMPLATES = ("alert.ko", "alert.en", "alert_more.ko", "alert_more.en")
# Where the login of the sending account comes back to; `jikimi kakao login` listens there.
REDIRECT_URI = "http://127.0.0.1:8765/oauth"
_DESCRIPTION = "The sandbox on this machine; the README says how to use a real account instead."
# The variable that the sandbox reads, and our name of the secret.
SANDBOX_SECRETS = {
    "KAKAO_SANDBOX_APP_KEY": "kakao_key",
    "KAKAO_SANDBOX_APP_SECRET": "kakao_secret",
    "KAKAO_SANDBOX_NHN_APP_KEY": "nhn_key",
    "KAKAO_SANDBOX_NHN_SECRET_KEY": "nhn_secret",
    "KAKAO_SANDBOX_NHN_SENDER_KEY": "nhn_sender",
    "KAKAO_SANDBOX_SOLAPI_API_KEY": "solapi_key",
    "KAKAO_SANDBOX_SOLAPI_API_SECRET": "solapi_secret",
    "KAKAO_SANDBOX_DISCORD_TOKEN": "discord_token",
    "KAKAO_SANDBOX_SMTP_PASSWORD": "smtp_password",
}


@dataclass(frozen=True)
class SandboxAccounts:
    """Our accounts at the sandbox.

    :param url: address of its pages and APIs.
    :param smtp: host and port of its mail server.
    :param secrets: by our names, see `SANDBOX_SECRETS`.
    :param dealer: `nhn` or `solapi`, the one that Alimtalk messages go through.
    """

    url: str
    smtp: tuple[str, int]
    secrets: Mapping[str, str] = field(repr=False)
    dealer: str = "nhn"

    def connections(self, refresh_token: str) -> list[dict[str, str]]:
        """Return what Airflow's API takes: `kakao_default`, `alimtalk_default`, `smtp_default` and Discord's two."""
        return [
            self._kakao(refresh_token),
            self._nhn() if self.dealer == "nhn" else self._solapi(),
            self._mail(),
            self._discord("discord_default", CUSTOMERS_WEBHOOK),
            self._discord("discord_staff", STAFF_WEBHOOK),
        ]

    def _kakao(self, refresh_token: str) -> dict[str, str]:
        # One sender serves the whole demo, where Kakao would stop after 100 messages a day.
        extra = {"auth_url": self.url, "api_url": self.url, "refresh_token": refresh_token, "sender_quota": 30_000}
        return _connection(
            "kakao_default", "kakao", extra, login=self.secrets["kakao_key"], password=self.secrets["kakao_secret"]
        )

    def _nhn(self) -> dict[str, str]:
        extra = _alimtalk_extra(self.url, self.secrets["nhn_sender"])
        return _connection(
            "alimtalk_default",
            "alimtalk_nhn",
            extra,
            login=self.secrets["nhn_key"],
            password=self.secrets["nhn_secret"],
        )

    def _solapi(self) -> dict[str, str]:
        extra = _alimtalk_extra(self.url, Settings.solapi_pf_id)
        login, password = self.secrets["solapi_key"], self.secrets["solapi_secret"]
        return _connection("alimtalk_default", "alimtalk_solapi", extra, login=login, password=password)

    def _mail(self) -> dict[str, str]:
        host, port = self.smtp
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "alerts@jikimi.example"}
        return _connection(
            "smtp_default",
            "smtp",
            extra,
            host=host,
            port=str(port),
            login=Settings.smtp_user,
            password=self.secrets["smtp_password"],
        )

    def _discord(self, connection_id: str, webhook: str) -> dict[str, str]:
        extra = {"webhook_endpoint": f"webhooks/{webhook}/{self.secrets['discord_token']}"}
        return _connection(connection_id, "discord", extra, host=f"{self.url}/api/")


def _alimtalk_extra(url: str, sender_key: str) -> dict[str, Any]:
    return {
        "api_url": url,
        "sender_key": sender_key,
        "sender_number": Settings.sms_sender_number,
        "service_number": "1599-0000",
        "fall_back": "LMS",
        **{f"template_{name.replace('.', '_')}": template_code(name) for name in TEMPLATES},
    }


def template_options() -> list[str]:
    """Return the options with which the sandbox's dealers know our templates."""
    folder = Path(__file__).parents[2] / "ml/templates/alimtalk"
    return [word for name in TEMPLATES for word in ("--template", f"{template_code(name)}={folder / f'{name}.txt'}")]


def template_code(name: str) -> str:
    """Return the code under which a template is registered with the sandbox's dealers."""
    return f"JIKIMI_{name.replace('.', '_').upper()}"


def _connection(connection_id: str, conn_type: str, extra: dict[str, Any], **fields: str) -> dict[str, str]:
    return {
        "connection_id": connection_id,
        "conn_type": conn_type,
        "description": _DESCRIPTION,
        "extra": json.dumps(extra),
        **fields,
    }
