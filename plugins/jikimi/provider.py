"""What Airflow asks an installed provider: which connection types there are, and how their forms look."""

from typing import Any

_TEXT = {"type": ["string", "null"]}
_SECRET = _TEXT | {"format": "password"}
_TIMEOUT = {
    "label": "Time-out",
    "schema": {"type": ["number", "null"], "default": 10, "exclusiveMinimum": 0},
    "description": "Seconds to wait for a connection, and again for an answer.",
}
_RATE = {
    "label": "Messages a second",
    "schema": {"type": ["number", "null"], "exclusiveMinimum": 0},
    "description": "Most messages a second, over all senders together. Empty: as many as there are.",
}


def _quota(whose: str, kakaotalks_own: int) -> dict[str, Any]:
    return {
        "label": f"Messages a day, {whose}",
        "schema": {"type": ["integer", "null"], "default": kakaotalks_own, "minimum": 1},
        "description": "Most messages from midnight to midnight in Korea; beyond them nothing is sent there.",
    }


_KAKAO_FIELDS: dict[str, Any] = {
    "auth_url": {"label": "Login server", "schema": _TEXT | {"default": "https://kauth.kakao.com"}},
    "api_url": {"label": "API server", "schema": _TEXT | {"default": "https://kapi.kakao.com"}},
    "refresh_token": {
        "label": "First refresh token",
        "schema": _SECRET,
        "description": "May stay empty: `jikimi kakao login` asks the sending account for its consent, and keeps it.",
    },
    "link_url": {
        "label": "Link of the messages",
        "schema": _TEXT,
        "description": "Better none. At most the bank's root domain, registered with the app.",
    },
    "timeout_seconds": _TIMEOUT,
    "messages_per_second": _RATE,
    "app_quota": _quota("of the app", 30_000),
    "sender_quota": _quota("of the sending account", 100),
    "receiver_quota": _quota("to one friend, of all accounts", 100),
    "pair_quota": _quota("of one account to one friend", 20),
}
_HIDDEN = ["host", "port", "schema", "extra"]


def get_provider_info() -> dict[str, Any]:
    """Return the provider's description, in the form of Airflow's `provider_info.schema.json`."""
    return {
        "package-name": "jikimi",
        "name": "Jikimi",
        "description": "Tells customers on KakaoTalk when every model calls a transaction fraud.",
        "hooks": [
            {"integration-name": "KakaoTalk", "python-modules": ["jikimi.hooks.kakao"]},
            {"integration-name": "Alimtalk", "python-modules": ["jikimi.hooks.nhn", "jikimi.hooks.solapi"]},
        ],
        "connection-types": [_KAKAO, _NHN, _SOLAPI],
    }


def _template(kind: str, language: str, is_needed: bool) -> dict[str, Any]:
    told = {"alert": "one transaction", "alert_more": "several transactions"}[kind]
    otherwise = "" if is_needed else " Empty: customers of this language are told over their next channel."
    return {
        "label": f"Template for {told}, {language}",
        "schema": _TEXT,
        "description": f"Its code at the dealer; its text is that of ml/templates/alimtalk, approved.{otherwise}",
    }


def _alimtalk_fields(sender: str, where: str, url: str, messages_a_call: tuple[int, str]) -> dict[str, Any]:
    most, why = messages_a_call
    return {
        "sender_key": {"label": sender, "schema": _SECRET, "description": where},
        "template_alert_ko": _template("alert", "Korean", is_needed=True),
        "template_alert_more_ko": _template("alert_more", "Korean", is_needed=True),
        "template_alert_en": _template("alert", "English", is_needed=False),
        "template_alert_more_en": _template("alert_more", "English", is_needed=False),
        "service_number": {
            "label": "Customer service",
            "schema": _TEXT,
            "description": "What the button 고객센터 연결 dials. Empty: what the template itself says.",
        },
        "fall_back": {
            "label": "Fall-back",
            "schema": _TEXT | {"enum": ["none", "SMS", "LMS"], "default": "none"},
            "description": "The text message that the dealer sends where KakaoTalk does not take Alimtalk.",
        },
        "sender_number": {
            "label": "Number of text messages",
            "schema": _TEXT,
            "description": "The number that they come from, registered with the dealer. Needed for a fall-back.",
        },
        "api_url": {"label": "API server", "schema": _TEXT | {"default": url}},
        "timeout_seconds": _TIMEOUT,
        "messages_per_second": _RATE,
        "messages_a_call": {
            "label": "Messages a request",
            "schema": {"type": ["integer", "null"], "default": most, "minimum": 1},
            "description": why,
        },
    }


_KAKAO: dict[str, Any] = {
    "connection-type": "kakao",
    "hook-class-name": "jikimi.hooks.kakao.KakaoHook",
    "hook-name": "KakaoTalk",
    "conn-fields": _KAKAO_FIELDS,
    "ui-field-behaviour": {
        "hidden-fields": _HIDDEN,
        "relabeling": {"login": "REST API key", "password": "Client secret"},
        "placeholders": {"login": "REST API key of the Kakao app"},
    },
}
_NHN: dict[str, Any] = {
    "connection-type": "alimtalk_nhn",
    "hook-class-name": "jikimi.hooks.nhn.NhnHook",
    "hook-name": "Alimtalk (NHN Cloud)",
    "conn-fields": _alimtalk_fields(
        "Sender key",
        "40 characters, of the KakaoTalk channel that is registered as a sender.",
        "https://kakaotalk-bizmessage.api.nhncloudservice.com",
        (1000, "At most 1,000. A request whose answer was lost is repeated, and sends nothing twice."),
    ),
    "ui-field-behaviour": {
        "hidden-fields": _HIDDEN,
        "relabeling": {"login": "App key", "password": "Secret key"},
        "placeholders": {"login": "App key of KakaoTalk Bizmessage", "password": "X-Secret-Key"},
    },
}
_SOLAPI: dict[str, Any] = {
    "connection-type": "alimtalk_solapi",
    "hook-class-name": "jikimi.hooks.solapi.SolapiHook",
    "hook-name": "Alimtalk (SOLAPI)",
    "conn-fields": _alimtalk_fields(
        "Channel id (pfId)",
        "KA01PF…, of the KakaoTalk channel that is linked with the account.",
        "https://api.solapi.com",
        (100, "At most 10,000. Where the answer is lost, every message of the request is in doubt: rather few."),
    ),
    "ui-field-behaviour": {
        "hidden-fields": _HIDDEN,
        "relabeling": {"login": "API key", "password": "API secret"},
        "placeholders": {"login": "NCS…"},
    },
}
