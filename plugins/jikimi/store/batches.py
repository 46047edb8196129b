"""Micro-batches: rows are claimed, opened as a batch, scored and finished, each within one transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jikimi.store.bulk import copy_frame
from jikimi.store.connection import AsyncConnection, Connection, query
from jikimi.store.frames import read_texts

if TYPE_CHECKING:
    import pandas as pd

_PREDICTION_COLUMNS = ["transaction_id", "occurred_at", "panel_id", "member", "score", "is_fraud_vote", "scored_at"]
_VERDICT_COLUMNS = [
    "transaction_id",
    "occurred_at",
    "panel_id",
    "batch_id",
    "votes",
    "voters",
    "members",
    "panel_score",
    "is_shadow",
    "scored_at",
]
# Airflow maps one task over at most 1,024 parts; what lies behind them is for the next run.
_MOST_WAITING = 1_000
_REASON_COLUMNS = ["reasons", "contributions", "explanation_ko", "explanation_en"]


@dataclass(frozen=True)
class Unclaimed:
    """The landed rows that no batch has.

    :param first: smallest of their ids, None where there is none.
    :param last: largest of their ids.
    :param unscored: validated batches that the champion has not scored.
    :param is_called_for: whether the task that validated the last batch has called a run for them.
    """

    first: int | None
    last: int | None
    unscored: int
    is_called_for: bool


async def unclaimed(connection: AsyncConnection) -> Unclaimed:
    """Return what waits."""
    cursor = await connection.execute(query("unclaimed_landed"))
    return Unclaimed(**(await cursor.fetchone() or {}))


def claim_landed(connection: Connection, limit: int) -> "pd.DataFrame":
    """Lock the oldest waiting rows until the surrounding transaction ends.

    :return: the columns of `ml.schema.COLUMN_NAMES` as text and `landed_at`, indexed by `landed_id`.
    """
    numbers, instants = ["landed_id", "batch_id"], ["landed_at"]
    landed = read_texts(connection, "claim_landed", {"limit": limit}, integers=numbers, instants=instants)
    return landed.set_index("landed_id")


def open_batch(connection: Connection, run_id: str, landed: "pd.DataFrame", claimed_at: datetime) -> int:
    """Write the batch of the claimed rows, give them to it, and return its id.

    Its outcome is kept by `store.validation`.
    """
    at = landed["landed_at"]
    parameters = {
        "run_id": run_id,
        "landed_count": len(landed),
        "first_landed_at": at.min(),
        "claimed_at": claimed_at,
    }
    batch_id = int(_one(connection, "open_batch", parameters)["batch_id"])
    rows = {"batch_id": batch_id, "landed_ids": landed.index.tolist(), "first": at.min(), "last": at.max()}
    connection.execute(query("claim_rows"), rows)
    return batch_id


def waiting_parts(connection: Connection, run_id: str, part_rows: int, older_rows: int) -> list[list[int]]:
    """Return the batches that wait for verdicts and that nobody is scoring, in parts: those of the run come first.

    :param part_rows: most transactions of a part, where no single batch has more.
    :param older_rows: most transactions of other runs' batches, the oldest of them, so that a run comes to its end.
    """
    waiting = connection.execute(query("waiting_batches"), {"run_id": run_id, "limit": _MOST_WAITING}).fetchall()
    parts: list[list[int]] = []
    room = 0
    for batch in waiting:
        older_rows -= 0 if batch["is_own"] else batch["valid_count"]
        if older_rows < 0 and parts:
            break
        room -= batch["valid_count"]
        if not parts or room < 0:
            parts.append([])
            room = part_rows - batch["valid_count"]
        parts[-1].append(batch["batch_id"])
    return parts


def use_batch_settings(connection: Connection) -> None:
    """Have PostgreSQL plan for short statements, sorted in memory, until the surrounding transaction ends."""
    connection.execute(query("batch_settings"))


def claim_validated(connection: Connection, max_rows: int, batch_ids: list[int] | None = None) -> list[int]:
    """Lock batches that wait for verdicts, oldest first, up to about `max_rows` transactions, at least one batch.

    :param batch_ids: the only ones wanted; None for any.
    """
    claimed: list[int] = []
    rows = 0
    for batch in connection.execute(query("claim_validated"), {"batch_ids": batch_ids, "limit": _MOST_WAITING}):
        if claimed and rows + batch["valid_count"] > max_rows:
            break
        claimed.append(batch["batch_id"])
        rows += batch["valid_count"]
    return claimed


def write_predictions(
    connection: Connection, panel_id: int, predictions: "pd.DataFrame", verdicts: "pd.DataFrame", scored_at: datetime
) -> None:
    """Write the members' scores and votes.

    :param predictions: one row per transaction and member, in the order of the verdicts: transaction_id, member, score,
        is_fraud_vote.
    :param verdicts: one row per transaction: transaction_id, occurred_at.
    """
    # The votes of a transaction follow each other, in the order of the verdicts: nothing has to be looked up.
    occurred_at = verdicts["occurred_at"].array.repeat(len(predictions) // max(1, len(verdicts)))
    predictions = predictions.assign(panel_id=panel_id, scored_at=scored_at, occurred_at=occurred_at)
    copy_frame(connection, "predictions", predictions[_PREDICTION_COLUMNS])


def write_verdicts(
    connection: Connection,
    panel_id: int,
    verdicts: "pd.DataFrame",
    scored_at: datetime,
    *,
    is_shadow: bool = False,
) -> None:
    """Write verdicts, with their reasons where these were sought.

    :param verdicts: one row per transaction: transaction_id, occurred_at, batch_id, votes, voters, members,
        panel_score; perhaps reasons, contributions (a list that is plain JSON), explanation_ko, explanation_en,
        which the table leaves empty otherwise.
    :param is_shadow: they are the challenger's, which nobody is told of.
    """
    verdicts = verdicts.assign(panel_id=panel_id, scored_at=scored_at, is_shadow=is_shadow)
    columns = _VERDICT_COLUMNS
    if "reasons" in verdicts:
        verdicts["reasons"] = [_array(each) for each in verdicts["reasons"]]
        verdicts["contributions"] = [_json(each) for each in verdicts["contributions"]]
        columns = _VERDICT_COLUMNS + _REASON_COLUMNS
    copy_frame(connection, "verdicts", verdicts[columns])


def write_alerts(connection: Connection, panel_id: int, batch_ids: list[int]) -> int:
    """Write an alert for each verdict that the panel's policy calls fraud; returns how many are new."""
    return connection.execute(query("write_alerts"), {"panel_id": panel_id, "batch_ids": batch_ids}).rowcount


def finish_scoring(connection: Connection, panel_id: int, batch_ids: list[int], scored_at: datetime) -> None:
    """Mark the batches as scored."""
    parameters = {"panel_id": panel_id, "batch_ids": batch_ids, "scored_at": scored_at}
    connection.execute(query("finish_scoring"), parameters)


def is_scored_since(connection: Connection, since: datetime) -> bool:
    """Tell whether a live batch was scored after an instant."""
    return bool(_one(connection, "scored_since", {"since": since})["is_scored"])


def _array(codes: Sequence[str]) -> str:
    """Return the codes, which are plain words, as PostgreSQL writes an array."""
    return "{" + ",".join(codes) + "}"


def _json(contributions: Sequence[dict[str, Any]]) -> str:
    return json.dumps(contributions, ensure_ascii=False, allow_nan=False)


def _one(connection: Connection, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    row = connection.execute(query(name), parameters).fetchone()
    if row is None:  # pragma: no cover - the statements that use this always return a row
        raise LookupError(name)
    return row
