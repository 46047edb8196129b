"""What validation found, kept: valid rows, quarantined rows with their reasons, and the result itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from psycopg import errors

from jikimi.exceptions import StoredMeanwhile
from jikimi.store.arrays import text_array
from jikimi.store.bulk import copy_frame, plain_json
from jikimi.store.connection import Connection, query
from jikimi.store.frames import copy_rows, read_frame
from jikimi.store.merchants import keep_merchants
from jikimi.store.months import ensure_months

if TYPE_CHECKING:
    import pandas as pd

    from ml.expectations import Validation

_QUARANTINE_COLUMNS = ("landed_id", "batch_id", "reasons", "landed_row")
_STORED_TEXTS = ("transaction_id", "customer_id", "merchant_id", "merchant_name", "category", "currency", "card_masked")
# A megabyte in a field is a reason to refuse a row, not to keep it twice: the landed row has all of it.
_SHOWN = 300


@dataclass(frozen=True)
class Outcome:
    """What became of a batch's rows."""

    landed: int
    valid: int
    quarantined: int
    repeated: int
    is_held: bool = False


def stored_rows(connection: Connection, transaction_ids: Iterable[str | None]) -> "pd.DataFrame":
    """Return what is stored under these ids: the argument `known` of `ml.expectations.validate`."""
    import pandas as pd

    ids = pd.Series(transaction_ids, dtype="str").dropna().unique()
    frame = read_frame(connection, "stored_rows", {"transaction_ids": text_array(ids)}, instants=["occurred_at"])
    # A column that is null throughout would be one of numbers.
    return frame.astype(dict.fromkeys(_STORED_TEXTS, "str"))


def keep_validation(connection: Connection, batch_id: int, landed: "pd.DataFrame", validation: "Validation") -> Outcome:
    """Write all that follows from a batch's validation; call it inside the transaction that claimed the rows.

    :param landed: columns of `ml.schema.COLUMN_NAMES` and `landed_at`, indexed by `landed_id`.
    :raises StoredMeanwhile: another batch stored one of the ids after they were looked up; validate again.
    """
    outcome = keep_outcome(connection, batch_id, landed, validation)
    keep_merchants(connection, batch_id)
    return outcome


def keep_outcome(connection: Connection, batch_id: int, landed: "pd.DataFrame", validation: "Validation") -> Outcome:
    """Do what `keep_validation` does, for rows that landed as part of their batch; `keep_merchants` is to follow."""
    outcome = _outcome(landed, validation)
    if not validation.is_held:
        _keep_valid(connection, batch_id, landed, validation.valid)
        _quarantine(connection, batch_id, landed, validation.quarantined)
    connection.execute(
        query("keep_outcome"),
        {
            "batch_id": batch_id,
            "landed_count": outcome.landed,
            "valid_count": outcome.valid,
            "quarantined_count": outcome.quarantined,
            "repeated_count": outcome.repeated,
            "held_reason": (validation.held_reason or "held") if validation.is_held else None,
            **_span(validation),
        },
    )
    keep_result(connection, "batch", validation.result, batch_id)
    return outcome


def keep_result(
    connection: Connection, subject: Literal["batch", "training"], result: dict[str, Any], batch_id: int | None = None
) -> None:
    """Keep a result of Great Expectations as it is."""
    statistics = result.get("statistics", {})
    parameters = {
        "batch_id": batch_id,
        "subject": subject,
        "is_success": bool(result.get("success")),
        "evaluated": statistics.get("evaluated_expectations", 0),
        "unsuccessful": statistics.get("unsuccessful_expectations", 0),
        "result": plain_json(result),
    }
    connection.execute(query("insert_validation_result"), parameters)


def validation_results(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the newest results, newest first: result_id, batch_id, subject, ran_at, result."""
    return connection.execute(query("validation_results"), {"limit": limit}).fetchall()


def _outcome(landed: "pd.DataFrame", validation: "Validation") -> Outcome:
    if validation.is_held:
        return Outcome(len(landed), 0, 0, 0, is_held=True)
    return Outcome(len(landed), len(validation.valid), len(validation.quarantined), len(validation.repeated))


def _span(validation: "Validation") -> dict[str, datetime | None]:
    if validation.is_held or validation.valid.empty:
        return {"first_occurred_at": None, "last_occurred_at": None}
    at = validation.valid["occurred_at"]
    return {"first_occurred_at": at.min().to_pydatetime(), "last_occurred_at": at.max().to_pydatetime()}


def _keep_valid(connection: Connection, batch_id: int, landed: "pd.DataFrame", valid: "pd.DataFrame") -> None:
    from ml.messages.masked_columns import mask_cards

    as_landed = landed.loc[valid.index]
    rows = valid.assign(batch_id=batch_id, landed_id=valid.index, landed_at=as_landed["landed_at"])
    rows["card_masked"] = mask_cards(as_landed["card_number"])
    # In one order everywhere, so that two batches with the same ids wait for each other instead of deadlocking.
    rows = rows.drop(columns="card_number", errors="ignore").sort_values("transaction_id")
    ensure_months(connection, rows["occurred_at"])
    try:
        # The table keeps the registry of ids by itself: it is what finds an id that is stored in another month.
        copy_frame(connection, "transactions", rows)
    except errors.UniqueViolation as error:
        raise StoredMeanwhile from error


def _quarantine(connection: Connection, batch_id: int, landed: "pd.DataFrame", quarantined: "pd.DataFrame") -> None:
    from ml.schema import COLUMN_NAMES

    refused = landed.loc[quarantined.index, list(COLUMN_NAMES)].to_dict("records")
    rows = zip(quarantined.index.tolist(), quarantined["reasons"], refused, strict=True)
    copy_rows(
        connection,
        "quarantined_transactions",
        _QUARANTINE_COLUMNS,
        ((landed_id, batch_id, list(reasons), _shown(row)) for landed_id, reasons, row in rows),
    )


def _shown(row: dict[Any, Any]) -> str:
    from ml.messages import mask_card

    texts = {name: value for name, value in row.items() if isinstance(value, str)}
    if any(character.isdigit() for character in texts.get("card_number", "")):
        texts["card_number"] = mask_card(texts["card_number"])
    return plain_json({name: _clipped(texts[name]) if name in texts else None for name in row})


def _clipped(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text):,} characters)"
