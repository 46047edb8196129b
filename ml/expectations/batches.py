"""A landed batch: the good rows go on, the bad ones are named with their reasons, repeated ones do no harm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from great_expectations.core import ExpectationValidationResult

from ml.expectations.running import name_of, result_json, rows_of, run, was_evaluated
from ml.expectations.suites import examined, id_expectation, row_expectations
from ml.parsing import read_text, read_values
from ml.repeats import compare_content
from ml.schema import REQUIRED_NAMES

_SUITE = "landed_transactions"
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Validation:
    """What became of a batch: every landed row is in exactly one of the three, or the batch is held.

    :param valid: typed rows, as `ml.parsing.parse` gives them, under their landed ids.
    :param quarantined: one column `reasons`, the names of the expectations that a row broke (`list[str]`), under the
        landed ids.
    :param repeated: landed ids of rows that say again what is known already.
    :param result: JSON of Great Expectations' result, without personal data.
    :param is_held: the batch itself is broken; then the three are empty, and `held_reason` is one sentence.
    """

    valid: pd.DataFrame
    quarantined: pd.DataFrame
    repeated: list[int]
    result: dict[str, Any]
    is_held: bool = False
    held_reason: str | None = None


def validate(
    landed: pd.DataFrame,
    now: datetime,
    max_age_days: float = 3650.0,
    max_future_seconds: float = 300.0,
    known: pd.DataFrame | None = None,
) -> Validation:
    """Tell the good rows of a batch from the bad ones, each with its reasons.

    A bad row costs no other row anything: a good row that follows a bad one with the same id is good.

    :param landed: rows as text, in the order in which they landed, under their landed ids; a missing required column
        holds the batch, a missing optional one is null throughout.
    :param now: aware instant, against which age and future are measured.
    :param max_age_days: age from which on a row is refused.
    :param max_future_seconds: how far a producer's clock may run ahead.
    :param known: stored transactions with the ids of this batch, see `ml.repeats.compare_content`.
    :raises ValueError: `now` has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a zone, or nobody knows what is in the future")
    text = read_text(landed).reset_index(drop=True)
    typed = read_values(text)
    missing = [name for name in REQUIRED_NAMES if name not in landed]
    limits = _later(now, days=-max_age_days), _later(now, seconds=max_future_seconds)
    outcomes = run(examined(text, typed, missing), row_expectations(*limits, missing))
    if reason := _why_held(missing, outcomes):
        return _held(typed, outcomes, now, landed.index, reason)
    comparison = compare_content(typed.drop(index=_broken(outcomes)), known)
    outcomes += run(comparison[["content_of", "first_with_id"]], [id_expectation()])
    if reason := _why_held(missing, outcomes):
        return _held(typed, outcomes, now, landed.index, reason)
    return _sorted_out(typed, outcomes, comparison.index[comparison["is_repeat"]], now, landed.index)


def _sorted_out(
    typed: pd.DataFrame, outcomes: list[ExpectationValidationResult], repeats: pd.Index, now: datetime, ids: pd.Index
) -> Validation:
    broken = _broken(outcomes)
    valid = typed.drop(index=broken.union(repeats))
    reasons = _reasons(outcomes, broken)
    counts = {"landed": len(typed), "valid": len(valid), "quarantined": len(broken), "repeated": len(repeats)}
    return Validation(
        valid=valid.set_axis(ids[valid.index]),
        quarantined=pd.DataFrame({"reasons": reasons}, index=ids[broken]),
        repeated=ids[repeats].tolist(),
        result=result_json(_SUITE, outcomes, now, ids, counts),
    )


def _held(
    typed: pd.DataFrame, outcomes: list[ExpectationValidationResult], now: datetime, ids: pd.Index, reason: str
) -> Validation:
    result = result_json(
        _SUITE, outcomes, now, ids, {"landed": len(typed), "valid": 0, "quarantined": 0, "repeated": 0}
    )
    nobody = ids[:0]
    return Validation(
        typed.iloc[:0].set_axis(nobody), pd.DataFrame({"reasons": []}, nobody, dtype="object"), [], result, True, reason
    )


def _why_held(missing: Sequence[str], outcomes: list[ExpectationValidationResult]) -> str | None:
    if missing:
        return f"The batch has no column {', '.join(missing)}."
    undecided = [name_of(outcome) for outcome in outcomes if not was_evaluated(outcome)]
    return f"Great Expectations could not evaluate {', '.join(undecided)}." if undecided else None


def _broken(outcomes: list[ExpectationValidationResult]) -> pd.Index:
    return pd.Index(sorted({row for outcome in outcomes for row in rows_of(outcome)}), dtype="int64")


def _reasons(outcomes: list[ExpectationValidationResult], broken: pd.Index) -> list[list[str]]:
    reasons: dict[int, list[str]] = {row: [] for row in broken}
    for outcome in outcomes:
        for row in rows_of(outcome):
            reasons[row].append(name_of(outcome))
    return list(reasons.values())


def _later(now: datetime, days: float = 0.0, seconds: float = 0.0) -> datetime:
    try:
        return now + timedelta(days=days, seconds=seconds)
    except OverflowError:
        return _LAST if days + seconds > 0 else _FIRST
