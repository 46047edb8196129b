"""How such systems are usually written: each row is validated, scored with `mlflow.pyfunc` and inserted on its own."""

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import mlflow
import pandas as pd
import psycopg
from psycopg.rows import dict_row

from jikimi.store import panels
from jikimi.store.connection import Connection, open_store
from ml.features import compute_features

OWN = ("transaction_id", "occurred_at", "customer_id", "merchant_id", "amount", "category")
HISTORY = """
    select transaction_id, occurred_at, customer_id, merchant_id, amount::float8 as amount, category from transactions
    where customer_id = %(customer_id)s and occurred_at > %(since)s and occurred_at < %(occurred_at)s
"""
TABLES = """
    create table own_transactions (transaction_id text primary key, occurred_at timestamptz, customer_id text,
        merchant_id text, amount numeric, category text);
    create table own_predictions (transaction_id text, member text, score float8, scored_at timestamptz,
        primary key (transaction_id, member));
    create table own_verdicts (transaction_id text primary key, votes integer, scored_at timestamptz)
"""
NO_LABELS = pd.DataFrame(
    {
        "transaction_id": pd.Series([], dtype="str"),
        "is_fraud": pd.Series([], dtype="bool"),
        "known_at": pd.Series([], dtype="datetime64[us, UTC]"),
    }
)


def main(file: str, count: int) -> None:
    """Score some rows and print the rate; the merchant's past is left out, which only makes it faster."""
    rows = pd.read_parquet(file).iloc[:count].to_dict("records")
    with open_store() as store, psycopg.connect(os.environ["OWNER_URL"], row_factory=dict_row) as own:
        own.execute(TABLES)
        champion = panels.champion(store)
        assert champion is not None
        models = {
            member.name: (
                mlflow.pyfunc.load_model(f"models:/{member.model_name}/{member.model_version}"),
                member.threshold,
            )
            for member in champion.members
        }
        began = time.perf_counter()
        for row in rows:
            _score(own, models, row)
        seconds = time.perf_counter() - began
        own.execute("drop table own_transactions, own_predictions, own_verdicts")
    print(json.dumps({"value": round(count / seconds, 1), "rows": count}))


def _score(own: Connection, models: dict[str, tuple[Any, float]], row: dict[str, Any]) -> None:
    if not row["amount"] > 0 or row["occurred_at"] > datetime.now(UTC):
        return
    since = row["occurred_at"] - timedelta(days=30)
    history = own.execute(HISTORY, row | {"since": since}).fetchall()
    seen = pd.DataFrame([*history, {name: row[name] for name in OWN}])
    features = compute_features(seen, NO_LABELS, [row["transaction_id"]])
    own.execute(f"insert into own_transactions values ({', '.join(f'%({name})s' for name in OWN)})", row)
    votes = 0
    for name, (model, threshold) in models.items():
        score = float(model.predict(features)[0][1])
        votes += score >= threshold
        values = (row["transaction_id"], name, score, datetime.now(UTC))
        own.execute("insert into own_predictions values (%s, %s, %s, %s)", values)
    own.execute("insert into own_verdicts values (%s, %s, %s)", (row["transaction_id"], votes, datetime.now(UTC)))
    own.commit()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
