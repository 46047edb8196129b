"""Running Great Expectations on a frame, and keeping what it found without what it saw."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any

import great_expectations as gx
import numpy as np
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from great_expectations.expectations.expectation import Expectation
from great_expectations.validator.v1_validator import Validator

MOST_ROW_NUMBERS = 20
_ONE_AT_A_TIME = Lock()
"""The asset has one frame in hand: a load judges its chunks on two threads."""

_KEPT = (
    "element_count",
    "unexpected_count",
    "unexpected_percent",
    "unexpected_percent_total",
    "unexpected_percent_nonmissing",
    "missing_count",
    "missing_percent",
    "observed_value",
    "details",
)


def new_context(sites: dict[str, Any] | None = None) -> Any:
    """Return a context of Great Expectations in memory, silent, with these sites for data docs."""
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        data_docs_sites=sites or {},
        progress_bars={"globally": False},
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def run(frame: pd.DataFrame, expectations: Iterable[Expectation]) -> list[ExpectationValidationResult]:
    """Return one outcome per expectation, in their order; those that do not hold name every row that breaks them.

    Counting comes first and naming rows only where it is needed: half the work where all is well.

    :param frame: its index must be unique, it is what rows are named by.
    """
    expectations = list(expectations)
    everything = BatchDefinition[None](name="everything", partitioner=None)
    with _ONE_AT_A_TIME:
        everything.set_data_asset(_asset())
        validator = Validator(everything, _result_format("BASIC"), batch_parameters={"dataframe": frame})
        outcomes = _outcomes(validator, expectations)
        validator.result_format = _result_format("COMPLETE")
        outcomes |= _outcomes(validator, [e for e in expectations if not outcomes[e.meta["name"]].success])
        _forget()
    return [outcomes[expectation.meta["name"]] for expectation in expectations]


def name_of(outcome: ExpectationValidationResult) -> str:
    """Return the stable name of the expectation."""
    return str(outcome.expectation_config.meta["name"])


def rows_of(outcome: ExpectationValidationResult) -> list[int]:
    """Return the index of every row that breaks the expectation."""
    return outcome.result.get("unexpected_index_list") or []


def was_evaluated(outcome: ExpectationValidationResult) -> bool:
    """Tell whether Great Expectations came to a decision at all; an error inside it is not a decision about rows."""
    return "unexpected_count" in outcome.result or "observed_value" in outcome.result


def result_json(
    suite: str, outcomes: list[ExpectationValidationResult], ran_at: datetime, ids: pd.Index, counts: dict[str, int]
) -> dict[str, Any]:
    """Return a suite's result as JSON that can be stored and rendered again.

    Kept are counts, percentages and the ids of up to twenty rows per expectation, never a value of a row.

    :param ids: what each row is called, in their order; where it is not a number, the row's position is.
    """
    successful = sum(bool(outcome.success) for outcome in outcomes)
    result = ExpectationSuiteValidationResult(
        success=successful == len(outcomes),
        results=[_without_values(outcome, ids) for outcome in outcomes],
        suite_name=suite,
        statistics={
            "evaluated_expectations": len(outcomes),
            "successful_expectations": successful,
            "unsuccessful_expectations": len(outcomes) - successful,
            "success_percent": 100.0 * successful / len(outcomes),
        },
        meta={
            "great_expectations_version": gx.__version__,
            "run_id": {"run_name": None, "run_time": ran_at.isoformat()},
            "batch_spec": {"data_asset_name": suite},
            "counts": counts,
        },
    )
    return dict(result.to_json_dict())


@cache
def _asset() -> Any:
    """Return what Great Expectations reads frames through: one for all, because it takes long to make."""
    return new_context().data_sources.add_pandas("jikimi").add_dataframe_asset("rows")


def _forget() -> None:
    """Let go of the frame and of all that was worked out of it; the library would keep it for as long as the asset."""
    engine = _asset().datasource.get_execution_engine()
    engine.batch_manager.batch_data_cache.clear()
    engine._metric_cache.clear()


def _outcomes(validator: Validator, expectations: list[Expectation]) -> dict[str, ExpectationValidationResult]:
    if not expectations:
        return {}
    result = validator.validate_expectation_suite(gx.ExpectationSuite("rows", expectations=expectations))
    return {name_of(outcome): outcome for outcome in result.results}


def _result_format(level: str) -> dict[str, Any]:
    return {"result_format": level, "exclude_unexpected_values": True, "return_unexpected_index_query": False}


def _without_values(outcome: ExpectationValidationResult, ids: pd.Index) -> ExpectationValidationResult:
    kept = {key: _finite(outcome.result[key]) for key in _KEPT if key in outcome.result}
    rows = rows_of(outcome)[:MOST_ROW_NUMBERS]
    if rows:
        kept["unexpected_index_list"] = ids[rows].tolist() if pd.api.types.is_integer_dtype(ids) else rows
    is_error = not was_evaluated(outcome)
    # Not the library's own message: it may quote a value.
    message = "It could not be evaluated." if is_error else None
    return ExpectationValidationResult(
        success=bool(outcome.success),
        expectation_config=outcome.expectation_config,
        result=kept,
        meta={},
        exception_info={"raised_exception": is_error, "exception_message": message, "exception_traceback": None},
    )


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
