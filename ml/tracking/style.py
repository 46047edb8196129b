"""How every picture looks: one palette that colour-blind people can read, words for titles, no state of pyplot."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Source: Okabe and Ito, Color Universal Design, 2008.
FRAUD: Final = "#D55E00"
HONEST: Final = "#56B4E9"
PANEL: Final = "#000000"
GUIDE: Final = "#8C8C8C"
_MEMBERS: Final = {"logistic_regression": "#0072B2", "random_forest": "#009E73", "xgboost": "#E69F00"}
_OTHERS: Final = ("#CC79A7", "#7A5195", "#6B4C2A")

PANEL_NAME: Final = "panel"
SIZE_INCHES: Final = (7.0, 4.8)
DOTS_PER_INCH: Final = 100


def colours(names: Iterable[str]) -> dict[str, str]:
    """Return a colour per name: members keep theirs in every picture, the panel is black."""
    others = iter(_OTHERS * 10)
    known = {PANEL_NAME: PANEL} | _MEMBERS
    return {name: known[name] if name in known else next(others) for name in names}


def new_axes(title: str, x: str, y: str, size: tuple[float, float] = SIZE_INCHES, left: float = 0.11) -> Axes:
    """Return the axes of a figure of its own, titled and with the same quiet grid as all others.

    :param left: share of the width that the labels at the left take.
    """
    # Fixed margins: a layout that looks for them draws everything twice.
    figure = Figure(figsize=size, dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((left, 0.12, 0.97 - left, 0.79))
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(visible=True, color="#E5E5E5", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def save(axes: Axes, file: Path) -> None:
    """Write the figure of these axes as a PNG."""
    figure = axes.get_figure()
    assert isinstance(figure, Figure)  # noqa: S101 - `new_axes` made it
    file.parent.mkdir(parents=True, exist_ok=True)
    # Fast compression: a picture is some 30 kB either way, and a training has more than twenty of them.
    figure.savefig(file, pil_kwargs={"compress_level": 3})
