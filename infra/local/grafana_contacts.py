"""Where Grafana's own alerts go: at first to the sandbox, so that they are seen in its inbox."""

import os
from collections.abc import Mapping

from infra.kakao_sandbox.settings import STAFF_WEBHOOK
from infra.kakao_sandbox.settings import Settings as SandboxSettings
from infra.local.settings import Settings

# The port for what is thrown away: nobody listens there, so the webhook tells nobody until it gets an address.
NOBODY = "http://127.0.0.1:9/"


def contact_environment(settings: Settings, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the addresses of the contact points and the mail server, each of which the environment can replace."""
    token = settings.secrets.get("discord_token", "")
    defaults = {
        "JIKIMI_GRAFANA_DISCORD_URL": f"{settings.url('sandbox')}/api/webhooks/{STAFF_WEBHOOK}/{token}",
        "JIKIMI_GRAFANA_EMAIL": "staff@jikimi.example",
        "JIKIMI_GRAFANA_WEBHOOK_URL": NOBODY,
        "GF_SMTP_ENABLED": "true",
        "GF_SMTP_HOST": f"127.0.0.1:{settings.ports['smtp']}",
        "GF_SMTP_USER": SandboxSettings.smtp_user,
        "GF_SMTP_PASSWORD": settings.secrets.get("smtp_password", ""),
        "GF_SMTP_FROM_ADDRESS": "alerts@jikimi.example",
        "GF_SMTP_STARTTLS_POLICY": "NoStartTLS",
    }
    return {name: environment.get(name) or default for name, default in defaults.items()}
