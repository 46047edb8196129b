"""What panels and single members find with the same number of messages: whether the vote earns its place."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ml.evaluation import Flags, Floats
from ml.voting import Policy, needed_votes, says_fraud, votes

Found = dict[str, float]


def at_same_messages(
    is_fraud: Flags,
    scores: pd.DataFrame,
    held_out_scores: pd.DataFrame,
    thresholds: Mapping[Policy, Mapping[str, float]],
) -> dict[str, Found]:
    """Give the majority, and each member alone, as many messages as the unanimous panel sent, and compare.

    The unanimous panel keeps its thresholds. A member alone calls the rows with its highest scores. The majority
    keeps the looseness of its members to each other: how often each one may vote is multiplied by one strictness,
    until as many rows have enough votes. Every test row counts, also those of known cards, as in all message figures.
    Where rows tie at the last place, they share it: each counts by the part of them that still fits, so the numbers
    of messages are equal, and neither the order of the rows nor luck decides.

    :param is_fraud: one per test row.
    :param scores: one row per test row, one column per member.
    :param held_out_scores: of the rows on which the thresholds were chosen.
    :param thresholds: policy -> member -> threshold.
    :return: "unanimous", "majority" and each member -> `messages`, `message_precision`, `message_recall`; precision
        is NaN where no message was sent, recall where there was no fraud.
    """
    sent = says_fraud(votes(scores, thresholds["unanimous"]), "unanimous").to_numpy(bool)
    messages = int(sent.sum())
    order: dict[str, Floats] = {"unanimous": sent.astype(np.float64)}
    order["majority"] = -strictness(scores, held_out_scores, thresholds["majority"], "majority")
    order |= {str(name): scores[name].to_numpy(np.float64) for name in thresholds["unanimous"]}
    return {name: found_by_top(is_fraud, ranking, messages) for name, ranking in order.items()}


def found_by_top(is_fraud: Flags, ranking: Floats, messages: int) -> Found:
    """Return what the `messages` highest rows find; rows that tie at the last place share what is left."""
    frauds, hits = int(is_fraud.sum()), 0.0
    if messages:
        edge = np.partition(ranking, -messages)[-messages]
        above, at_edge = ranking > edge, ranking == edge
        left = messages - int(above.sum())
        hits = int(is_fraud[above].sum()) + left * float(is_fraud[at_edge].mean())
    return {
        "messages": float(messages),
        "message_precision": hits / messages if messages else float("nan"),
        "message_recall": hits / frauds if frauds else float("nan"),
    }


def strictness(
    scores: pd.DataFrame, held_out_scores: pd.DataFrame, thresholds: Mapping[str, float], policy: Policy
) -> Floats:
    """Return for each row how much looser or stricter than chosen the panel must be for enough votes on it.

    A member's looseness is the share of held-out rows at or above its threshold; a row is at place p for a member
    where a share p of the rows scores as high or higher.
    """
    places = np.column_stack(
        [
            _share_at_or_above(scores[name].to_numpy(np.float64))
            / max(float((held_out_scores[name] >= threshold).mean()), 1 / max(len(held_out_scores), 1))
            for name, threshold in thresholds.items()
        ]
    )
    needed: Floats = np.sort(places, axis=1)[:, needed_votes(len(thresholds), policy) - 1]
    return needed


def _share_at_or_above(scores: Floats) -> Floats:
    share: Floats = 1 - np.searchsorted(np.sort(scores), scores, side="left") / max(len(scores), 1)
    return share
