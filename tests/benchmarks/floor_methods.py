"""One batch through the operators that Airflow runs, and the least that any program must do for the same batch."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import pandas as pd
import psycopg

from jikimi.models import load_members
from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator
from jikimi.store import panels, windows
from jikimi.store.batches import use_batch_settings
from jikimi.store.connection import open_store, query
from jikimi.store.landing import land
from ml import expectations, scoring
from ml.models import Estimator
from tests.benchmarks.prediction_methods import bare
from tests.benchmarks.stage import Stage, milliseconds, staged

SIZES = {500: 15, 5_000: 9, 20_000: 9}
"""Rows of a batch -> how many of them are measured."""
CUSTOMERS, MERCHANTS, DAYS, LIVE_DAYS = (int(n) for n in os.environ.get("WORLD", "8000,1000,85,38").split(","))
WRITTEN = {
    "transactions": "select * from transactions where batch_id = {}",
    "transaction_keys": "select transaction_id, occurred_at from transactions where batch_id = {}",
    "predictions": "select p.* from predictions p join verdicts using (transaction_id, occurred_at) where batch_id={}",
    "verdicts": "select * from verdicts where batch_id = {}",
}
"""Table -> the rows that a batch puts into it."""


class Recorded:
    """What scoring read and computed of the last batch."""

    def __init__(self) -> None:
        self.reads: list[tuple[str, dict[str, Any]]] = []
        self.features = pd.DataFrame()
        self.expectations_ms = 0.0

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Note how long expectations took, each statement of the windows, and the features that the members get."""
        self.reads.clear()
        validate, read_columns, score = expectations.validate, windows.read_columns, scoring.score

        def timed_validate(*arguments: Any) -> expectations.Validation:
            began = time.perf_counter()
            validation = validate(*arguments)
            self.expectations_ms = 1_000 * (time.perf_counter() - began)
            return validation

        def noted_columns(connection: Any, name: str, parameters: Any = None, **more: Any) -> pd.DataFrame:
            self.reads.append((name, parameters))
            return read_columns(connection, name, parameters, **more)

        def noted_score(features: pd.DataFrame, *arguments: Any) -> scoring.Scores:
            self.features = features
            return score(features, *arguments)

        with (
            patch.object(expectations, "validate", timed_validate),
            patch.object(windows, "read_columns", noted_columns),
            patch.object(scoring, "score", noted_score),
        ):
            yield


def main(folder: str) -> None:
    """Print one line for each size."""
    with staged(Path(folder), CUSTOMERS, MERCHANTS, DAYS, LIVE_DAYS) as stage:
        _make_equal_tables(stage)
        begin = 0
        for size, tries in SIZES.items():
            batches = []
            for _ in range(tries + 1):
                batches.append(_compare(stage, stage.live.iloc[begin : begin + size]))
                begin += size
            # The first of a size pays for memory that the others find.
            print(json.dumps(_line(size, batches[1:])), flush=True)


def _line(size: int, batches: list[dict[str, float]]) -> dict[str, Any]:
    middle = {name: round(median(batch[name] for batch in batches), 1) for name in batches[0]}
    ratio = median(batch["value"] / batch["floor"] for batch in batches)
    return {"rows": size, "times_the_floor": round(ratio, 2), "tries": len(batches)} | middle


def _compare(stage: Stage, rows: pd.DataFrame) -> dict[str, float]:
    with psycopg.connect(stage.urls["producer"]) as producer:
        land(producer, rows)  # type: ignore[arg-type]
    recorded = Recorded()
    with recorded.recording():
        validate = ValidateBatchOperator(task_id="v", batch_rows=len(rows))
        validated = milliseconds(lambda: validate.execute({"run_id": "f"}))
        scored = milliseconds(lambda: ScoreBatchOperator(task_id="s").execute({"run_id": "f"}))
    floor = _floor(stage, recorded)
    ours = {"value": validated + scored, "validate": validated, "of_it_expectations": recorded.expectations_ms}
    return ours | {"score": scored, "floor": sum(floor.values())} | floor


def _floor(stage: Stage, recorded: Recorded) -> dict[str, float]:
    """Time the floor of the newest batch: its landed rows and windows out, its scores, its rows in."""
    with open_store() as store:
        batch_id = store.execute("select max(batch_id) as newest from batches").fetchone()["newest"]  # type: ignore[index]
        contents = {table: _copied_out(store, rows.format(batch_id).encode()) for table, rows in WRITTEN.items()}
        alone = [bare(member, recorded.features) for member in _members(store).values()]
        landed = f"select * from landed_transactions where batch_id = {batch_id}"

        def read() -> None:
            with store.transaction():
                use_batch_settings(store)
                _copied_out(store, landed.encode())
                for name, parameters in recorded.reads:
                    _copied_out(store, query(name), parameters)

        reading = milliseconds(read)
    scores = milliseconds(lambda: [predict() for predict in alone])
    with psycopg.connect(stage.urls["owner"]) as owner:
        writing = milliseconds(lambda: _copy_in(owner, contents))
    return {"floor_copy_out": reading, "floor_bare_estimators": scores, "floor_copy_in": writing}


def _members(store: Any) -> dict[str, Estimator]:
    champion = panels.champion(store)
    assert champion is not None
    return load_members(champion)


def _copied_out(store: Any, statement: bytes, parameters: Any = None) -> list[bytes]:
    with (
        store.cursor() as cursor,
        cursor.copy(b"copy (" + statement + b"\n) to stdout (format csv)", parameters) as copy,
    ):
        return [bytes(piece) for piece in copy]


def _make_equal_tables(stage: Stage) -> None:
    with psycopg.connect(stage.urls["owner"]) as owner:
        for table in WRITTEN:
            owner.execute(f"create table equal_{table} (like {table} including all)")
            owner.execute(f"insert into equal_{table} overriding system value select * from {table}")


def _copy_in(owner: psycopg.Connection[Any], contents: dict[str, list[bytes]]) -> None:
    for table, rows in contents.items():
        with owner.cursor() as cursor, cursor.copy(f"copy equal_{table} from stdin (format csv)") as copy:
            copy.write(b"".join(rows))
    owner.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
