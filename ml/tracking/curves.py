"""Curves of scores against the truth, for one member or for all of them and the panel in one picture."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from ml.evaluation import Flags, Floats
from ml.evaluation.ranking import FALSE_POSITIVE_RATE
from ml.tracking.describing import words
from ml.tracking.style import FRAUD, GUIDE, HONEST, PANEL_NAME, colours, new_axes

SMALLEST_SCORE: Final = 1e-6
KINDS: Final = ("honest", "fraud")
ODDS_TICKS: Final = (1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
RELIABILITY_BINS: Final = 10
FEWEST_EXPECTED: Final = 3.0
"""Frauds that a point of the reliability diagram must expect; with fewer it is chance."""


def precision_recall(
    is_fraud: Flags, scores: Mapping[str, Floats], thresholds: Mapping[str, float], title: str
) -> Axes:
    """Draw precision against recall, a dot where each member's threshold lies.

    :param scores: by name of the member, or `panel`.
    """
    axes = new_axes(title, "recall: share of the fraud that is found", "precision: share of the alarms that are true")
    for name, colour in colours(scores).items():
        precision, recall, _ = precision_recall_curve(is_fraud, scores[name], drop_intermediate=True)
        label = f"{words(name)} (average precision {average_precision_score(is_fraud, scores[name]):.3f})"
        axes.step(recall, precision, where="post", color=colour, label=label, linewidth=_width(name))
        if name in thresholds:
            called = scores[name] >= thresholds[name]
            _dot(axes, called[is_fraud].mean(), is_fraud[called].mean() if called.any() else np.nan, colour)
    _guide(axes.axhline(is_fraud.mean(), zorder=1), f"chance ({is_fraud.mean():.2%} is fraud)")
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    axes.plot([], [], "o", color=GUIDE, label="at the threshold")
    axes.legend(fontsize=8, loc="lower left")
    return axes


def roc(is_fraud: Flags, scores: Mapping[str, Floats], thresholds: Mapping[str, float], title: str) -> Axes:
    """Draw recall against the false-positive rate, the rate on a log scale: only its left end is of use to a bank."""
    axes = new_axes(title, "false-positive rate: share of the honest rows called fraud (log scale)", "recall")
    least = 0.5 / max(1, int((~is_fraud).sum()))
    for name, colour in colours(scores).items():
        rate, recall, _ = roc_curve(is_fraud, scores[name])
        label = f"{words(name)} (AUC {roc_auc_score(is_fraud, scores[name]):.3f})"
        axes.step(np.maximum(rate, least), recall, where="post", color=colour, label=label, linewidth=_width(name))
        if name in thresholds:
            called = scores[name] >= thresholds[name]
            _dot(axes, max(called[~is_fraud].mean(), least), called[is_fraud].mean(), colour)
    _guide(axes.axvline(FALSE_POSITIVE_RATE, zorder=1), "one honest row in a thousand")
    axes.set_xscale("log")
    axes.set(xlim=(least, 1), ylim=(0, 1.02))
    axes.plot([], [], "o", color=GUIDE, label="at the threshold")
    axes.legend(fontsize=8, loc="lower right")
    return axes


def reliability(is_fraud: Flags, scores: Mapping[str, Floats], title: str) -> Axes:
    """Draw the share of fraud against the mean score, with 95 % intervals: on the diagonal a score is a probability.

    Rows are sorted by score and cut so that each point expects equally much fraud: bins of equal counts would put all
    fraud into the last one. Intervals: Wilson, Probable inference, 1927.
    """
    axes = new_axes(title, "mean score", "share that was fraud")
    lowest = 0.5
    for name, colour in colours(scores).items():
        mean, share, low, high = (_odds(each) for each in reliability_points(is_fraud, scores[name]))
        bars = np.stack([share - low, high - share])
        axes.errorbar(mean, share, bars, color=colour, marker="o", markersize=5, capsize=2, label=words(name), lw=1.2)
        lowest = min(lowest, mean[0])
    ends = (lowest - 1.5, _odds(0.999))
    _guide(axes.plot(ends, ends, zorder=1)[0], "a score that is a true probability")
    axes.set(xlim=ends, ylim=ends)
    _label_odds(axes.xaxis, ends)
    _label_odds(axes.yaxis, ends)
    axes.legend(fontsize=8, loc="upper left")
    return axes


def reliability_points(is_fraud: Flags, scores: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mean score, share of fraud and the ends of its 95 % interval, per bin of equally much expected fraud."""
    order = np.argsort(scores, kind="stable")
    score, truth = np.maximum(scores[order], SMALLEST_SCORE), is_fraud[order]
    expected = np.cumsum(score)
    bins = int(np.clip(expected[-1] / FEWEST_EXPECTED, 1, RELIABILITY_BINS))
    place = np.minimum((expected / expected[-1] * bins).astype(np.int64), bins - 1)
    rows = np.bincount(place, minlength=bins)
    kept = rows > 0
    rows = rows[kept]
    mean = np.bincount(place, score, bins)[kept] / rows
    share = np.bincount(place, truth, bins)[kept] / rows
    return mean, share, *_wilson(share, rows)


def score_distribution(is_fraud: Flags, scores: Floats, threshold: float, title: str) -> Axes:
    """Draw how many honest and fraudulent rows have which score, both on log scales: most rows are near 0."""
    axes = new_axes(title, "score: probability of fraud", "transactions (log scale)")
    ends = (_odds(1e-5), _odds(0.9999))
    edges = np.linspace(*ends, 61)
    odds = np.clip(_odds(scores), *ends)
    for flags, colour, label in ((~is_fraud, HONEST, "honest"), (is_fraud, FRAUD, "fraud")):
        axes.hist(
            odds[flags], edges.tolist(), color=colour, label=label, histtype="stepfilled", alpha=0.55, edgecolor=colour
        )
    _guide(axes.axvline(_odds(threshold)), f"threshold {threshold:.3g}", "#000000")
    _label_odds(axes.xaxis, ends)
    axes.set_yscale("log")
    axes.legend(fontsize=8)
    return axes


def confusion(is_fraud: Flags, is_vote: Flags, title: str) -> Axes:
    """Draw how many rows were what, and were called what."""
    axes = new_axes(title, "the member says", "it was", size=(5.6, 4.4), left=0.14)
    counts = np.array(
        [[int((is_fraud == truth)[is_vote == vote].sum()) for vote in (False, True)] for truth in (False, True)]
    )
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.2, aspect="auto")
    for truth in (0, 1):
        for vote in (0, 1):
            text = f"{counts[truth, vote]:,}\n{shares[truth, vote]:.2%} of the {KINDS[truth]}"
            colour = "white" if shares[truth, vote] > 0.6 else "black"
            axes.text(vote, truth, text, ha="center", va="center", color=colour, fontsize=12)
    axes.set_xticks([0, 1], list(KINDS))
    axes.set_yticks([0, 1], list(KINDS))
    axes.grid(visible=False)
    return axes


def _odds(scores: Any) -> Any:
    inside = np.clip(np.asarray(scores, dtype=np.float64), SMALLEST_SCORE / 10, 1 - 1e-9)
    return np.log(inside) - np.log1p(-inside)


def _label_odds(axis: Axis, ends: tuple[float, float]) -> None:
    """Label an axis of log-odds with the probabilities that they stand for."""
    shown = [each for each in ODDS_TICKS if ends[0] <= _odds(each) <= ends[1]]
    axis.set_ticks([_odds(each) for each in shown], [f"{100 * each:g} %" for each in shown], fontsize=8)


def _wilson(share: Floats, rows: npt.NDArray[Any], z: float = 1.96) -> tuple[Floats, Floats]:
    middle = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z * np.sqrt(share * (1 - share) / rows + z * z / (4 * rows**2)) / (1 + z * z / rows)
    return np.minimum(middle - half, share), np.maximum(middle + half, share)


def _dot(axes: Axes, x: float, y: float, colour: str) -> None:
    axes.plot([x], [y], "o", color=colour, markersize=8, markeredgecolor="white", zorder=5, clip_on=False)


def _guide(line: Any, label: str, colour: str = GUIDE) -> None:
    line.set(color=colour, linestyle="--", linewidth=1.0, label=label)


def _width(name: str) -> float:
    return 2.4 if name == PANEL_NAME else 1.5
