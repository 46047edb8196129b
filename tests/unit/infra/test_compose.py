"""docker-compose.yaml is valid and names nothing that does not exist, and no service knows more than it needs."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mlflow import environment_variables

from infra.compose.env import filled
from infra.local.grafana import grafana_environment
from infra.local.settings import Settings
from infra.postgres.__main__ import ADMIN_URL, password_variable
from infra.postgres.databases import ROLES
from tests.compose_file import ROOT, env_lines, environment_of, interpolate, load, raw, variables

_EXAMPLE = env_lines(ROOT / ".env.example")
_VALUES = dict(
    line.split("=", 1) for line in filled((ROOT / ".env.example").read_text()).splitlines() if line[:1] not in "#"
)
_SERVICES: dict[str, Any] = load(_VALUES)["services"]
_DOCKERFILE = (ROOT / "infra/airflow/Dockerfile").read_text()
_OURS = [name for name, service in _SERVICES.items() if "build" in service]
_ONCE = ["prepare", "airflow-prepare", "demo-prepare", "demo-replay"]


def test_file_fits_the_compose_specification() -> None:
    assert [error.message for error in _schema().iter_errors(load(_VALUES))] == []


def test_schema_refuses_what_compose_would_refuse() -> None:
    broken = load(_VALUES)
    broken["services"]["redis"]["helthcheck"] = {}
    assert not _schema().is_valid(broken)


def test_variables_of_the_file_are_those_of_the_example() -> None:
    assert set(variables()) == set(_EXAMPLE)


@pytest.mark.parametrize("name", sorted(variables()))
def test_variable_is_either_required_or_has_the_default_of_the_example(name: str) -> None:
    expected = ("-", _EXAMPLE[name]) if _EXAMPLE[name] else ("?", "run `make env`")
    assert variables()[name] == {expected}


@pytest.mark.parametrize("name", sorted(name for name, value in _EXAMPLE.items() if not value))
def test_secret_has_no_default_and_its_absence_is_named(name: str) -> None:
    with pytest.raises(KeyError, match=f"{name}: run `make env`"):
        load({key: value for key, value in _VALUES.items() if key != name})


def test_every_variable_of_the_example_is_explained() -> None:
    text = (ROOT / ".env.example").read_text()
    blocks = [block.splitlines() for block in re.split(r"\n(?=#)", text)]
    assert all(block[0].startswith("#") for block in blocks)


def test_settings_have_the_defaults_of_the_code() -> None:
    code = (ROOT / "plugins/jikimi/defaults.py").read_text()
    defaults = dict(re.findall(r'(?:environ\.get|_positive)\("(JIKIMI_\w+)", "([^"]+)"\)', code))
    defaults.pop("JIKIMI_HOME")
    assert defaults
    assert {name: _EXAMPLE.get(name) for name in defaults} == defaults
    assert all(set(defaults) <= set(environment_of(_SERVICES[name])) for name in ("airflow-worker", "demo-prepare"))


@pytest.mark.parametrize("name", _SERVICES)
def test_image_has_an_exact_version(name: str) -> None:
    assert re.fullmatch(r"[\w/]+:v?\d+\.\d+(\.\d+)?(-\w+)?", _SERVICES[name]["image"])


def test_base_image_has_an_exact_version() -> None:
    assert set(re.findall(r"^FROM (\S+)", _DOCKERFILE, re.M)) == {"python:3.12.15-slim-trixie"}


@pytest.mark.parametrize("name", _SERVICES)
def test_paths_on_this_machine_exist_and_volumes_are_declared(name: str) -> None:
    service = _SERVICES[name]
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (ROOT / source).is_dir() if source.startswith(".") else source in raw()["volumes"]
    if "env_file" in service:
        assert (ROOT / service["env_file"]).is_file()
    if "build" in service:
        assert (ROOT / service["build"]["dockerfile"]).is_file()


def test_every_declared_volume_is_used() -> None:
    used = {volume.split(":")[0] for service in _SERVICES.values() for volume in service.get("volumes", [])}
    assert set(raw()["volumes"]) <= used


@pytest.mark.parametrize("name", _OURS)
def test_volumes_of_our_image_belong_to_its_user(name: str) -> None:
    made = _DOCKERFILE.split("install --directory --owner=jikimi", 1)[1].split("\nCOPY", 1)[0].split()
    assert all(volume.split(":")[1] in made for volume in _SERVICES[name].get("volumes", []))


@pytest.mark.parametrize("name", _OURS)
def test_command_exists(name: str) -> None:
    program, *words = _SERVICES[name]["command"]
    if program == "python":
        assert words[0] == "-m"
        spec = find_spec(words[1])
        assert spec is not None
        assert find_spec(f"{words[1]}.__main__") if spec.submodule_search_locations else spec.origin
    else:
        scripts = {
            entry.name for owner in ("apache-airflow-core", "mlflow") for entry in distribution(owner).entry_points
        }
        assert program in scripts


@pytest.mark.parametrize("name", _OURS)
def test_folders_named_in_variables_are_in_the_image(name: str) -> None:
    for value in environment_of(_SERVICES[name]).values():
        for path in re.findall(r"/opt/jikimi(/[^:]+)?", str(value)):
            assert (ROOT / path.lstrip("/")).is_dir()
            assert not path or f"!{path.split('/')[1]}" in (ROOT / ".dockerignore").read_text().splitlines()


def test_dockerfile_copies_only_what_exists_and_what_the_build_may_see() -> None:
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    for words in re.findall(r"^COPY (?!--from)(.+)$", _DOCKERFILE, re.M):
        for source in words.split()[:-1]:
            assert (ROOT / source).exists()
            assert source == "." or f"!{source.split('/')[0]}" in allowed
    assert "*" in allowed
    assert not {"!.env", "!.jikimi", "!."} & set(allowed)


def test_everything_that_the_package_is_made_of_reaches_the_image() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["package-dir"].values()
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    needed = {path.split("/")[0] for path in [*packages, project["project"]["readme"], "pyproject.toml", "dags"]}
    assert {f"!{name}" for name in needed} <= set(allowed)


@pytest.mark.parametrize("name", _SERVICES)
def test_dependencies_exist_and_can_be_met(name: str) -> None:
    for other, how in _SERVICES[name].get("depends_on", {}).items():
        assert set(_SERVICES[other].get("profiles", [])) <= set(_SERVICES[name].get("profiles", []))
        expected = "service_completed_successfully" if other in _ONCE else "service_healthy"
        assert how["condition"] == expected


@pytest.mark.parametrize("name", [name for name in _SERVICES if name not in _ONCE])
def test_lasting_service_restarts_and_has_a_health_check(name: str) -> None:
    assert _SERVICES[name]["restart"] == "unless-stopped"
    assert _SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", _ONCE)
def test_one_shot_does_not_start_again_once_it_succeeded(name: str) -> None:
    assert _SERVICES[name]["restart"].startswith("on-failure")


def test_nothing_runs_as_root() -> None:
    assert re.findall(r"^USER (\S+)", _DOCKERFILE, re.M) == ["10001:10001"]
    # PostgreSQL's and Grafana's images change to a user of their own.
    others = {name: service.get("user") for name, service in _SERVICES.items() if name not in _OURS}
    assert others == {"postgres": None, "grafana": None, "redis": "redis"}
    assert all("no-new-privileges:true" in service["security_opt"] for service in _SERVICES.values())


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3"])
def test_ports_are_on_loopback_unless_asked_and_pages_without_a_login_always(address: str) -> None:
    services = load(_VALUES | {"JIKIMI_BIND_ADDRESS": address})["services"]
    published = {name: port for name, service in services.items() for port in service.get("ports", [])}
    hosts = {name: port.rsplit(":", 2)[0] for name, port in published.items()}
    assert hosts == {
        "postgres": address,
        "airflow-api-server": address,
        "grafana": address,
        "mlflow": "127.0.0.1",
        "sandbox": "127.0.0.1",
    }


@pytest.mark.parametrize(
    ("secret", "holders"),
    [
        ("POSTGRES_PASSWORD", {"postgres", "prepare"}),
        (
            "AIRFLOW_DB_PASSWORD",
            {
                "prepare",
                "airflow-prepare",
                "airflow-api-server",
                "airflow-scheduler",
                "airflow-dag-processor",
                "airflow-triggerer",
                "airflow-janitor",
            },
        ),
        (
            "AIRFLOW_FERNET_KEY",
            {
                "airflow-prepare",
                "airflow-api-server",
                "airflow-scheduler",
                "airflow-dag-processor",
                "airflow-triggerer",
            },
        ),
        ("AIRFLOW_JWT_SECRET", {"airflow-api-server", "airflow-scheduler"}),
        ("AIRFLOW_SESSION_SECRET", {"airflow-api-server"}),
        ("AIRFLOW_ADMIN_PASSWORD", {"airflow-prepare", "demo-prepare"}),
        ("MLFLOW_DB_PASSWORD", {"prepare", "mlflow"}),
        (
            "JIKIMI_DB_PASSWORD",
            {
                "prepare",
                "airflow-api-server",
                "airflow-triggerer",
                "airflow-worker",
                "demo-prepare",
                "demo-replay",
            },
        ),
        ("JIKIMI_WEBHOOK_SECRET", {"airflow-api-server", "demo-prepare"}),
        ("JIKIMI_FERNET_KEY", {"airflow-api-server", "airflow-worker"}),
        ("PRODUCER_DB_PASSWORD", {"prepare"}),
        ("GRAFANA_DB_PASSWORD", {"prepare", "grafana"}),
        ("GRAFANA_ADMIN_PASSWORD", {"grafana"}),
        ("REDIS_PASSWORD", {"redis", "airflow-scheduler", "airflow-worker", "airflow-janitor"}),
        ("KAKAO_SANDBOX_APP_KEY", {"sandbox", "demo-prepare"}),
        ("KAKAO_SANDBOX_APP_SECRET", {"sandbox", "demo-prepare"}),
        ("KAKAO_SANDBOX_NHN_APP_KEY", {"sandbox", "demo-prepare"}),
        ("KAKAO_SANDBOX_NHN_SECRET_KEY", {"sandbox", "demo-prepare"}),
        ("KAKAO_SANDBOX_NHN_SENDER_KEY", {"sandbox", "demo-prepare"}),
        ("KAKAO_SANDBOX_SOLAPI_API_KEY", {"sandbox", "demo-prepare"}),
        ("KAKAO_SANDBOX_SOLAPI_API_SECRET", {"sandbox", "demo-prepare"}),
        ("KAKAO_SANDBOX_DISCORD_TOKEN", {"sandbox", "demo-prepare"}),
        ("KAKAO_SANDBOX_SMTP_PASSWORD", {"sandbox", "demo-prepare"}),
    ],
)
def test_secret_is_known_only_where_it_is_needed(secret: str, holders: set[str]) -> None:
    assert {name for name, service in _SERVICES.items() if _VALUES[secret] in json.dumps(service)} == holders


def test_every_secret_is_listed_with_its_holders() -> None:
    (mark,) = (m for m in test_secret_is_known_only_where_it_is_needed.pytestmark if m.name == "parametrize")
    assert {secret for secret, _ in mark.args[1]} == {name for name, value in _EXAMPLE.items() if not value}


def test_grafana_gets_the_settings_of_the_local_runner(tmp_path: Path) -> None:
    secrets = {"postgres": "p", "role_grafana": "g", "grafana_admin": "a"}
    ports = {"postgres": 5442, "grafana": 3000, "sandbox": 8090, "smtp": 8025}
    local = grafana_environment(Settings(tmp_path, ports, secrets))
    in_image = {key for key in local if key.startswith("GF_PATHS_")} | {"GF_SERVER_HTTP_ADDR", "GF_SERVER_HTTP_PORT"}
    assert set(local) - set(environment_of(_SERVICES["grafana"])) == in_image
    # Mail goes to the sandbox there, and here to nobody until .env names a server.
    same = {key: value for key, value in local.items() if value in ("true", "false") and key != "GF_SMTP_ENABLED"}
    assert {key: environment_of(_SERVICES["grafana"])[key] for key in same} == same


def test_prepare_gets_every_password_that_it_asks_for() -> None:
    assert set(environment_of(_SERVICES["prepare"])) == {ADMIN_URL, *map(password_variable, ROLES)}


def test_settings_of_tasks_are_read_by_airflow_mlflow_or_openmp() -> None:
    read_by_others = {*vars(environment_variables), "OMP_WAIT_POLICY"}
    names = {name for name in env_lines(ROOT / "infra/airflow/airflow.env") if not name.startswith("AIRFLOW__")}
    assert names
    assert names <= read_by_others


def test_reader_of_the_file_refuses_a_stray_dollar() -> None:
    assert interpolate("$${HOME} ${A} ${B:-b}", {"A": "a"}) == "${HOME} a b"
    with pytest.raises(ValueError, match="stumble"):
        interpolate("$HOME", {})


def test_script_for_continuous_integration_is_valid_bash() -> None:
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def _schema() -> Draft202012Validator:
    # Shipped by check-jsonschema, with the specification's own Apache-2.0 licence beside it.
    folder = Path(str(distribution("check-jsonschema").locate_file("check_jsonschema/builtin_schemas/vendor")))
    assert (folder / "licenses/LICENSE.compose-spec").is_file(), sys.path
    return Draft202012Validator(json.loads((folder / "compose-spec.json").read_text()))
