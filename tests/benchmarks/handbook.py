"""The handbook's transactions: May to mid-July 2018 as history, the next two days live at 200 rows a second."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import requests

from tests.benchmarks.stack import Clone, fresh_clone, wait_for
from tests.conftest import SHARED_DATA

FILE = Path(os.environ.get("JIKIMI_SHARED_DATA", SHARED_DATA)) / "handbook_2018-04-01_to_2018-07-31.parquet"
SINCE, LIVE_FROM, LIVE_UNTIL = "2018-05-01", "2018-07-15", "2018-07-17"
OUTCOME = """
    select count(*) as landed,
        (select count(*) from transactions t join batches b using (batch_id) where b.source = 'live') as valid,
        (select count(*) from quarantined_transactions q join batches b using (batch_id)
            where b.source = 'live') as quarantined,
        (select count(*) from verdicts) as verdicts,
        (select count(*) from unanimous_fraud) as unanimous,
        (select count(*) from alerts) as alerts,
        (select count(*) from alerts where state = 'delivered') as delivered
    from landed_transactions l where l.batch_id is null
        or exists (select from batches b where b.batch_id = l.batch_id and b.source = 'live')
"""


def measure() -> Iterator[dict[str, Any]]:
    """Load, train, replay, and count what arrived."""
    if not FILE.exists():
        print(f"handbook: skipped, {FILE.name} is not here")
        return
    with fresh_clone() as clone:
        clone.make("up", "DEMO=0")
        yield _load(clone)
        yield _train(clone)
        yield _replay(clone)


def _load(clone: Clone) -> dict[str, Any]:
    started = time.monotonic()
    _jikimi(clone, "load", "--from", SINCE, "--until", LIVE_FROM)
    seconds = time.monotonic() - started
    batches = "select sum(landed_count) as rows, sum(quarantined_count) as quarantined from batches"
    row = clone.ask(batches)[0]
    read = time.monotonic()
    pd.read_parquet(FILE)
    return _figure("load", seconds, rows=int(row["rows"]), quarantined=int(row["quarantined"])) | {
        "rows_per_second": round(int(row["rows"]) / seconds),
        "baseline_reading_the_file_alone_s": round(time.monotonic() - read, 2),
    }


def _train(clone: Clone) -> dict[str, Any]:
    started = time.monotonic()
    state = clone.train_panel()
    figures = clone.ask("select figures, decision from panels")
    return _figure("train", time.monotonic() - started, state=state) | (figures[0] if figures else {})


def _replay(clone: Clone) -> dict[str, Any]:
    started = time.monotonic()
    _jikimi(clone, "replay", "--from", LIVE_FROM, "--until", LIVE_UNTIL, "--rate", "200")
    seconds = time.monotonic() - started
    wait_for(lambda: _is_quiet(clone), 300)
    outcome = clone.ask(OUTCOME)[0]
    references = [re.search("[0-9A-F]{8}", message["text"])[0] for message in _messages(clone)]
    return (
        _figure("replay", seconds)
        | outcome
        | {
            "messages_in_inbox": len(references),
            "messages_twice": len(references) - len(set(references)),
            "true_fraud_among_messages": _true_fraud(clone),
            "fraud_in_the_two_days": _fraud_live(),
        }
    )


def _jikimi(clone: Clone, verb: str, *words: str) -> None:
    clone.jikimi(verb, str(FILE), "--format", "handbook", "--sandbox-contacts", *words)


def _is_quiet(clone: Clone) -> bool:
    waiting = "select 1 from landed_transactions where batch_id is null union all select 1 from batches"
    waiting += " where state = 'validated' union all select 1 from alerts where state in ('pending', 'sending') limit 1"
    return not clone.ask(waiting)


def _messages(clone: Clone) -> list[dict[str, Any]]:
    answer = requests.get(f"{clone.settings.url('sandbox')}/admin/messages?limit=10000", timeout=30)
    answer.raise_for_status()
    return list(answer.json())


def _live_rows() -> pd.DataFrame:
    rows = pd.read_parquet(FILE, columns=["TRANSACTION_ID", "TX_DATETIME", "TX_FRAUD"])
    return rows[(rows["TX_DATETIME"] >= LIVE_FROM) & (rows["TX_DATETIME"] < LIVE_UNTIL)]


def _true_fraud(clone: Clone) -> int:
    rows = _live_rows()
    fraud = set(rows.loc[rows["TX_FRAUD"] == 1, "TRANSACTION_ID"].astype(str))
    return sum(row["transaction_id"] in fraud for row in clone.ask("select transaction_id from alerts"))


def _fraud_live() -> int:
    return int(_live_rows()["TX_FRAUD"].sum())


def _figure(name: str, seconds: float, **more: Any) -> dict[str, Any]:
    return {"measurement": "handbook", "figure": name, "seconds": round(seconds, 1)} | more
