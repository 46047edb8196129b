import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from infra.compose.env import filled, write_env
from tests.compose_file import ROOT


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "example"
    path.write_text("# a password=\nA_PASSWORD=\nB_PASSWORD=\nX_FERNET_KEY=\n\nPORT=8080\n", encoding="utf-8")
    return path


def test_empty_values_get_secrets_of_their_own_and_the_rest_stays(template: Path) -> None:
    comment, first, second, key, blank, port = filled(template.read_text()).splitlines()
    assert (comment, blank, port) == ("# a password=", "", "PORT=8080")
    assert len(first.removeprefix("A_PASSWORD=")) == 32
    assert first[2:] != second[2:]
    Fernet(key.removeprefix("X_FERNET_KEY="))


def test_secrets_can_stand_in_addresses_and_in_compose(template: Path) -> None:
    values = [line.split("=", 1)[1] for line in filled(template.read_text()).splitlines()[1:4]]
    assert all(
        set(value) <= set("-_=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") for value in values
    )


def test_file_is_its_owners_alone(template: Path, tmp_path: Path) -> None:
    write_env(template, tmp_path / ".env")
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_file_that_exists_is_kept(template: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A_PASSWORD=precious\n")
    with pytest.raises(FileExistsError):
        write_env(template, tmp_path / ".env")
    assert (tmp_path / ".env").read_text() == "A_PASSWORD=precious\n"


def test_command_needs_nothing_but_the_standard_library() -> None:
    # Without site-packages, as on a machine that only runs containers.
    code = "import infra.compose.env as e; print(len(e.filled('A=\\n')))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "35\n"
