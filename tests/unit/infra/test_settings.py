"""Ports, secrets and the folder of one stack."""

import json

import pytest

from infra.local.settings import SettingError, as_running, read_settings, write_environment


@pytest.fixture
def settings(tmp_path, monkeypatch):
    def read(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return read_settings(tmp_path / "home")

    return read


def test_an_offset_moves_every_port_that_is_not_given(settings):
    ports = settings(JIKIMI_PORT_OFFSET="100", JIKIMI_MLFLOW_PORT="5999").ports
    assert (ports["airflow"], ports["sandbox"], ports["mlflow"]) == (8180, 8190, 5999)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        pytest.param("JIKIMI_MLFLOW_PORT", "many", "not a number", id="no number"),
        pytest.param("JIKIMI_PORT_OFFSET", "70000", "65535", id="beyond the last port"),
        pytest.param("JIKIMI_PORT_OFFSET", "2000", "browsers refuse", id="a port that no browser opens"),
    ],
)
def test_a_port_that_cannot_be_used_is_named(settings, variable, value, words):
    with pytest.raises(SettingError, match=words):
        settings(**{variable: value})


def test_secrets_are_made_once_and_private(settings):
    first = settings()
    assert settings().secrets == first.secrets
    assert (first.home / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert first.secrets["postgres"] not in repr(first)


def test_a_running_stack_is_described_with_the_ports_it_was_started_with(settings):
    write_environment(settings(JIKIMI_PORT_OFFSET="300"))
    later = settings(JIKIMI_PORT_OFFSET="0")
    assert as_running(later).ports["airflow"] == 8380


def test_the_command_learns_where_the_stack_is(settings):
    read = settings()
    write_environment(read, has_grafana=True)
    lines = (read.home / "env").read_text().splitlines()
    assert f"JIKIMI_GRAFANA_URL={read.url('grafana')}" in lines
    assert json.loads((read.home / "ports.json").read_text()) == read.ports
