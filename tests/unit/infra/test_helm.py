"""The values for Airflow's Helm chart: names that the chart publishes, our settings, and no secret."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import pytest
import yaml

from tests.compose_file import ROOT, env_lines, environment_of, load
from tests.unit.infra.test_compose import _VALUES

_TEXT = (ROOT / "infra/helm/values.yaml").read_text(encoding="utf-8")
_MLFLOW = (ROOT / "infra/helm/mlflow.yaml").read_text(encoding="utf-8")
_DOCS = (ROOT / "docs/kubernetes.md").read_text(encoding="utf-8")
_HELM: dict[str, Any] = yaml.safe_load(_TEXT)
_SERVICES: dict[str, Any] = load(_VALUES)["services"]
CHART = "1.22.0"
# Looked up by hand in the values that the chart publishes; a name that is not here must be looked up there first.
# What ends in `*` holds whatever Kubernetes or Airflow allows at that place.
PUBLISHED = """
    airflowVersion defaultAirflowRepository defaultAirflowTag airflowHome uid gid airflowLocalSettings executor
    securityContexts.pod.* securityContexts.containers.* postgresql.enabled redis.enabled statsd.enabled
    data.metadataSecretName fernetKeySecretName apiSecretKeySecretName jwtSecretName
    secret env extraEnvFrom volumes volumeMounts dags.gitSync.enabled logs.persistence.enabled logs.persistence.size
    config.* createUserJob.enabled migrateDatabaseJob.extraInitContainers migrateDatabaseJob.resources.*
    apiServer.replicas apiServer.resources.* apiServer.extraInitContainers apiServer.extraVolumes
    apiServer.extraVolumeMounts scheduler.replicas scheduler.resources.* scheduler.logGroomerSidecar.enabled
    triggerer.replicas triggerer.resources.* triggerer.persistence.enabled triggerer.logGroomerSidecar.enabled
    dagProcessor.resources.* dagProcessor.logGroomerSidecar.enabled workers.kubernetes.resources.*
""".split()
# Where a cluster has addresses or numbers of its own.
_OWN = {"JIKIMI_HOME", "JIKIMI_AIRFLOW_URL", "JIKIMI_GRAFANA_URL", "MLFLOW_TRACKING_URI"}


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    else:
        yield path


def _is_published(path: str) -> bool:
    return any(path == name or (name.endswith(".*") and path.startswith(name[:-1])) for name in PUBLISHED)


def _environment() -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in _HELM["env"]}


def _secret_keys(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if "secretKeyRef" in value:
            yield value["secretKeyRef"]["name"], value["secretKeyRef"]["key"]
        for inner in value.values():
            yield from _secret_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _secret_keys(inner)


@pytest.mark.parametrize("path", list(_leaves(_HELM)))
def test_value_has_a_name_that_the_chart_publishes(path: str) -> None:
    assert _is_published(path)


def test_name_that_was_never_looked_up_is_found() -> None:
    assert not _is_published("scheduler.logGroomerSideCar.enabled")


def test_versions_are_those_of_the_image_and_of_the_docs() -> None:
    assert f"Apache Airflow {CHART}" in _TEXT
    assert f"--version {CHART}" in _DOCS
    assert _HELM["airflowVersion"] == version("apache-airflow-core")
    image = _SERVICES["airflow-worker"]["image"]
    assert image == f"jikimi:{_HELM['defaultAirflowTag']}"
    assert f"{_HELM['defaultAirflowRepository']}:{_HELM['defaultAirflowTag']}" in _MLFLOW
    dockerfile = (ROOT / "infra/airflow/Dockerfile").read_text()
    assert f"USER {_HELM['uid']}:{_HELM['gid']}" in dockerfile


def test_image_has_the_executor() -> None:
    assert _HELM["executor"] == "KubernetesExecutor"
    lock = (ROOT / "infra/requirements/runtime.txt").read_text()
    assert re.search(r"^apache-airflow-providers-cncf-kubernetes==", lock, re.M)


def test_tasks_get_what_a_worker_of_the_compose_file_gets() -> None:
    worker = environment_of(_SERVICES["airflow-worker"])
    ours = {name for name in worker if name.startswith(("JIKIMI_", "MLFLOW_TRACKING"))}
    secret = {entry["envName"] for entry in _HELM["secret"]}
    # As the docs have it: the lines of .env.example that have a value.
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    settings = set(re.findall(r"^(JIKIMI_\w+)=.", example, re.M))
    assert ours <= set(_environment()) | secret | settings
    assert set(_environment()) >= _OWN


def test_api_server_gets_the_secrets_that_it_has_in_the_compose_file() -> None:
    held = {name for name in _SERVICES["airflow-api-server"]["environment"] if name in _VALUES and not _is_plain(name)}
    assert {"JIKIMI_FERNET_KEY", "JIKIMI_WEBHOOK_SECRET"} <= held
    assert {name for name in held if name.startswith("JIKIMI_")} <= {entry["envName"] for entry in _HELM["secret"]}


def test_settings_that_a_cluster_changes_are_settings_of_ours() -> None:
    changed = {name for name in _environment() if name.startswith(("AIRFLOW__SCHEDULER", "AIRFLOW__CORE__MAX"))}
    assert changed
    assert changed <= set(env_lines(ROOT / "infra/airflow/airflow.env"))


def test_no_secret_stands_in_the_files() -> None:
    words = re.compile(r"PASSWORD$|SECRET|FERNET|TOKEN|DATABASE_URL|SQL_ALCHEMY")
    assert [name for name in _environment() if words.search(name)] == []
    assert not re.search(r"://[^/\s\"]+:[^/\s\"@]+@", _TEXT + _MLFLOW)


def test_every_secret_and_setting_that_is_asked_for_is_made_by_the_docs() -> None:
    asked = set(_secret_keys(_HELM)) | set(_secret_keys(list(yaml.safe_load_all(_MLFLOW))))
    asked |= {(entry["secretName"], entry["secretKey"]) for entry in _HELM["secret"]}
    asked |= {
        (_HELM["data"]["metadataSecretName"], "connection"),
        (_HELM["fernetKeySecretName"], "fernet-key"),
        (_HELM["apiSecretKeySecretName"], "api-secret-key"),
        (_HELM["jwtSecretName"], "jwt-secret"),
    }
    made = set()
    for name, literals in re.findall(r"create secret generic (\S+) ((?:.|\\\n)+?)(?=\n\s*(?:kubectl|```))", _DOCS):
        made |= {(name, key) for key in re.findall(r"--from-literal=([\w-]+)=", literals)}
    assert asked <= made
    prepared = {key for name, key in made if name == "jikimi-prepare"}
    assert prepared == set(_SERVICES["prepare"]["environment"])
    maps = {entry["configMapRef"]["name"] for entry in yaml.safe_load(_HELM["extraEnvFrom"])}
    assert maps == set(re.findall(r"create configmap (\S+) --from-env-file=", _DOCS))


def test_containers_of_ours_run_modules_that_exist() -> None:
    ours = [*_HELM["migrateDatabaseJob"]["extraInitContainers"], *_HELM["apiServer"]["extraInitContainers"]]
    assert [container["command"][:2] for container in ours] == [["python", "-m"]] * 2
    assert all(find_spec(container["command"][2]) for container in ours)


def _is_plain(name: str) -> bool:
    return bool(env_lines(ROOT / ".env.example").get(name))
