"""The committed dashboards are current, complete and consistent with the provisioning files."""

import copy
import json
from pathlib import Path

import pytest
import yaml

from grafana.build import DASHBOARDS, FOLDER, render
from grafana.model import DATA_SOURCE, TEXTS

PROVISIONING = Path(FOLDER).parent / "provisioning"
QUERIES = Path(FOLDER).parent / "queries"


def read(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def provisioned_uids():
    files = sorted((PROVISIONING / "datasources").glob("*.yaml"))
    return {
        source["uid"]: source["type"] for file in files for source in yaml.safe_load(file.read_text())["datasources"]
    }


def lint(dashboard, uids):
    """Return what a dashboard lacks."""
    found = [] if dashboard["editable"] is False else ["editable"]
    numbers = [panel["id"] for panel in dashboard["panels"]]
    found += [f"panel id {number} comes twice" for number in set(numbers) if numbers.count(number) > 1]
    for panel in dashboard["panels"]:
        if panel["type"] != "row":
            found += [f"{panel.get('title')}: {fault}" for fault in _panel_faults(panel, uids)]
    for asker in [*dashboard["templating"]["list"], *dashboard["annotations"]["list"]]:
        found += [f"{asker['name']}: data source"] if not _is_known(asker["datasource"], uids) else []
    return found


def _panel_faults(panel, uids):
    faults = [name for name in ("title", "description") if not panel.get(name)]
    defaults = panel["fieldConfig"]["defaults"]
    faults += [name for name in ("unit", "noValue") if not defaults.get(name)]
    sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
    faults += [] if all(_is_known(source, uids) for source in sources) else ["data source"]
    faults += [] if panel["targets"] and all(target["rawSql"] for target in panel["targets"]) else ["target"]
    form = "time_series" if panel["type"] == "timeseries" else "table"
    return faults + ["format" for target in panel["targets"] if target["format"] != form]


def _is_known(source, uids):
    return uids.get(source["uid"]) == source["type"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_committed_file_is_what_the_source_makes(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == render(DASHBOARDS[name]()), "run python -m grafana.build"


def test_no_dashboard_is_without_a_source():
    assert {path.name for path in FOLDER.glob("*.json")} == set(DASHBOARDS)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_panel_is_complete(name):
    assert lint(read(name), provisioned_uids()) == []


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_do_not_overlap_and_fill_the_width(name):
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in read(name)["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells)) == 24 * (1 + max(y for _, y in cells))


def test_every_query_and_every_text_is_used():
    used = {
        target["rawSql"] for name in DASHBOARDS for panel in read(name)["panels"] for target in panel.get("targets", [])
    }
    used |= {variable["query"] for name in DASHBOARDS for variable in read(name)["templating"]["list"]}
    used |= {note["target"]["rawSql"] for name in DASHBOARDS for note in read(name)["annotations"]["list"]}
    assert len(used) == len(list(QUERIES.glob("*.sql")))
    assert set(TEXTS) == {path.stem for path in QUERIES.glob("*.sql")}


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.sql")), ids=lambda path: path.stem)
def test_every_query_says_why_and_reads_only_reporting(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("-- ")
    assert not any("--" in line for line in lines[1:])
    assert "reporting." in "\n".join(lines[1:])


def wrong_uid(dashboard):
    dashboard["panels"][0]["targets"][0]["datasource"]["uid"] = "jikimy"


def no_description(dashboard):
    dashboard["panels"][0]["description"] = ""


def no_unit(dashboard):
    del dashboard["panels"][0]["fieldConfig"]["defaults"]["unit"]


def no_value(dashboard):
    del dashboard["panels"][0]["fieldConfig"]["defaults"]["noValue"]


def wrong_variable_source(dashboard):
    dashboard["templating"]["list"][0]["datasource"]["type"] = "postgres"


def twice_the_same_id(dashboard):
    dashboard["panels"][1]["id"] = dashboard["panels"][0]["id"]


def editable(dashboard):
    dashboard["editable"] = True


@pytest.mark.parametrize(
    "break_it",
    [wrong_uid, no_description, no_unit, no_value, wrong_variable_source, twice_the_same_id, editable],
    ids=lambda function: function.__name__,
)
def test_the_lint_catches(break_it):
    broken = copy.deepcopy(read("operations.json"))
    break_it(broken)
    assert lint(broken, provisioned_uids()) != []


def test_the_row_of_unanimous_fraud_is_red_and_no_other():
    panel = next(panel for panel in read("operations.json")["panels"] if panel["type"] == "table")
    override = next(o for o in panel["fieldConfig"]["overrides"] if o["matcher"]["options"] == "verdict")
    properties = {one["id"]: one["value"] for one in override["properties"]}
    colors = {text: shown["color"] for text, shown in properties["mappings"][0]["options"].items()}
    assert properties["custom.cellOptions"]["applyToRow"] is True
    assert colors == {"unanimous": "dark-red", "majority": "transparent", "no": "transparent"}


def test_the_data_source_has_no_password_and_reads_as_grafana():
    source = yaml.safe_load((PROVISIONING / "datasources/jikimi.yaml").read_text())["datasources"][0]
    assert source["uid"] == DATA_SOURCE["uid"]
    assert source["user"] == "grafana"
    assert source["jsonData"]["database"] == "jikimi"
    assert source["secureJsonData"] == {"password": "$JIKIMI_GRAFANA_DB_PASSWORD"}
    assert source["editable"] is False


def test_every_variable_of_the_provisioning_is_set_by_the_local_stack(tmp_path):
    import re

    from infra.local.grafana import grafana_environment
    from infra.local.settings import Settings

    text = "".join(re.sub(r"#.*", "", path.read_text()) for path in PROVISIONING.rglob("*.yaml"))
    named = set(re.findall(r"\$\{?(\w+)", text))
    secrets = {"postgres": "p", "role_grafana": "p", "grafana_admin": "p"}
    assert named
    assert named <= set(grafana_environment(Settings(tmp_path, {"postgres": 1, "grafana": 2}, secrets)))
