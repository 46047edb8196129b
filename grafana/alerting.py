"""Builds Grafana's alert rules, contact points and policies: what `provisioning/alerting` holds.

A rule is a query of `alert_queries/` that gives one number per instance, and a threshold. Words and thresholds stand in
`alerting_rules.yaml`. Labels and settings expand environment variables (`$$` is a dollar sign there), annotations do
not: their `$values` stands as it is.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from grafana.alerting_contacts import contact_points, policies
from grafana.model import DATA_SOURCE, spoken, sql

Json = dict[str, Any]

_FOLDER = Path(__file__).parent
RULES: dict[str, Json] = yaml.safe_load((_FOLDER / "alerting_rules.yaml").read_text(encoding="utf-8"))
RUNBOOK = "docs/runbook.md"
INTERVAL_SECONDS = 60
FOLDER = _FOLDER / "provisioning/alerting"
_MADE = "# Written by `python -m grafana.build` from grafana/alerting*; changed there, never here.\n"


def alert_files(dashboards: Mapping[str, Json], runbook: str | None = None) -> dict[str, str]:
    """Return what each file of `provisioning/alerting` holds, by name.

    :param dashboards: as `DASHBOARDS` makes them, by name; rules link to their panels.
    :param runbook: address of docs/runbook.md where staff can read it; else that of `JIKIMI_RUNBOOK_URL`.
    """
    address = runbook or os.environ.get("JIKIMI_RUNBOOK_URL") or RUNBOOK
    made = {"rules": _groups(dashboards, address), "contact_points": contact_points(), "policies": policies()}
    return {f"{name}.yaml": _MADE + _written(content) for name, content in made.items()}


def alert_sql(name: str) -> str:
    """Return the query of a rule, without the line that says why."""
    rule = RULES[name]
    file = _FOLDER / f"alert_queries/{'monitor_alarm' if 'kind' in rule else name}.sql"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("--")]
    return "\n".join(lines).replace("@kind@", rule.get("kind", ""))


class _Dumper(yaml.SafeDumper):
    """Writes SQL line by line, and what comes twice twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _written(content: Json) -> str:
    return str(yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120))


def _groups(dashboards: Mapping[str, Json], runbook: str) -> Json:
    parts = dict.fromkeys(rule["part"] for rule in RULES.values())
    return {"apiVersion": 1, "groups": [_group(part, dashboards, runbook) for part in parts]}


def _group(part: str, dashboards: Mapping[str, Json], runbook: str) -> Json:
    rules = [_rule(name, dashboards, runbook) for name, rule in RULES.items() if rule["part"] == part]
    return {"orgId": 1, "name": part, "folder": "Jikimi", "interval": f"{INTERVAL_SECONDS}s", "rules": rules}


def _rule(name: str, dashboards: Mapping[str, Json], runbook: str) -> Json:
    rule = RULES[name]
    uid, number = _panel_of(rule["panel"][0], rule["panel"][1], dashboards)
    return {
        "uid": f"jikimi-{name.replace('_', '-')}",
        "title": rule["title"],
        "condition": "B",
        "data": [_query(name, rule["window"]), _threshold(rule["above"])],
        "dashboardUid": uid,
        "panelId": number,
        # A rule whose query counts always has rows: none at all is a fault. Rules about members, scores and quotas
        # have none before there is a panel or a message, and that is no fault.
        "noDataState": rule["no_data"],
        # One rule tells that the database does not answer; 20 more would say nothing new.
        "execErrState": "Alerting" if name == "no_predictions" else "KeepLast",
        "for": rule["for"],
        "labels": {"severity": rule["severity"], "part": rule["part"]},
        "annotations": _annotations(name, uid, number, runbook),
    }


def _annotations(name: str, uid: str, number: int, runbook: str) -> Json:
    english, korean = RULES[name]["en"], RULES[name]["ko"]
    return {
        "summary": english[0],
        "description": english[1],
        "summary_ko": korean[0],
        "description_ko": korean[1],
        "runbook_url": f"{runbook}#{name}",
        "__dashboardUid__": uid,
        "__panelId__": str(number),
    }


def _query(name: str, window: int) -> Json:
    model = {"refId": "A", "datasource": DATA_SOURCE, "editorMode": "code", "rawQuery": True, "format": "table"}
    model |= {"rawSql": alert_sql(name), "intervalMs": 1000 * INTERVAL_SECONDS, "maxDataPoints": 1000}
    asked = {"relativeTimeRange": {"from": window, "to": 0}, "datasourceUid": DATA_SOURCE["uid"]}
    return {"refId": "A", **asked, "model": model}


def _threshold(above: float) -> Json:
    expression = {"type": "__expr__", "uid": "__expr__"}
    condition = {"evaluator": {"type": "gt", "params": [above]}}
    model = {"refId": "B", "datasource": expression, "type": "threshold", "expression": "A", "conditions": [condition]}
    return {"refId": "B", "relativeTimeRange": {"from": 0, "to": 0}, "datasourceUid": "__expr__", "model": model}


def _panel_of(name: str, query: str, dashboards: Mapping[str, Json]) -> tuple[str, int]:
    """Return the uid of a dashboard in English and the id of its panel that asks a query."""
    dashboard = spoken(dashboards[name], "en")
    for panel in dashboard["panels"]:
        if any(target["rawSql"] == spoken(sql(query), "en") for target in panel.get("targets", [])):
            return dashboard["uid"], panel["id"]
    raise LookupError(f"the dashboard {name} has no panel that asks {query}")
