"""The committed alert rules, contact points and policies are current, whole, and lead somewhere."""

import copy
import re
from pathlib import Path

import pytest
import yaml

from grafana.alerting import FOLDER, RULES, alert_files
from grafana.alerting_checks import contact_faults, receivers_of, rule_faults
from grafana.build import DASHBOARDS
from grafana.model import spoken
from infra.local.grafana_contacts import contact_environment
from infra.local.settings import Settings

ROOT = Path(__file__).parents[3]
MADE = {name: make() for name, make in DASHBOARDS.items()}
FILES = alert_files(MADE, "docs/runbook.md")
RULE_FILE, CONTACTS, POLICIES = (
    yaml.safe_load(FILES[f"{name}.yaml"]) for name in ("rules", "contact_points", "policies")
)
LISTED = [rule for group in RULE_FILE["groups"] for rule in group["rules"]]
KNOWN = set(contact_environment(Settings(Path("/nowhere"), {"sandbox": 1, "smtp": 2}, {}), {}))
HANGUL = re.compile(r"[가-힣]")


def panels():
    """Return the ids of the panels by uid of their dashboard."""
    english = [spoken(dashboard, "en") for dashboard in MADE.values()]
    return {dashboard["uid"]: {panel["id"] for panel in dashboard["panels"]} for dashboard in english}


def faults_after(change):
    rules = copy.deepcopy(RULE_FILE)
    change(rules["groups"][0]["rules"][0])
    return rule_faults(rules, panels(), {"jikimi"})


@pytest.mark.parametrize("name", FILES)
def test_the_committed_file_is_what_the_source_makes(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == FILES[name]


def test_nothing_else_is_provisioned():
    assert {path.name for path in FOLDER.iterdir()} == set(FILES)


def test_every_rule_resolves():
    assert rule_faults(RULE_FILE, panels(), {"jikimi"}) == []
    assert len(LISTED) == len(RULES)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param(lambda rule: rule.update(dashboardUid="jikimi-gone"), "no dashboard jikimi-gone", id="dashboard"),
        pytest.param(lambda rule: rule.update(panelId=999), "no panel 999", id="panel"),
        pytest.param(lambda rule: rule.update(condition="Z"), "no refId Z", id="condition"),
        pytest.param(lambda rule: rule.update(uid="x" * 41), "the uid is no short name", id="a long uid"),
        pytest.param(lambda rule: rule.update(noDataState="Quiet"), "no such state", id="state"),
        pytest.param(lambda rule: rule.update({"for": "soon"}), "no such duration", id="duration"),
        pytest.param(lambda rule: rule["labels"].update(a="$x"), "a dollar sign of a label is not doubled", id="label"),
        pytest.param(lambda rule: rule["data"][0].update(datasourceUid="x"), "no data source x", id="data source"),
        pytest.param(lambda rule: rule["data"][0]["model"].pop("intervalMs"), "no range", id="interval"),
        pytest.param(lambda rule: rule["data"][1]["model"].update(expression="Z"), "no refId Z", id="expression"),
        pytest.param(lambda rule: rule.update(uid="jikimi-backlog-old"), "comes twice", id="uid twice"),
    ],
)
def test_a_fault_in_a_rule_is_found(change, fault):
    found = faults_after(change)
    assert len(found) == 1
    assert fault in found[0]


def test_every_contact_point_and_receiver_resolves():
    assert contact_faults(CONTACTS, POLICIES, KNOWN) == []


def test_a_missing_receiver_is_found():
    broken = copy.deepcopy(POLICIES)
    broken["policies"][0]["routes"][0]["receiver"] = "nobody"
    assert contact_faults(CONTACTS, broken, KNOWN) == ["no contact point nobody"]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        pytest.param({"url": ""}, "no url", id="an empty address"),
        pytest.param({"url": "$GONE"}, "nobody sets GONE", id="an unknown variable"),
    ],
)
def test_an_address_that_stops_grafana_is_found(settings, fault):
    broken = copy.deepcopy(CONTACTS)
    broken["contactPoints"][0]["receivers"][0]["settings"].update(settings)
    assert contact_faults(broken, POLICIES, KNOWN) == [f"jikimi-discord: {fault}"]


@pytest.mark.parametrize(
    ("severity", "told"),
    [
        pytest.param("critical", ["jikimi-webhook", "jikimi-email", "jikimi-discord"], id="critical"),
        pytest.param("warning", ["jikimi-webhook", "jikimi-discord"], id="warning"),
        pytest.param("", ["jikimi-discord"], id="of somebody else"),
    ],
)
def test_who_hears_depends_on_the_severity(severity, told):
    assert receivers_of(POLICIES["policies"][0], {"severity": severity}) == told


@pytest.mark.parametrize("rule", LISTED, ids=lambda rule: rule["uid"])
def test_a_rule_says_in_both_languages_what_is_wrong_and_how_serious_it_is(rule):
    words = rule["annotations"]
    assert all(words[name] for name in ("summary", "description"))
    assert not HANGUL.search(words["summary"] + words["description"])
    assert all(HANGUL.search(words[name]) for name in ("summary_ko", "description_ko"))
    assert rule["labels"]["severity"] in ("critical", "warning")


def test_every_rule_has_its_chapter_in_the_runbook():
    headings = set(re.findall(r"^### (\w+)$", (ROOT / "docs/runbook.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {rule["annotations"]["runbook_url"] for rule in LISTED} == {f"docs/runbook.md#{name}" for name in headings}


def test_the_runbook_is_where_a_bank_puts_it():
    rules = yaml.safe_load(alert_files(MADE, "https://wiki.bank.example/jikimi")["rules.yaml"])
    address = rules["groups"][0]["rules"][0]["annotations"]["runbook_url"]
    assert address == "https://wiki.bank.example/jikimi#no_predictions"


def test_a_query_that_no_panel_asks_is_an_error(monkeypatch):
    monkeypatch.setitem(RULES, "no_predictions", RULES["no_predictions"] | {"panel": ["pipeline", "merchants"]})
    with pytest.raises(LookupError, match="no panel that asks merchants"):
        alert_files(MADE)


def test_compose_sets_every_variable_with_a_default():
    services = yaml.safe_load((ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))["services"]
    given = services["grafana"]["environment"]
    for name in ("JIKIMI_GRAFANA_DISCORD_URL", "JIKIMI_GRAFANA_EMAIL", "JIKIMI_GRAFANA_WEBHOOK_URL"):
        assert re.fullmatch(rf"\${{{name}:-[^}}]+}}", given[name])
