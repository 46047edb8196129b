"""Pictures of the panel as a whole: how its members agree, and whether it keeps what it promised."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ml.evaluation import Flags, JudgedRows
from ml.tracking.describing import words
from ml.tracking.style import FRAUD, GUIDE, HONEST, PANEL_NAME, colours, new_axes
from ml.voting import Policy, says_fraud, votes


def vote_counts(rows: JudgedRows, cast: pd.DataFrame) -> pd.DataFrame:
    """Count rows by how many members voted fraud.

    :param cast: bool, one row per judged row, one column per member.
    :return: indexed by votes, 0 to the number of members: `honest`, `fraud`, and `precision`, NaN without rows.
    """
    count, possible = cast.sum(axis="columns").to_numpy(np.int64), cast.shape[1] + 1
    honest = np.bincount(count[~rows.is_fraud], minlength=possible)
    fraud = np.bincount(count[rows.is_fraud], minlength=possible)
    table = pd.DataFrame({"honest": honest, "fraud": fraud})
    return table.assign(precision=table["fraud"] / (table["fraud"] + table["honest"]))


def vote_picture(rows: JudgedRows, cast: pd.DataFrame) -> Axes:
    """Draw how often how many members agree, and how often they are right then."""
    table = vote_counts(rows, cast)
    axes = new_axes(
        "How often how many members call it fraud, and how often it is", "members that vote fraud", "rows per day"
    )
    for shift, kind, colour in ((-0.2, "honest", HONEST), (0.2, "fraud", FRAUD)):
        axes.bar(table.index + shift, table[kind] / rows.days, 0.38, color=colour, label=kind)
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0.5 / rows.days), high * 4)
    for place, row in table.iterrows():
        text = "no row" if np.isnan(row["precision"]) else f"{row['precision']:.1%}\nis fraud"
        highest = max(row["honest"], row["fraud"], 0.5) / rows.days
        axes.annotate(text, (float(str(place)), highest), (0, 4), textcoords="offset points", ha="center", fontsize=9)
    axes.set_xticks(table.index, [f"{place}" if place < len(table) - 1 else f"all {place}" for place in table.index])
    axes.set_ylabel("transactions per day (log scale)")
    axes.legend(fontsize=8, loc="upper right")
    return axes


def message_rates(
    rows: JudgedRows, scores: pd.DataFrame, thresholds: Mapping[str, float], policy: Policy
) -> dict[str, float]:
    """Return votes of each member and messages of the panel, per 10,000 active customers and day."""
    cast = votes(scores, thresholds)
    counts = {name: cast[name].to_numpy(bool) for name in thresholds}
    counts[PANEL_NAME] = says_fraud(cast, policy).to_numpy(bool)
    return {name: _per_10k(rows, flags) for name, flags in counts.items()}


def message_picture(
    expected: Mapping[str, float], actual: Mapping[str, float], thresholds: Mapping[str, float], budget: float
) -> Axes:
    """Draw what the thresholds promised on held-out training rows beside what happened on the judged rows.

    :param expected: votes and messages per 10,000 active customers and day, as `message_rates` gives them.
    :param budget: the panel's.
    """
    axes = new_axes(
        "Votes and messages: what the thresholds promised, what came",
        "",
        "per 10,000 active customers and day",
    )
    names = list(actual)
    for shift, rates, alpha in ((-0.2, expected, 0.4), (0.2, actual, 1.0)):
        heights = [rates[name] for name in names]
        bars = axes.bar(np.arange(len(names)) + shift, heights, 0.38, color=list(colours(names).values()), alpha=alpha)
        axes.bar_label(bars, fmt="%.1f", fontsize=8, padding=2)
    axes.axhline(budget, color=FRAUD, linestyle="--", linewidth=1.2, label=f"budget for messages ({budget:g})")
    axes.bar([0], [0], color=GUIDE, alpha=0.4, label="expected (held-out training rows)")
    axes.bar([0], [0], color=GUIDE, label="actual (later rows)")
    labels = [
        f"{words(each)}\n" + (f"score ≥ {thresholds[each]:.3g}" if each in thresholds else "messages") for each in names
    ]
    axes.set_xticks(range(len(names)), labels, fontsize=9)
    axes.margins(y=0.2)
    axes.legend(fontsize=8)
    return axes


def _per_10k(rows: JudgedRows, flags: Flags) -> float:
    customer_days = rows.active_customers * rows.days
    return float(10_000 * flags.sum() / customer_days) if customer_days else float("nan")
