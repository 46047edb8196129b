"""Grafana is found where people install it, and listens to nobody but this machine."""

from pathlib import Path

import pytest

from infra.kakao_sandbox.settings import STAFF_WEBHOOK
from infra.local.grafana import HOW_TO_GET_GRAFANA, find_grafana, grafana_environment
from infra.local.grafana_contacts import NOBODY, contact_environment
from infra.local.settings import Settings


def install(home: Path, binary: str = "bin/grafana", defaults: str = "conf/defaults.ini") -> Path:
    for name in (binary, defaults):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("#!/bin/sh\n")
    (home / binary).chmod(0o755)
    return home


def settings(folder: Path, postgres_url: str | None = None) -> Settings:
    secrets = {"postgres": "p", "role_grafana": "s3cret/+", "grafana_admin": "admin-password"}
    secrets |= {"discord_token": "token", "smtp_password": "mail"}
    return Settings(folder, {"postgres": 5442, "grafana": 3001, "sandbox": 8091, "smtp": 8026}, secrets, postgres_url)


def test_grafana_home_is_an_unpacked_archive(tmp_path):
    home = install(tmp_path / "grafana-13")
    command = find_grafana({"GRAFANA_HOME": str(home), "PATH": "/nowhere"})
    assert command == [str(home / "bin/grafana"), "server", "--homepath", str(home)]


def test_a_link_on_the_path_leads_to_the_installation(tmp_path):
    home = install(tmp_path / "opt/grafana")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/grafana").symlink_to(home / "bin/grafana")
    command = find_grafana({"PATH": str(tmp_path / "bin")})
    assert command == [str(home / "bin/grafana"), "server", "--homepath", str(home)]


def test_an_installation_may_keep_its_files_in_share(tmp_path):
    cellar = install(tmp_path / "cellar", defaults="share/grafana/conf/defaults.ini")
    command = find_grafana({"PATH": str(cellar / "bin")})
    assert command == [str(cellar / "bin/grafana"), "server", "--homepath", str(cellar / "share/grafana")]


@pytest.mark.parametrize("missing", ["bin/grafana", "conf/defaults.ini"])
def test_half_an_installation_is_none(tmp_path, missing):
    home = install(tmp_path / "grafana")
    (home / missing).unlink()
    assert find_grafana({"GRAFANA_HOME": str(home), "PATH": "/nowhere"}) is None


def test_no_grafana_is_no_error_and_one_line_says_how_to_get_it(tmp_path):
    assert find_grafana({"PATH": str(tmp_path)}) is None
    assert "GRAFANA_HOME" in HOW_TO_GET_GRAFANA
    assert "\n" not in HOW_TO_GET_GRAFANA


def test_grafana_listens_on_loopback_with_the_generated_password(tmp_path):
    environment = grafana_environment(settings(tmp_path))
    assert environment["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"
    assert environment["GF_SERVER_HTTP_PORT"] == "3001"
    assert environment["GF_SECURITY_ADMIN_PASSWORD"] == "admin-password"
    assert environment["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert environment["GF_ANALYTICS_REPORTING_ENABLED"] == environment["GF_ANALYTICS_CHECK_FOR_UPDATES"] == "false"


def test_what_grafana_writes_stays_in_the_stacks_folder_and_what_it_reads_exists(tmp_path):
    environment = grafana_environment(settings(tmp_path))
    for name in ("GF_PATHS_DATA", "GF_PATHS_LOGS", "GF_PATHS_PLUGINS"):
        assert Path(environment[name]).is_relative_to(tmp_path)
    assert Path(environment["GF_PATHS_PROVISIONING"]).is_dir()
    assert Path(environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]).is_file()


def test_the_data_source_gets_the_password_of_the_role_grafana(tmp_path):
    environment = grafana_environment(settings(tmp_path))
    assert environment["JIKIMI_GRAFANA_DB_PASSWORD"] == "s3cret/+"
    assert environment["JIKIMI_GRAFANA_DB_HOST"] == "127.0.0.1:5442"


@pytest.mark.parametrize(
    ("url", "host", "mode"),
    [
        pytest.param("postgresql://me:p@127.0.0.1:5442/postgres", "127.0.0.1:5442", "disable", id="this machine"),
        pytest.param("postgresql://me:p@db.bank.example/postgres", "db.bank.example:5432", "require", id="elsewhere"),
        pytest.param(
            "postgresql://me:p@db.bank.example/postgres?sslmode=verify-full",
            "db.bank.example:5432",
            "verify-full",
            id="said",
        ),
        pytest.param("postgresql://me:p@db/postgres?sslmode=prefer", "db:5432", "require", id="unknown to Grafana"),
        pytest.param("postgresql://me:p@[::1]:6000/postgres", "[::1]:6000", "disable", id="IPv6"),
    ],
)
def test_the_connection_is_encrypted_beyond_this_machine(tmp_path, url, host, mode):
    environment = grafana_environment(settings(tmp_path, url))
    assert environment["JIKIMI_GRAFANA_DB_HOST"] == host
    assert environment["JIKIMI_GRAFANA_DB_SSLMODE"] == mode


def test_alerts_of_grafana_go_to_the_sandbox_until_somebody_says_where_else(tmp_path):
    environment = contact_environment(settings(tmp_path), {"JIKIMI_GRAFANA_EMAIL": "desk@bank.example"})
    assert environment["JIKIMI_GRAFANA_DISCORD_URL"] == f"http://127.0.0.1:8091/api/webhooks/{STAFF_WEBHOOK}/token"
    assert (environment["GF_SMTP_HOST"], environment["GF_SMTP_PASSWORD"]) == ("127.0.0.1:8026", "mail")
    assert environment["JIKIMI_GRAFANA_WEBHOOK_URL"] == NOBODY
    assert environment["JIKIMI_GRAFANA_EMAIL"] == "desk@bank.example"
