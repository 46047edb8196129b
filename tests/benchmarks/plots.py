"""Draws what people would rather look at than read: measured beside baseline, with the aim."""

import json
import re
from collections.abc import Callable
from itertools import starmap
from pathlib import Path
from textwrap import fill
from typing import Any, Final

from matplotlib.axes import Axes

from ml.tracking.style import FRAUD, GUIDE, HONEST, PANEL, new_axes, save

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
Figure = dict[str, Any]
_QUANTILES: Final = {"p50": HONEST, "p95": FRAUD, "p99": PANEL}


def draw(name: str, figures: list[Figure]) -> Path | None:
    """Draw the figures of a measurement into docs/pictures; None where nobody drew that one yet."""
    if name not in _DRAWN:
        return None
    file = PICTURES / f"bench-{name}.png"
    save(_DRAWN[name]([figure for figure in figures if figure["measurement"] == name]), file)
    return file


def figures_on(page: str, name: str) -> list[Figure]:
    """Read the figures of a measurement back from the page that keeps them."""
    block = re.search(rf"<!-- {name} -->\n```json\n(.*?)\n```", page, re.DOTALL)
    return [json.loads(line) for line in block.group(1).splitlines()] if block else []


def _latency(figures: list[Figure]) -> Axes:
    axes = new_axes("From landing to the message's acceptance", "seconds", "", size=(9.0, 4.2), left=0.42)
    labels = [f"{figure['path']}, {figure['rate']}/s" for figure in figures]
    for offset, (quantile, colour) in enumerate(_QUANTILES.items()):
        places = [place + 0.25 * (1 - offset) for place in _places(figures)]
        bars = axes.barh(places, [figure[quantile] for figure in figures], 0.22, color=colour, label=quantile)
        axes.bar_label(bars, fmt="%.2f", padding=2, fontsize=8)
    for place, figure in zip(_places(figures), figures, strict=True):
        if found := re.search(r"under (\d+) s", figure.get("aim", "")):
            axes.plot([float(found[1])] * 2, [place - 0.4, place + 0.4], color=GUIDE, linestyle="--")
    axes.set_yticks(_places(figures), labels)
    # A poll takes a minute, the bare loop half a second.
    axes.set_xscale("log")
    axes.legend(loc="lower right", title="dashed: the aim for p95")
    return axes


def _throughput(figures: list[Figure]) -> Axes:
    measured = next(figure for figure in figures if "backlog_every_10_s" in figure)
    waiting = measured["backlog_every_10_s"]
    title = f"What waits at {measured['landed_per_second']:,} rows a second: landed, not scored yet"
    axes = new_axes(title, "seconds since the first row", "rows", left=0.13)
    axes.plot([10 * (look + 1) for look in range(len(waiting))], waiting, color=HONEST, marker="o", markersize=3)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda rows, _: f"{rows:,.0f}")
    return axes


def _floor(figures: list[Figure]) -> Axes:
    axes = new_axes("A batch, and the least any program must do", "milliseconds", "", size=(9.0, 4.2), left=0.2)
    parts = {
        "validate": HONEST,
        "score": "#0072B2",
        "floor_copy_out": "#C9C9C9",
        "floor_bare_estimators": FRAUD,
        "floor_copy_in": GUIDE,
    }
    for part, colour in parts.items():
        shift, before = (-0.2, _before(part, "floor_")) if part.startswith("floor") else (0.2, _before(part, ""))
        lefts = [sum(figure[each] for each in before) for figure in figures]
        places = [place + shift for place in _places(figures)]
        axes.barh(places, [figure[part] for figure in figures], 0.36, lefts, color=colour, label=part)
    for place, figure in zip(_places(figures), figures, strict=True):
        axes.plot(
            [figure["aim_times_the_floor"] * figure["floor"]] * 2, [place, place + 0.4], color=PANEL, linestyle="--"
        )
    axes.set_yticks(_places(figures), [f"{f['rows']:,} rows\n{f['times_the_floor']} times" for f in figures])
    axes.legend(loc="upper right", title="dashed: the aim")
    return axes


def _batch_cost(figures: list[Figure]) -> Axes:
    axes = new_axes("A batch of 500 rows, whatever the history", "milliseconds", "", size=(9.0, 4.2), left=0.2)
    worlds = [figure for figure in figures if figure["figure"] == "batch_ms"]
    axes.barh(_places(worlds), [world["validate"] for world in worlds], 0.5, color=HONEST, label="validate")
    lefts = [world["validate"] for world in worlds]
    axes.barh(_places(worlds), [world["score"] for world in worlds], 0.5, lefts, color="#0072B2", label="score")
    for place, world in zip(_places(worlds), worlds, strict=True):
        if "aim" in world:
            axes.plot([world["aim"] * worlds[0]["value"]] * 2, [place - 0.35, place + 0.35], color=PANEL, ls="--")
    axes.set_yticks(_places(worlds), [f"{w['world']}\n{w.get('times_little_history', 1)} times" for w in worlds])
    axes.legend(loc="upper right", title="dashed: the aim")
    return axes


def _backfill(figures: list[Figure]) -> Axes:
    axes = new_axes("Past rows scored a second", "dashed: the aim", "", size=(9.0, 4.2), left=0.3)
    bars = axes.barh(_places(figures), [figure["value"] for figure in figures], 0.5, color=HONEST)
    axes.bar_label(bars, fmt="{:,.0f}", padding=2, fontsize=8)
    for place, figure in zip(_places(figures), figures, strict=True):
        if found := re.search(r"[\d,]+", figure.get("aim", "")):
            axes.plot([float(found[0].replace(",", ""))] * 2, [place - 0.35, place + 0.35], color=PANEL, ls="--")
    axes.set_yticks(_places(figures), [fill(figure["path"], 34) for figure in figures])
    # Row by row is a thousandth of it.
    axes.set_xscale("log")
    axes.set_xlim(right=4 * max(figure["value"] for figure in figures))
    return axes


def _before(part: str, prefix: str) -> list[str]:
    """Return the parts that a bar stacks below this one."""
    names = ["floor_copy_out", "floor_bare_estimators", "floor_copy_in"] if prefix else ["validate", "score"]
    return names[: names.index(part)]


def _places(figures: list[Figure]) -> list[float]:
    """Return where each bar stands, the first at the top."""
    return [float(len(figures) - 1 - place) for place in range(len(figures))]


_DRAWN: dict[str, Callable[[list[Figure]], Axes]] = {
    "latency": _latency,
    "throughput": _throughput,
    "floor": _floor,
    "batch_cost": _batch_cost,
    "backfill": _backfill,
}

if __name__ == "__main__":
    from tests.benchmarks.report import PAGE

    written = PAGE.read_text(encoding="utf-8")
    print(*filter(None, starmap(draw, ((name, found) for name in _DRAWN if (found := figures_on(written, name))))))
