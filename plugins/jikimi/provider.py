"""What Airflow asks an installed provider: here, that there is a connection type `kakao` and how its form looks."""

from typing import Any

_TEXT = {"type": ["string", "null"]}
_FIELDS: dict[str, Any] = {
    "auth_url": {"label": "Login server", "schema": _TEXT | {"default": "https://kauth.kakao.com"}},
    "api_url": {"label": "API server", "schema": _TEXT | {"default": "https://kapi.kakao.com"}},
    "refresh_token": {
        "label": "First refresh token",
        "schema": _TEXT | {"format": "password"},
        "description": "From the consent of the sending account; KakaoTalk's later ones are kept by Jikimi itself.",
    },
    "link_url": {
        "label": "Link of the messages",
        "schema": _TEXT,
        "description": "Better none. At most the bank's root domain, registered with the app.",
    },
    "timeout_seconds": {
        "label": "Time-out",
        "schema": {"type": ["number", "null"], "default": 10, "exclusiveMinimum": 0},
        "description": "Seconds to wait for a connection, and again for an answer.",
    },
}


def get_provider_info() -> dict[str, Any]:
    """Return the provider's description, in the form of Airflow's `provider_info.schema.json`."""
    return {
        "package-name": "jikimi",
        "name": "Jikimi",
        "description": "Tells customers on KakaoTalk when every model calls a transaction fraud.",
        "hooks": [{"integration-name": "KakaoTalk", "python-modules": ["jikimi.hooks.kakao"]}],
        "connection-types": [
            {
                "connection-type": "kakao",
                "hook-class-name": "jikimi.hooks.kakao.KakaoHook",
                "hook-name": "KakaoTalk",
                "conn-fields": _FIELDS,
                "ui-field-behaviour": {
                    "hidden-fields": ["host", "port", "schema", "extra"],
                    "relabeling": {"login": "REST API key", "password": "Client secret"},
                    "placeholders": {"login": "REST API key of the Kakao app"},
                },
            }
        ],
    }
