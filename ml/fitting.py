"""Fit a panel: calibrate its members and choose its thresholds on later rows that they have not seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.calibration import Calibrated, fit_line
from ml.evaluation import JudgedRows, known_cards, message_figures
from ml.features import LABEL_DELAY
from ml.models import MEMBERS, Estimator, single_threaded
from ml.scoring import score_members
from ml.thresholds import choose_thresholds
from ml.voting import Policy, says_fraud, votes

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Fit = Callable[[Estimator, pd.DataFrame, Flags], Estimator]

HELD_OUT_SHARE: Final = 0.25
FEWEST_FRAUDS: Final = 10
"""Frauds that rows must have before anything is learned from them; with fewer every figure is chance."""
_DAY: Final = pd.Timedelta(days=1)


class TooLittleDataError(ValueError):
    """There is not enough labelled history to train on; the message says what is missing."""


class BrokenMemberError(RuntimeError):
    """A member cannot be fitted, or gives scores that are no numbers; the message names it."""


@dataclass(frozen=True)
class LabelledRows:
    """Transactions whose labels are known, in order of time: one entry per row.

    :param features: columns `ml.features.FEATURE_NAMES`, indexed by `transaction_id`.
    :param occurred_at: UTC.
    :param amount: in the main unit.
    """

    features: pd.DataFrame
    is_fraud: Flags
    occurred_at: pd.DatetimeIndex
    customer: npt.NDArray[Any]
    amount: Floats

    def __len__(self) -> int:
        return len(self.is_fraud)


@dataclass(frozen=True)
class FittedPanel:
    """Members that were fitted on all rows, and what members of the same kind reached on rows they had not seen.

    :param members: calibrated, single-threaded, by name.
    :param held_out: the later part of the rows.
    :param held_out_scores: one row per held-out row, one column per member, calibrated, by members that were fitted
        on the earlier part only.
    """

    members: dict[str, Estimator]
    held_out: JudgedRows
    held_out_scores: pd.DataFrame

    def thresholds(self, messages_per_10k: float, policy: Policy) -> dict[str, float]:
        """Choose member -> threshold so that the held-out rows' messages stay within a budget.

        :param messages_per_10k: messages per 10,000 active customers and day.
        """
        most = self.held_out.max_messages(messages_per_10k)
        return choose_thresholds(self.held_out_scores, self.held_out.is_fraud, most, policy)

    def expected_messages_per_10k(self, thresholds: Mapping[str, float], policy: Policy) -> float:
        """Return how many messages per 10,000 active customers and day the held-out rows would have caused."""
        messages = says_fraud(votes(self.held_out_scores, thresholds), policy).to_numpy(bool)
        return message_figures(self.held_out, messages)["messages_per_10k"]


def fit_at_once(member: Estimator, x: pd.DataFrame, y: Flags) -> Estimator:
    """Fit a member with all rows in memory."""
    return member.fit(x, y)


def fit_panel(rows: LabelledRows, members: Sequence[str], seed: int, fit: Fit = fit_at_once) -> FittedPanel:
    """Fit members on the earlier part of the rows, learn their calibration on the later part, fit them on all rows.

    :param fit: how a member is fitted; `ml.long_history.fit_in_pieces` where the rows do not fit into memory.
    :raises TooLittleDataError: fewer than two days, or too few frauds to learn from.
    :raises BrokenMemberError: a member fails in `fit`, or gives scores that are no numbers.
    """
    cut = _cut(rows)
    _demand_something_to_learn(rows, cut)
    fitted, scores = {}, {}
    for name in members:
        try:
            fitted[name], scores[name] = _fit_member(name, rows, cut, seed, fit)
        except Exception as error:
            # Whoever reads it knows members, and not what went wrong inside one of them.
            raise BrokenMemberError(f"{name} cannot be fitted: {error}") from error
    return FittedPanel(fitted, _held_out(rows, cut), pd.DataFrame(scores, index=rows.features.index[cut:]))


def _fit_member(name: str, rows: LabelledRows, cut: int, seed: int, fit: Fit) -> tuple[Estimator, Floats]:
    """Return the member fitted on all rows, and the scores of its kind on the later rows that it had not seen."""
    early, later = rows.features.iloc[:cut], rows.features.iloc[cut:]
    # One thread: several would add up a forest's trees in any order, and the last bits would differ each time.
    trial = single_threaded(fit(MEMBERS[name](seed), early, rows.is_fraud[:cut]))
    line = fit_line(_raw_scores(trial, later), rows.is_fraud[cut:])
    scores = _raw_scores(Calibrated(trial, *line), later)
    if not np.isfinite(scores).all():
        raise ValueError("it gives scores that are no numbers")
    whole = fit(MEMBERS[name](seed), rows.features, rows.is_fraud)
    return single_threaded(Calibrated(whole, *line).as_fitted()), scores


def _raw_scores(member: Estimator, x: pd.DataFrame) -> Floats:
    return score_members(x, {"member": member})["member"].to_numpy(np.float64)


def _cut(rows: LabelledRows) -> int:
    """Return the first held-out row: of whole days, the last quarter of the time."""
    if not len(rows):
        return 0
    days = max(1, round(_days(rows) * HELD_OUT_SHARE))
    return int(rows.occurred_at.searchsorted(rows.occurred_at[-1] - days * _DAY, side="right"))


def _held_out(rows: LabelledRows, cut: int) -> JudgedRows:
    begin = rows.occurred_at[cut]
    day = np.asarray((rows.occurred_at - begin) // _DAY, dtype=np.int64)
    known = known_cards(rows.customer, day, rows.is_fraud, LABEL_DELAY / _DAY)
    return JudgedRows(
        is_fraud=rows.is_fraud[cut:],
        customer=rows.customer[cut:],
        day=day[cut:],
        is_known_card=known[cut:],
        days=int(day[-1]) + 1,
        amount=rows.amount[cut:],
    )


def _demand_something_to_learn(rows: LabelledRows, cut: int) -> None:
    if not 0 < cut < len(rows):
        raise TooLittleDataError(f"{len(rows)} rows of {_days(rows):.1f} days are too few: a panel needs two days")
    frauds = int(rows.is_fraud[:cut].sum())
    if frauds < FEWEST_FRAUDS / 2 or frauds == cut:
        raise TooLittleDataError(
            f"{frauds} frauds among the first {cut} of {len(rows)} rows: members learn from both fraud and honest rows"
        )


def _days(rows: LabelledRows) -> float:
    return (rows.occurred_at[-1] - rows.occurred_at[0]) / _DAY if len(rows) else 0.0
