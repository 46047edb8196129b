"""Writes the dashboards' JSON: `python -m grafana.build`."""

import json
from collections.abc import Callable
from pathlib import Path

from grafana.model import Json
from grafana.operations import operations

FOLDER = Path(__file__).parent / "dashboards"
DASHBOARDS: dict[str, Callable[[], Json]] = {"operations.json": operations}


def render(made: Json) -> str:
    """Return a dashboard as its file holds it."""
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every dashboard."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in DASHBOARDS.items():
        (FOLDER / name).write_text(render(make()), encoding="utf-8")


if __name__ == "__main__":
    main()
