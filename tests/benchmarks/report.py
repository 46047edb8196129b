"""Keeps the newest figures of each measurement in docs/benchmarks.md, with the machine and the day."""

import json
import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def machine() -> dict[str, Any]:
    """Say on what the figures were measured."""
    return {
        "measurement": "machine",
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "python": platform.python_version(),
        "system": platform.system(),
        "load_before": round(os.getloadavg()[0], 2),
        "day": datetime.now(UTC).date().isoformat(),
    }


def keep(name: str, figures: list[dict[str, Any]]) -> None:
    """Replace the block of the measurement `name` on the page."""
    mine = [figure for figure in figures if figure["measurement"] in ("machine", name)]
    lines = "\n".join(json.dumps(figure, ensure_ascii=False) for figure in mine)
    block = f"<!-- {name} -->\n```json\n{lines}\n```\n<!-- end of {name} -->"
    page = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- end of {name} -->", re.DOTALL)
    page = pattern.sub(lambda _: block, page) if pattern.search(page) else f"{page.rstrip()}\n\n{block}\n"
    PAGE.write_text(page, encoding="utf-8")
