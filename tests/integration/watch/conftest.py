"""A panel with a reference, and rows that were scored when and how a test says."""

import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from jikimi.store import alarms
from jikimi.store.connection import open_store
from jikimi.store.frames import copy_rows
from jikimi.store.months import ensure_months
from jikimi.store.panels import Member, NewPanel, champion, promote, record_panel
from jikimi.watch.settings import Settings
from ml.features import compute_features
from ml.monitoring import panel_references

NOW = datetime(2026, 8, 20, 12, 3, tzinfo=UTC)
MEMBERS = ("alpha", "beta", "gamma")
TRANSACTION = (
    *("transaction_id", "batch_id", "landed_id", "landed_at", "occurred_at", "customer_id", "merchant_id", "category"),
    *("amount", "currency"),
)
PREDICTION = ("transaction_id", "panel_id", "member", "score", "is_fraud_vote", "scored_at", "occurred_at")
VERDICT = (
    *("transaction_id", "panel_id", "batch_id", "votes", "voters", "members", "panel_score", "scored_at", "is_shadow"),
    "occurred_at",
)


@pytest.fixture
def store(database, monkeypatch):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    with open_store() as connection:
        yield connection


@pytest.fixture
def settings():
    return Settings(drift_window=timedelta(hours=1), vote_window=timedelta(minutes=15))


@pytest.fixture
def panel(store):
    """Make a champion that was judged on a thousand rows as `Scored` writes them; returns it."""

    def make(has_reference=True, figures=None):
        at = NOW - timedelta(days=30)
        members = tuple(Member(name, f"jikimi_{name}", 1, 0.5) for name in MEMBERS)
        references = _references() if has_reference else ()
        own = {"message_precision": 0.8} if figures is None else figures
        panel_id = record_panel(
            store, NewPanel("unanimous", 50, "run", at, at, at, at, members, own, {}, references=references)
        )
        promote(store, panel_id, "for a test")
        return champion(store)

    return make


class Scored:
    """Writes scored rows; each call is one batch."""

    def __init__(self, store):
        self._store = store
        self._numbers = itertools.count(1)

    def __call__(self, panel_id, rows, at, **how):
        """Write rows that were scored at `at`; see `_row` for what may differ. Returns their ids."""
        store = self._store
        batch_id = store.execute(
            "insert into batches (source, state, landed_count, valid_count, first_landed_at, claimed_at, validated_at,"
            " scored_at, first_occurred_at, last_occurred_at)"
            " values ('live', 'scored', %(rows)s, %(rows)s, %(at)s, %(at)s, %(at)s, %(at)s, %(own)s, %(own)s)"
            " returning batch_id",
            {"rows": rows, "at": at, "own": how.get("occurred_at", at)},
        ).fetchone()["batch_id"]
        made = [_row(next(self._numbers), number, panel_id, batch_id, at, **how) for number in range(rows)]
        ensure_months(store, pd.Series([how.get("occurred_at", at)]))
        with store.transaction():
            copy_rows(store, "transactions", TRANSACTION, [each[0] for each in made])
            copy_rows(store, "verdicts", VERDICT, [each[2] for each in made])
            copy_rows(store, "predictions", PREDICTION, [vote for each in made for vote in each[1]])
        return [each[0][0] for each in made]


@pytest.fixture
def scored(store):
    return Scored(store)


@pytest.fixture
def label(store):
    def write(ids, known_at, is_fraud=True):
        columns = ("transaction_id", "is_fraud", "source", "known_at")
        copy_rows(store, "labels", columns, [(each, is_fraud, "bank", known_at) for each in ids])

    return write


@pytest.fixture
def alert(store):
    """Write an alert about each of these transactions."""

    def write(panel_id, ids):
        store.execute(
            "insert into alerts (transaction_id, panel_id, customer_id, reference, occurred_at)"
            " select transaction_id, %s, customer_id, transaction_id, occurred_at from transactions"
            " where transaction_id = any(%s)",
            [panel_id, ids],
        )

    return write


@pytest.fixture
def watch(store, settings):
    """Let one part look, and keep its alarms; returns what is wrong as (kind, subject)."""

    def look(part, champion=None, now=NOW):
        arguments = (settings, now) if part.__name__ == "watch_data" else (champion, settings, now)
        panel_id = champion.panel_id if champion else None
        firing = alarms.keep_findings(store, part(store, *arguments), panel_id, now, settings.quiet)
        return {(finding.kind, finding.subject) for finding in firing}

    return look


def score_of(number, is_fraud):
    """Scores spread evenly over a tenth, above or below the threshold."""
    return (0.9 if is_fraud else 0.1) + (number % 97) / 1000


def _row(
    key, number, panel_id, batch_id, at, *, frauds=0, by=MEMBERS, silent=(), constant=(), shift=0.0, is_shadow=False,
    occurred_at=None, amount=None, category="food",
):  # fmt: skip
    """Row `number` of a batch.

    :param frauds: the first rows of the batch, so many, are called fraud by the members `by`.
    :param silent: members that give no score.
    :param constant: members that give the same score to all.
    :param shift: added to each score that is no fraud's.
    """
    own = occurred_at or at
    name = f"t{key}"
    amount = amount if amount is not None else 10 + key % 50
    transaction = (name, batch_id, key, at, own, f"c{key % 200}", f"m{key % 20}", category, amount, "KRW")
    said = {member: number < frauds and member in by for member in MEMBERS if member not in silent}
    scores = {
        member: 0.25 if member in constant else score_of(key, vote) + (0 if vote else shift)
        for member, vote in said.items()
    }
    votes = [(name, panel_id, member, scores[member], said[member], at, own) for member in said]
    verdict = (name, panel_id, batch_id, sum(said.values()), len(said), 3, max(scores.values()), at, is_shadow, own)
    return transaction, votes, verdict


def _references():
    numbers = np.arange(1, 2001)
    transactions = pd.DataFrame(
        {
            "transaction_id": [f"r{number}" for number in numbers],
            "occurred_at": pd.date_range(NOW - timedelta(days=60), periods=len(numbers), freq="1s"),
            "customer_id": [f"c{number % 200}" for number in numbers],
            "merchant_id": [f"m{number % 20}" for number in numbers],
            "amount": (10 + numbers % 50).astype(float),
            "category": "food",
            **dict.fromkeys(
                ("customer_latitude", "customer_longitude", "merchant_latitude", "merchant_longitude"), np.nan
            ),
        }
    )
    labels = pd.DataFrame({"transaction_id": pd.Series(dtype=str), "is_fraud": pd.Series(dtype=bool)})
    labels["known_at"] = pd.Series(dtype="datetime64[us, UTC]")
    features = compute_features(transactions, labels)
    # One in a hundred is fraud to all three.
    scores = pd.DataFrame({member: [score_of(n, n % 100 == 0) for n in numbers] for member in MEMBERS}, features.index)
    return panel_references(features, scores, dict.fromkeys(MEMBERS, 0.5))
