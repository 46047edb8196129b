"""Data docs: kept results as a static site, rendered by Great Expectations' own renderers."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from great_expectations.core import ExpectationSuite, expectationSuiteValidationResultSchema
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)

from ml.expectations.running import new_context


def write_data_docs(results: Sequence[dict[str, Any]], folder: Path) -> Path:
    """Render kept results: an index, a page for each result and one for each suite; older pages go.

    :param results: what `validate` and `validate_training` gave as `result`.
    :param folder: made where it is missing.
    :return: path of `index.html`.
    :raises RuntimeError: a result could not be rendered.
    """
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    context = new_context({"jikimi": site})
    described = [_described(result) for result in results]
    for suite in {result["suite_name"]: _suite_of(result) for result in described}.values():
        context.suites.add(suite)
    for number, result in enumerate(described):
        context.validation_results_store.set(_key(result, number), expectationSuiteValidationResultSchema.load(result))
    context.build_data_docs()
    pages = len(list(folder.glob("validations/**/*.html")))
    if pages != len(results):
        raise RuntimeError(f"Great Expectations rendered {pages} of {len(results)} results; its log says why.")
    return folder / "index.html"


def _key(result: dict[str, Any], number: int) -> ValidationResultIdentifier:
    run_time = result["meta"]["run_id"]["run_time"]
    # The number keeps results apart that ran in the same instant.
    return ValidationResultIdentifier(
        ExpectationSuiteIdentifier(result["suite_name"]), RunIdentifier("jikimi", run_time), f"{number:06d}"
    )


def _described(result: dict[str, Any]) -> dict[str, Any]:
    """Give each expectation a description that starts with its name: left alone, the pages do not show names."""
    result = deepcopy(result)
    for one in result["results"]:
        expectation = one["expectation_config"]
        expectation["kwargs"].pop("batch_id", None)
        arguments = ", ".join(f"{key} {value}" for key, value in expectation["kwargs"].items())
        expectation["description"] = f"{expectation['meta']['name']} ({arguments})".replace("$", "$$")
    return result


def _suite_of(result: dict[str, Any]) -> ExpectationSuite:
    configurations = [one["expectation_config"] for one in deepcopy(result)["results"]]
    return ExpectationSuite(result["suite_name"], expectations=configurations)
