"""The committed dashboards are current, complete, linked, and whole in both languages."""

import copy
import json
import re
from pathlib import Path

import pytest
import yaml

from grafana.build import DASHBOARDS, FOLDER, files
from grafana.model import DATA_SOURCE, LANGUAGES, TEXTS

PROVISIONING = Path(FOLDER).parent / "provisioning"
QUERIES = Path(FOLDER).parent / "queries"
FILES = files()
ENGLISH, KOREAN = ([f"{language}/{name}.json" for name in DASHBOARDS] for language in LANGUAGES)
# Grafana's own, which no dashboard declares.
_BUILT_IN = re.compile(r"__\w+")
_HANGUL = re.compile(r"[가-힣]")
# Names and figures that Korean analysts read as they are.
_SAME_IN_KOREAN = {"0", "p50", "p95", "p99"}


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
    queried = [one for one in dashboard["templating"]["list"] if one["type"] == "query"]
    for asker in [*queried, *dashboard["annotations"]["list"]]:
        found += [f"{asker['name']}: data source"] if not _is_known(asker["datasource"], uids) else []
    return found + _place_faults(dashboard) + _variable_faults(dashboard) + _link_faults(dashboard)


def _place_faults(dashboard):
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in dashboard["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    return [] if len(cells) == len(set(cells)) == 24 * (1 + max(y for _, y in cells)) else ["panels overlap, or a hole"]


def _variable_faults(dashboard):
    declared = {variable["name"] for variable in dashboard["templating"]["list"]}
    asked = "\n".join(target["rawSql"] for panel in dashboard["panels"] for target in panel.get("targets", []))
    used = {name for name in re.findall(r"\$\{(\w+)", asked) if not _BUILT_IN.match(name)}
    return [f"variable {name} is unknown, or unused" for name in sorted(declared ^ used)]


def _link_faults(dashboard):
    known = {read(name)["uid"]: read(name) for name in FILES}
    found = []
    for address in re.findall(r'"(/d/[^"]*)"', json.dumps(dashboard["links"]) + json.dumps(dashboard["panels"])):
        uid, _, query = address.removeprefix("/d/").partition("?")
        if uid not in known:
            found.append(f"no dashboard {uid}")
            continue
        names = {variable["name"] for variable in known[uid]["templating"]["list"]}
        found += [f"{uid} has no variable {name}" for name in re.findall(r"var-(\w+)=", query) if name not in names]
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


@pytest.mark.parametrize("name", FILES)
def test_the_committed_file_is_what_the_source_makes(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == FILES[name], "run python -m grafana.build"


def test_no_dashboard_is_without_a_source():
    assert {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.json")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_every_dashboard_is_complete(name):
    assert lint(read(name), provisioned_uids()) == []


def test_uids_are_the_addresses_that_alarms_name():
    names = [f"jikimi-{name}{suffix}" for suffix in LANGUAGES.values() for name in DASHBOARDS]
    assert [read(name)["uid"] for name in ENGLISH + KOREAN] == names


def test_each_language_has_a_folder_of_its_own():
    providers = yaml.safe_load((PROVISIONING / "dashboards/jikimi.yaml").read_text(encoding="utf-8"))["providers"]
    paths = {provider["options"]["path"].rpartition("/")[2]: provider["folderUid"] for provider in providers}
    assert paths == {language: f"jikimi{suffix}" for language, suffix in LANGUAGES.items()}


def test_every_query_and_every_text_is_used():
    used = {
        target["rawSql"] for name in ENGLISH for panel in read(name)["panels"] for target in panel.get("targets", [])
    }
    used |= {one["query"] for name in ENGLISH for one in read(name)["templating"]["list"] if one["type"] == "query"}
    used |= {note["target"]["rawSql"] for name in ENGLISH for note in read(name)["annotations"]["list"]}
    assert len(used) == len(list(QUERIES.glob("*.sql")))
    assert set(TEXTS["queries"]) == {path.stem for path in QUERIES.glob("*.sql")}
    overridden = {name for file in ENGLISH for name in re.findall(r'"id": "byName",\s*"options": "(\w+)"', FILES[file])}
    assert set(TEXTS["columns"]) == overridden


def texts():
    """Yield each text in both languages, with its place."""
    for kind in ("dashboards", "sections", "fields", "queries"):
        for name, said in TEXTS[kind].items():
            assert set(said) == set(LANGUAGES), f"{name} lacks a language"
            assert len(said["en"]) == len(said["ko"]), f"{name} says more in one language"
            yield from (
                (f"{kind} {name} {place}", *pair) for place, pair in enumerate(zip(*said.values(), strict=True))
            )
    yield from ((f"column {name}", *pair) for name, pair in TEXTS["columns"].items())


def test_no_text_is_missing_and_korean_is_not_english():
    wrong = [
        place
        for place, english, korean in texts()
        if not english or not korean or (korean not in _SAME_IN_KOREAN and english == korean)
    ]
    assert wrong == []


def test_korean_is_written_in_hangul_and_english_is_not():
    other = ("sections other_language 0",)
    spoken = [(place, english, korean) for place, english, korean in texts() if place not in other]
    assert [place for place, english, _ in spoken if _HANGUL.search(english)] == []
    assert [place for place, _, korean in spoken if korean not in _SAME_IN_KOREAN and not _HANGUL.search(korean)] == []


def test_both_languages_ask_the_same_and_differ_in_their_words():
    for english, korean in zip(ENGLISH, KOREAN, strict=True):
        pairs = list(zip(read(english)["panels"], read(korean)["panels"], strict=True))
        assert [one["id"] for one, _ in pairs] == [other["id"] for _, other in pairs]
        assert all(one["title"] != other["title"] for one, other in pairs)
        assert all(_HANGUL.search(other["title"]) for _, other in pairs)


def test_alarms_speak_the_language_of_their_dashboard():
    for language, suffix in LANGUAGES.items():
        asked = FILES[f"{language}/pipeline.json"]
        assert f"sentence_{language} as sentence" in asked
        assert f"/d/\\\\1{suffix}'" in asked


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


def overlap(dashboard):
    dashboard["panels"][1]["gridPos"]["x"] = 0


def unknown_variable(dashboard):
    dashboard["panels"][0]["targets"][0]["rawSql"] += " and member in (${membre:sqlstring})"


def unused_variable(dashboard):
    dashboard["templating"]["list"].append({"type": "textbox", "name": "nobody"})


def link_to_nowhere(dashboard):
    dashboard["links"][1]["url"] = "/d/jikimi-nowhere"


def link_to_no_variable(dashboard):
    dashboard["links"][1]["url"] = "/d/jikimi-messages?var-transactoin=T01"


def wrong_variable_source(dashboard):
    dashboard["templating"]["list"][0]["datasource"]["type"] = "postgres"


def twice_the_same_id(dashboard):
    dashboard["panels"][1]["id"] = dashboard["panels"][0]["id"]


def editable(dashboard):
    dashboard["editable"] = True


@pytest.mark.parametrize(
    "break_it",
    [
        wrong_uid, no_description, no_unit, no_value, overlap, unknown_variable, unused_variable, link_to_nowhere,
        link_to_no_variable, wrong_variable_source, twice_the_same_id, editable,
    ],
    ids=lambda function: function.__name__,
)  # fmt: skip
def test_the_lint_catches(break_it):
    broken = copy.deepcopy(read("en/operations.json"))
    break_it(broken)
    assert lint(broken, provisioned_uids()) != []


def test_the_row_of_unanimous_fraud_is_red_and_no_other():
    panel = next(panel for panel in read("en/operations.json")["panels"] if panel["type"] == "table")
    override = next(o for o in panel["fieldConfig"]["overrides"] if o["matcher"]["options"] == "verdict")
    properties = {one["id"]: one["value"] for one in override["properties"]}
    colors = {text: shown["color"] for text, shown in properties["mappings"][0]["options"].items()}
    assert properties["custom.cellOptions"]["applyToRow"] is True
    assert colors == {"unanimous": "dark-red", "majority": "transparent", "no": "transparent"}


@pytest.mark.parametrize("name", [ENGLISH[0], KOREAN[0]])
def test_a_row_leads_to_its_message_at_the_same_time_range(name):
    panel = next(panel for panel in read(name)["panels"] if panel["type"] == "table")
    overrides = [o for o in panel["fieldConfig"]["overrides"] if o["matcher"]["options"] == "transaction_id"]
    links = [p["value"][0]["url"] for o in overrides for p in o["properties"] if p["id"] == "links"]
    suffix = LANGUAGES[name[:2]]
    assert links == [
        f"/d/jikimi-messages{suffix}?var-transaction=${{__data.fields.transaction_id}}&${{__url_time_range}}"
    ]


def test_the_data_source_has_no_password_and_reads_as_grafana():
    source = yaml.safe_load((PROVISIONING / "datasources/jikimi.yaml").read_text())["datasources"][0]
    assert source["uid"] == DATA_SOURCE["uid"]
    assert source["user"] == "grafana"
    assert source["jsonData"]["database"] == "jikimi"
    assert source["secureJsonData"] == {"password": "$JIKIMI_GRAFANA_DB_PASSWORD"}
    assert source["editable"] is False


def test_every_variable_of_the_provisioning_is_set_by_the_local_stack(tmp_path):
    from infra.local.grafana import grafana_environment
    from infra.local.settings import Settings

    text = "".join(re.sub(r"#.*", "", path.read_text()) for path in PROVISIONING.rglob("*.yaml"))
    # In capitals: `$labels` and `$values` are Grafana's own.
    named = set(re.findall(r"\$\{?([A-Z][A-Z0-9_]+)", text))
    secrets = {"postgres": "p", "role_grafana": "p", "grafana_admin": "p"}
    assert named
    ports = {"postgres": 1, "grafana": 2, "sandbox": 3, "smtp": 4}
    assert named <= set(grafana_environment(Settings(tmp_path, ports, secrets)))
