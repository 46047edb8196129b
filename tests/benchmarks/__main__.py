"""`make bench`: measures on a stack of its own, prints JSON lines and keeps them in docs/benchmarks.md."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tests.benchmarks import (
    backfill,
    batch_cost,
    dashboards,
    delivery,
    features,
    floor,
    handbook,
    latency,
    live,
    long_history,
    prediction,
    suite,
    throughput,
    training,
)
from tests.benchmarks.plots import draw
from tests.benchmarks.report import keep, machine

Figure = dict[str, Any]
MEASUREMENTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "live": live.measure,
    "latency": latency.measure,
    "features": features.measure,
    "training": training.measure,
    "long_history": long_history.measure,
    "prediction": prediction.measure,
    "floor": floor.measure,
    "batch_cost": batch_cost.measure,
    "throughput": throughput.measure,
    "backfill": backfill.measure,
    "dashboards": dashboards.measure,
    "handbook": handbook.measure,
    "delivery": delivery.measure,
    "suite": suite.measure,
}


def main() -> None:
    """Measure what `ONLY` names, or everything."""
    wanted = (os.environ.get("ONLY") or " ".join(MEASUREMENTS)).replace(",", " ").split()
    unknown = [name for name in wanted if name not in MEASUREMENTS]
    if unknown:
        sys.exit(f"ONLY={unknown[0]} is not measured here: choose from {', '.join(MEASUREMENTS)}.")
    figures = [machine()]
    print(json.dumps(figures[0]), flush=True)
    for name in wanted:
        for figure in MEASUREMENTS[name]():
            print(json.dumps(figure, ensure_ascii=False), flush=True)
            figures.append(figure)
        keep(name, figures)
        draw(name, figures)


if __name__ == "__main__":
    main()
