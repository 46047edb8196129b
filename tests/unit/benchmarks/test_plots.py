"""Pictures of the benchmarks say what the page says."""

import pytest

from tests.benchmarks import plots
from tests.benchmarks.report import PAGE

LATENCY = [
    {"measurement": "latency", "path": path, "rate": 100, "p50": p50, "p95": 2 * p50, "p99": 3 * p50} | aim
    for path, p50, aim in [("through Airflow", 1.0, {"aim": "p95 under 2 s"}), ("baseline", 30.0, {})]
]
WORLDS = [
    {"measurement": "batch_cost", "figure": "batch_ms", "world": world, "validate": 1.0, "score": 2.0, "value": 3.0}
    for world in ("little history", "much history")
]


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    monkeypatch.setattr(plots, "PICTURES", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["floor", "throughput", "backfill"])
def test_figures_of_the_page_are_drawn(pictures, name):
    figures = plots.figures_on(PAGE.read_text(encoding="utf-8"), name)
    assert plots.draw(name, figures) == pictures / f"bench-{name}.png"
    assert (pictures / f"bench-{name}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("name", "figures"), [("latency", LATENCY), ("batch_cost", WORLDS)])
def test_other_measurements_are_left_out(pictures, name, figures):
    foreign = {"measurement": "machine", "cores": 2}
    assert plots.draw(name, [foreign, *figures]) is not None


def test_what_nobody_draws_leaves_no_picture(pictures):
    assert plots.draw("suite", [{"measurement": "suite"}]) is None
    assert not list(pictures.iterdir())


def test_bars_are_as_long_as_the_figures():
    axes = plots._latency(LATENCY)
    assert sorted(bar.get_width() for bar in axes.patches) == [1.0, 2.0, 3.0, 30.0, 60.0, 90.0]


def test_a_page_without_the_measurement_has_no_figures():
    assert plots.figures_on("# Measured\n", "latency") == []
