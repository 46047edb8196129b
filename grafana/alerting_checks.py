"""Finds what Grafana would refuse, or silently never tell, in the files of `provisioning/alerting`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]
_STATES = ("NoData", "Alerting", "OK", "KeepLast")
_ERROR_STATES = ("Alerting", "Error", "OK", "KeepLast")
_SETTINGS = {"discord": ("url", "message", "title"), "email": ("addresses",), "webhook": ("url", "httpMethod")}
_VARIABLE = re.compile(r"(?<!\$)\$\{?(\w+)")
_DURATION = re.compile(r"\d+[smhd]")


def rule_faults(rules: Json, panels: Mapping[str, set[int]], data_sources: set[str]) -> list[str]:
    """Return what is wrong with the rules.

    :param panels: ids of the panels by uid of their dashboard.
    """
    listed = [rule for group in rules["groups"] for rule in group["rules"]]
    uids = [rule["uid"] for rule in listed]
    found = [f"{uid}: comes twice" for uid in set(uids) if uids.count(uid) > 1]
    found += [f"group {group['name']}: no interval" for group in rules["groups"] if not _lasts(group["interval"])]
    for rule in listed:
        found += [f"{rule['uid']}: {fault}" for fault in _faults_of(rule, panels, data_sources)]
    return found


def contact_faults(contacts: Json, policies: Json, known: set[str]) -> list[str]:
    """Return what is wrong with contact points and policies.

    :param known: environment variables that are given to Grafana; an unknown one would be an empty address.
    """
    points = [point["name"] for point in contacts["contactPoints"]]
    found = []
    for receiver in (receiver for point in contacts["contactPoints"] for receiver in point["receivers"]):
        found += [f"{receiver['uid']}: {fault}" for fault in _receiver_faults(receiver, known)]
    for route in (route for policy in policies["policies"] for route in _routes(policy)):
        if route["receiver"] not in points:
            found.append(f"no contact point {route['receiver']}")
    for policy in policies["policies"]:
        found += [f"no {name}" for name in ("group_wait", "group_interval", "repeat_interval") if name not in policy]
    return found


def receivers_of(policy: Json, labels: Mapping[str, str]) -> list[str]:
    """Return who hears of an alert with these labels, as Alertmanager's tree of routes decides."""
    told: list[str] = []
    for route in policy.get("routes", []):
        if all(_matches(matcher, labels) for matcher in route.get("object_matchers", [])):
            told += receivers_of(route, labels)
            if not route.get("continue"):
                break
    return told or [policy["receiver"]]


def _faults_of(rule: Json, panels: Mapping[str, set[int]], data_sources: set[str]) -> Iterator[str]:
    if not re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", rule["uid"]):
        yield "the uid is no short name"
    if rule["dashboardUid"] not in panels:
        yield f"no dashboard {rule['dashboardUid']}"
    elif rule["panelId"] not in panels[rule["dashboardUid"]]:
        yield f"no panel {rule['panelId']}"
    if rule["noDataState"] not in _STATES or rule["execErrState"] not in _ERROR_STATES:
        yield "no such state"
    if not _lasts(rule["for"]):
        yield "no such duration"
    if any("$" in value.replace("$$", "") for value in rule["labels"].values()):
        yield "a dollar sign of a label is not doubled"
    yield from _data_faults(rule, data_sources)


def _data_faults(rule: Json, data_sources: set[str]) -> Iterator[str]:
    names = [query["refId"] for query in rule["data"]]
    if rule["condition"] not in names:
        yield f"no refId {rule['condition']}"
    for query in rule["data"]:
        model = query["model"]
        if query["datasourceUid"] == "__expr__":
            if model["expression"] not in names:
                yield f"no refId {model['expression']}"
        elif query["datasourceUid"] not in data_sources:
            yield f"no data source {query['datasourceUid']}"
        elif not model.get("intervalMs") or query["relativeTimeRange"]["from"] <= query["relativeTimeRange"]["to"]:
            yield "no range"


def _receiver_faults(receiver: Json, known: set[str]) -> Iterator[str]:
    if receiver["type"] not in _SETTINGS:
        yield f"no receiver of the type {receiver['type']}"
    yield from (f"no {name}" for name in _SETTINGS.get(receiver["type"], ()) if not receiver["settings"].get(name))
    for value in receiver["settings"].values():
        yield from (f"nobody sets {name}" for name in _VARIABLE.findall(str(value)) if name not in known)


def _routes(policy: Json) -> Iterator[Json]:
    yield policy
    for route in policy.get("routes", []):
        yield from _routes(route)


def _matches(matcher: list[str], labels: Mapping[str, str]) -> bool:
    name, operator, value = matcher
    if operator == "=~":
        return re.fullmatch(value, labels.get(name, "")) is not None
    return (labels.get(name, "") == value) == (operator == "=")


def _lasts(duration: str) -> bool:
    return _DURATION.fullmatch(duration) is not None
