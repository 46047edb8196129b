"""Where the stack is: what `make up` wrote into the file `env`, for settings that are not set already."""

import os
from pathlib import Path

from jikimi.exceptions import NotConfigured

_PROJECT = Path(__file__).parents[3]


def read_environment() -> None:
    """Set each variable of the file `env` that is not set.

    The file stands in `JIKIMI_HOME`, else in `.jikimi` of the current folder, else of the project.

    :raises NotConfigured: the file is there and cannot be read.
    """
    for home in _homes():
        if (file := home / "env").is_file():
            for name, value in settings_in(file):
                os.environ.setdefault(name, value)
            os.environ.setdefault("JIKIMI_HOME", str(home))
            return


def settings_in(file: Path) -> list[tuple[str, str]]:
    """Return the names and values of a file with lines `NAME=value`.

    :raises NotConfigured: it cannot be read.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NotConfigured(f"{file} cannot be read ({error}): run `make up` again, as the same user.") from error
    settings = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return [(name.strip(), value) for name, _, value in settings]


def _homes() -> list[Path]:
    if home := os.environ.get("JIKIMI_HOME"):
        return [Path(home)]
    return [Path.cwd() / ".jikimi", _PROJECT / ".jikimi"]
