"""Says whom Grafana tells of its alerts: contact points whose addresses are environment variables, and the policies."""

from typing import Any

Json = dict[str, Any]

# Sentences alone: Grafana's own message is a page of labels.
_MESSAGE = (
    "{{ range .Alerts }}{{ .Status }}: {{ .Annotations.summary }}\n{{ .Annotations.description }}\n"
    "{{ .Annotations.summary_ko }}\n{{ .Annotations.runbook_url }}\n{{ end }}"
)
_TITLE = "Jikimi: {{ .CommonLabels.alertname }} ({{ .Status }})"
_EVERY = [["severity", "=~", "critical|warning"]]


def contact_points() -> Json:
    """Return the contact points; each variable has a default, because an empty address stops Grafana from starting."""
    words = {"title": _TITLE, "message": _MESSAGE}
    discord = {"url": "$JIKIMI_GRAFANA_DISCORD_URL", **words}
    email = {"addresses": "$JIKIMI_GRAFANA_EMAIL", "subject": _TITLE, "message": _MESSAGE, "singleEmail": True}
    webhook = {"url": "$JIKIMI_GRAFANA_WEBHOOK_URL", "httpMethod": "POST"}
    made: dict[str, Json] = {"discord": discord, "email": email, "webhook": webhook}
    return {"apiVersion": 1, "contactPoints": [_contact_point(kind, settings) for kind, settings in made.items()]}


def policies() -> Json:
    """Return the policies: Discord and the webhook hear of everything, e-mail of what cannot wait.

    Grouped by rule and part: three members that fail at once are one message.
    """
    waits = {"group_by": ["alertname", "part"], "group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h"}
    urgent = {"group_wait": "10s", "group_interval": "2m", "repeat_interval": "1h"}
    routes = [
        {"receiver": "jikimi-webhook", "object_matchers": _EVERY, "continue": True},
        {"receiver": "jikimi-email", "object_matchers": [["severity", "=", "critical"]], "continue": True, **urgent},
        {"receiver": "jikimi-discord", "object_matchers": [["severity", "=", "critical"]], **urgent},
        # Said aloud: who matched the webhook's route never comes back to the root.
        {"receiver": "jikimi-discord", "object_matchers": [["severity", "=", "warning"]]},
    ]
    root = {"orgId": 1, "receiver": "jikimi-discord", **waits, "routes": routes}
    return {"apiVersion": 1, "policies": [root]}


def _contact_point(kind: str, settings: Json) -> Json:
    receiver = {"uid": f"jikimi-{kind}", "type": kind, "settings": settings, "disableResolveMessage": False}
    return {"orgId": 1, "name": f"jikimi-{kind}", "receivers": [receiver]}
