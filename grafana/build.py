"""Writes the dashboards' JSON in every language, and the alert rules: `python -m grafana.build`."""

import json
from collections.abc import Callable
from pathlib import Path

from grafana.alerting import FOLDER as ALERTING
from grafana.alerting import alert_files
from grafana.drift import drift
from grafana.messages import messages
from grafana.model import LANGUAGES, Json, spoken
from grafana.operations import operations
from grafana.panel import panel
from grafana.pipeline import pipeline

FOLDER = Path(__file__).parent / "dashboards"
DASHBOARDS: dict[str, Callable[[], Json]] = {
    "operations": operations,
    "panel": panel,
    "drift": drift,
    "pipeline": pipeline,
    "messages": messages,
}


def files() -> dict[str, str]:
    """Return what each file below `dashboards/` holds, by its path there: `en/operations.json` and so on."""
    return {
        f"{language}/{name}.json": json.dumps(spoken(make(), language), indent=2, ensure_ascii=False) + "\n"
        for name, make in DASHBOARDS.items()
        for language in LANGUAGES
    }


def main() -> None:
    """Write every dashboard, and what alerts on them."""
    for path, text in files().items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(text, encoding="utf-8")
    for name, text in alert_files({name: make() for name, make in DASHBOARDS.items()}).items():
        (ALERTING / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
