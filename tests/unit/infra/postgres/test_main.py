import pytest

from infra.postgres.__main__ import ADMIN_URL, main, password_variable
from infra.postgres.databases import ROLES

_PASSWORDS = {password_variable(role): "x" for role in ROLES}


def test_every_missing_variable_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({"JIKIMI_DB_PASSWORD": "x"}) == 2
    error = capsys.readouterr().err
    assert ADMIN_URL in error
    assert "GRAFANA_DB_PASSWORD" in error
    assert " JIKIMI_DB_PASSWORD" not in error


def test_server_out_of_reach_is_exit_code_1_without_the_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({ADMIN_URL: "postgresql://postgres:topsecret@127.0.0.1:1/postgres", **_PASSWORDS}) == 1
    error = capsys.readouterr().err
    assert "refused" in error
    assert "topsecret" not in error
