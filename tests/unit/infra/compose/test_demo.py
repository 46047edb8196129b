from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.compose.demo import main, replay_command, settings_from
from infra.local.stack import StackError
from jikimi.cli import app
from tests.compose_file import environment_of, load, variables


def test_settings_come_from_the_variables_that_the_file_gives() -> None:
    service = load(dict.fromkeys(variables(), "given"))["services"]["demo-prepare"]
    settings = settings_from(environment_of(service))
    assert settings.url("sandbox") == "http://sandbox:8090"
    assert settings.url("airflow") == "http://airflow-api-server:8080"
    assert settings.role_url("jikimi", "jikimi") == "postgresql://jikimi:given@postgres:5432/jikimi"
    with pytest.raises(StackError, match="no access"):
        settings.role_url("airflow", "airflow")


def test_replay_begins_where_the_history_ends(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/end").write_text("2026-03-31T00:00:00+00:00")
    command = replay_command(tmp_path)
    assert command[command.index("--from") + 1] == "2026-03-01T00:00:00+00:00"


def test_replay_names_options_that_the_command_has(tmp_path: Path) -> None:
    _, *words = replay_command(tmp_path)
    result = CliRunner().invoke(app, words, env={"JIKIMI_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    assert "the database does not answer" in result.output


@pytest.mark.parametrize("words", [[], ["other"]])
def test_unknown_step_is_exit_code_2(words: list[str]) -> None:
    assert main(words) == 2
