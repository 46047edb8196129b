"""The suites: expectations made from the one schema, each with a stable name.

The name stands in the expectation's meta; it is the reason with which a row is quarantined.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import great_expectations.expectations as gxe
import numpy as np
import pandas as pd
from great_expectations.expectations.expectation import Expectation

from ml.expectations.steady import steady
from ml.schema import COLUMNS, REQUIRED_NAMES, Column


def examined(text: pd.DataFrame, typed: pd.DataFrame, missing: Sequence[str]) -> pd.DataFrame:
    """Return the frame that `row_expectations` speak of: every column but the missing ones, and helpers.

    A required instant or number is there a second time as the text that landed, and as `…_if_given`, which is null
    where text was given and not understood, so that a missing value has one reason and not two. (A row condition says
    the same and takes Great Expectations three times as long.)
    """
    frame = typed.drop(columns=list(missing))
    for column in COLUMNS:
        name = column.name
        if column.kind == "text" or name in missing:
            continue
        is_misunderstood = text[name].notna() & typed[name].isna()
        if column.is_required:
            frame[_as_landed(column)] = text[name]
            frame[f"{name}_if_given"] = np.where(is_misunderstood, np.nan, 1.0)
        else:
            # Out of every range, so that one expectation refuses what is not a number and what is too large.
            frame[name] = typed[name].mask(is_misunderstood, np.inf)
    return frame


def row_expectations(not_before: datetime, not_after: datetime, missing: Sequence[str]) -> Iterator[Expectation]:
    """Yield what must hold for landed rows, except for what could be said of `missing` columns only."""
    must_have = {"column_set": list(REQUIRED_NAMES), "exact_match": False}
    yield _named(gxe.ExpectTableColumnsToMatchSet, "required_columns_are_present", **must_have)
    for column in COLUMNS:
        if column.name in missing:
            continue
        if column.is_required:
            yield _named(gxe.ExpectColumnValuesToNotBeNull, f"{column.name}_is_present", column=_as_landed(column))
        if column.kind == "text":
            yield from _text_expectations(column)
        elif column.kind == "number":
            yield from _number_expectations(column)
        else:
            yield from _instant_expectations(column.name, not_before, not_after)


def id_expectation() -> Expectation:
    """Return what must hold for rows that share an id; see `ml.repeats.compare_content`."""
    name, columns = "transaction_id_used_for_other_content", {"column_A": "content_of", "column_B": "first_with_id"}
    return _named(gxe.ExpectColumnPairValuesToBeEqual, name, **columns)


def training_expectations(as_of: datetime, minimum_rows: int, maximum_share: float) -> Iterator[Expectation]:
    """Yield what must hold for the transactions, with their newest label, that a panel is trained on."""
    yield _named(gxe.ExpectTableRowCountToBeBetween, "rows_are_enough", min_value=minimum_rows)
    for name in ("transaction_id", "occurred_at", "customer_id", "merchant_id", "amount"):
        yield _named(gxe.ExpectColumnValuesToNotBeNull, f"{name}_is_present", column=name)
    yield _named(gxe.ExpectColumnValuesToBeUnique, "transaction_id_is_unique", column="transaction_id")
    yield _between("amount_is_positive", "amount", min_value=0, strict_min=True)
    share = {"min_value": 0, "strict_min": True, "max_value": maximum_share}
    yield _named(gxe.ExpectColumnMeanToBeBetween, "fraud_is_there_and_rare", column="is_fraud", **share)
    yield _between("label_known_in_time", "known_at", max_value=as_of)


def _text_expectations(column: Column) -> Iterator[Expectation]:
    name = column.name
    if column.allowed:
        yield _named(gxe.ExpectColumnValuesToBeInSet, f"{name}_is_known", column=name, value_set=list(column.allowed))
        return
    if column.pattern:
        # A pattern that only forbids characters describes free text, any other one a form.
        reason = "is_clean_text" if column.pattern.startswith("[^") else "well_formed"
        # \Z, because $ would let a last newline pass.
        regex = rf"\A(?:{_printable(column.pattern)})\Z"
        yield _named(gxe.ExpectColumnValuesToMatchRegex, f"{name}_{reason}", column=name, regex=regex)
    if column.max_length:
        lengths = gxe.ExpectColumnValueLengthsToBeBetween
        yield _named(lengths, f"{name}_short_enough", column=name, max_value=column.max_length)


def _number_expectations(column: Column) -> Iterator[Expectation]:
    name, low, high = column.name, column.minimum, column.maximum
    if not column.is_required:
        yield _between(f"{name}_is_a_number_in_range", name, min_value=low, max_value=high)
        return
    yield _understood(name, "is_a_number")
    if low is not None:
        yield _between(f"{name}_is_positive" if low > 0 else f"{name}_not_too_small", name, min_value=low)
    if high is not None:
        yield _between(f"{name}_not_too_large", name, max_value=high)


def _instant_expectations(name: str, not_before: datetime, not_after: datetime) -> Iterator[Expectation]:
    yield _understood(name, "is_an_instant")
    yield _between(f"{name}_not_too_old", name, min_value=not_before)
    yield _between(f"{name}_not_in_the_future", name, max_value=not_after)


def _understood(name: str, reason: str) -> Expectation:
    return _named(gxe.ExpectColumnValuesToNotBeNull, f"{name}_{reason}", column=f"{name}_if_given")


def _between(name: str, column: str, **bounds: Any) -> Expectation:
    return _named(gxe.ExpectColumnValuesToBeBetween, name, column=column, **bounds)


def _as_landed(column: Column) -> str:
    return column.name if column.kind == "text" else column.name + "_as_landed"


def _named(kind: type[Expectation], name: str, **arguments: Any) -> Expectation:
    return steady(kind)(meta={"name": name}, **arguments)


def _printable(pattern: str) -> str:
    return "".join(f"\\x{ord(letter):02x}" if ord(letter) < 32 or ord(letter) == 127 else letter for letter in pattern)
