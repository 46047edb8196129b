"""What the rows looked like on which a panel was judged: counted once and kept with the panel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.voting import POLICIES, says_fraud, votes

Kind = Literal["feature", "score", "vote"]
Floats = npt.NDArray[np.float64]

BINS: Final = 10
MOST_CATEGORIES: Final = 200


@dataclass(frozen=True)
class Reference:
    """Of one feature, one member's score, or one vote.

    :param rows: that were counted.
    :param content: plain JSON. Numbers: `edges` (ascending), `counts` (one more than edges), `missing`. Categories:
        `categories` (name -> rows), `missing`. Votes: `fraud` (rows) and `share`.
    """

    kind: Kind
    name: str
    rows: int
    content: dict[str, Any]


def panel_references(
    features: pd.DataFrame, scores: pd.DataFrame, thresholds: Mapping[str, float]
) -> tuple[Reference, ...]:
    """Count the rows that a panel was judged on.

    These and not the training rows: no member has seen them, so their scores are those of live rows; and they are the
    newest, so windows over 30 days are full, which they are not at the beginning of a history.

    :param features: columns of `ml.features.FEATURE_NAMES`, one row per judged row.
    :param scores: the same rows, one column per member.
    :param thresholds: member -> threshold.
    """
    return (
        *(_of_values("feature", str(name), features[name]) for name in features.columns),
        *(_of_values("score", str(member), scores[member]) for member in scores.columns),
        *_of_votes(votes(scores, thresholds)),
    )


def _of_values(kind: Kind, name: str, values: "pd.Series[Any]") -> Reference:
    content = _numbers(values) if pd.api.types.is_numeric_dtype(values) else _categories(values)
    return Reference(kind, name, len(values), content)


def _of_votes(cast: pd.DataFrame) -> list[Reference]:
    says = {str(member): cast[member] for member in cast.columns}
    says |= {policy: says_fraud(cast, policy) for policy in POLICIES}
    return [Reference("vote", name, len(said), _share(int(said.sum()), len(said))) for name, said in says.items()]


def _share(fraud: int, rows: int) -> dict[str, Any]:
    return {"fraud": fraud, "share": fraud / rows if rows else None}


def _numbers(values: "pd.Series[Any]") -> dict[str, Any]:
    numbers = values.to_numpy(np.float64, na_value=np.nan)
    known = numbers[~np.isnan(numbers)]
    edges = edges_of(known)
    return {
        "edges": edges.tolist(),
        "counts": counts_in(edges, known).tolist(),
        "missing": int(len(numbers) - len(known)),
    }


def edges_of(known: Floats) -> Floats:
    """Return the deciles; a value that makes up a tenth of the rows or more has a bin of its own.

    Without such bins a column that is mostly 0 would have one bin, and no change of it would ever be seen.

    :param known: numbers, none of them NaN.
    """
    if not len(known):
        return np.empty(0)
    deciles = np.unique(np.quantile(known, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    share = np.searchsorted(np.sort(known), deciles, side="right") - np.searchsorted(np.sort(known), deciles)
    own = deciles[share * BINS >= len(known)]
    return np.unique(np.concatenate([deciles, np.nextafter(own, np.inf)]))


def counts_in(edges: Floats, known: Floats) -> npt.NDArray[np.int64]:
    """Count numbers below the first edge, from each edge to the next, and from the last one on."""
    bins = np.searchsorted(edges, known, side="right")
    return np.bincount(bins, minlength=len(edges) + 1).astype(np.int64)


def _categories(values: "pd.Series[Any]") -> dict[str, Any]:
    known = known_texts(values)
    counts = known.value_counts().head(MOST_CATEGORIES)
    return {
        "categories": {str(name): int(rows) for name, rows in counts.items()},
        "missing": len(values) - len(known),
    }


def known_texts(values: "pd.Series[Any]") -> "pd.Series[str]":
    """Return the texts that say something: features have "" where nothing is known."""
    texts = values.dropna().astype(str)
    return texts[texts != ""]
