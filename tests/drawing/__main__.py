"""`python -m tests.drawing`: draws the dashboards from the answers of a seeded database into docs/pictures.

With Grafana's own components, not with a Grafana server; `grafana/drawing` holds the page and must be built before.
"""

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty
from typing import Any

import psycopg
from PIL import Image

from tests.drawing.asking import answers_of
from tests.drawing.chromium import DrawingFailed, find_chromium, take_picture
from tests.drawing.page import Page, served
from tests.drawing.world import seeded_world

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "grafana/drawing/build/page"
PICTURES = ROOT / "docs/pictures"
NAMES = ("operations", "panel", "drift", "pipeline", "messages")
DRAWN = {f"en-{name}": f"dashboard-{name}.png" for name in NAMES} | {
    "ko-operations": "dashboard-operations-ko.png",
    "ko-messages": "dashboard-messages-ko.png",
}
# As grafana/drawing/src/Board.tsx places the panels.
_WIDTH, _HEADER, _ROW = 1600, 76, 38
_COLORS = 256


def main() -> int:
    """Draw; the exit code is 1 where a panel could not be drawn."""
    arguments = _arguments()
    if not (PAGE / "index.html").is_file():
        print("grafana/drawing is not built: run make dashboards", file=sys.stderr)
        return 1
    try:
        chromium = find_chromium()
        answers = _asked(arguments.name or list(DRAWN))
        with served(PAGE, answers) as page:
            for name in answers:
                _draw(chromium, page, name, answers[name], arguments.folder / DRAWN[name])
    except DrawingFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.drawing", description=__doc__)
    parser.add_argument(
        "--name", action="append", choices=list(DRAWN), help="only this one; may be given several times"
    )
    parser.add_argument("--folder", type=Path, default=PICTURES, help="where the pictures go (default: docs/pictures)")
    return parser.parse_args()


def _asked(names: list[str]) -> dict[str, Json]:
    """Return the answers to every query of the dashboards, asked as the role `grafana`."""
    with tempfile.TemporaryDirectory(prefix="jikimi-drawing-") as folder:
        Path(folder).chmod(0o711)
        with seeded_world(Path(folder), datetime.now(UTC)) as url, psycopg.connect(url, autocommit=True) as grafana:
            return {name: _answers(grafana, name) for name in names}


def _answers(grafana: psycopg.Connection, name: str) -> Json:
    language, _, dashboard = name.partition("-")
    text = (ROOT / "grafana/dashboards" / language / f"{dashboard}.json").read_text(encoding="utf-8")
    return answers_of(grafana, json.loads(text), language, datetime.now(UTC))


def _draw(chromium: str, page: Page, name: str, answers: Json, path: Path) -> None:
    page.forget()
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in answers["panels"])
    with tempfile.TemporaryDirectory(prefix="jikimi-picture-") as folder:
        taken = Path(folder) / path.name
        take_picture(chromium, page.of(name), _WIDTH, _HEADER + bottom * _ROW + 8, taken)
        _check(name, answers, page)
        # Of the ways to 256 colours, the one that keeps the reds red.
        Image.open(taken).convert("RGB").quantize(_COLORS, method=Image.Quantize.FASTOCTREE).save(path, optimize=True)
    print(json.dumps({"picture": path.name, "panels": _asking(answers), "kilobytes": path.stat().st_size // 1000}))


def _check(name: str, answers: Json, page: Page) -> None:
    try:
        outcome = page.outcomes.get(timeout=5)
    except Empty:
        raise DrawingFailed(f"{name}: the page did not say how it went") from None
    faults = [*outcome["faults"], *(f"{title}: nothing was drawn" for title in outcome["empty"])]
    if faults or outcome["drawn"] != _asking(answers):
        listed = "\n  ".join(faults)
        raise DrawingFailed(f"{name}: {outcome['drawn']} of {_asking(answers)} panels were drawn\n  {listed}")


def _asking(answers: Json) -> int:
    return sum(panel["type"] != "row" for panel in answers["panels"])


if __name__ == "__main__":
    sys.exit(main())
