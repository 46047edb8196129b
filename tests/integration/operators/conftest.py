"""Rows as a producer lands them, a panel whose votes a test decides, and KakaoTalk as a queue of answers."""

import itertools
from datetime import UTC, datetime

import numpy as np
import psycopg
import pytest

from jikimi.store.connection import open_store
from jikimi.store.panels import Member, NewPanel, challenge, promote, record_panel

MEMBERS = ("alpha", "beta", "gamma")


class AmountJudge:
    """A member that is sure of fraud from an amount on: its score is 0 or 1."""

    def __init__(self, limit):
        self.limit = limit

    def predict_proba(self, x):
        fraud = (x["amount"].to_numpy() >= self.limit).astype(float)
        return np.column_stack([1 - fraud, fraud])


@pytest.fixture
def store(database, monkeypatch):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    with open_store() as connection:
        yield connection


@pytest.fixture
def land(role_url):
    """Land rows as the role `producer`; what is not given is a good value."""
    numbers = itertools.count(1)

    def land_rows(*rows):
        with psycopg.connect(role_url("producer")) as producer:
            for row in rows:
                good = {
                    "transaction_id": f"t{next(numbers)}",
                    "occurred_at": datetime.now(UTC).isoformat(),
                    "customer_id": "c1",
                    "merchant_id": "m1",
                    "amount": "10",
                    "currency": "KRW",
                    "card_number": "1234567812347890",
                }
                producer.execute(*_insert(good | row))

    return land_rows


@pytest.fixture
def judges(monkeypatch):
    """Members by panel id, as the cache of this machine would give them; a panel that is not here is not cached."""
    found = {}
    for name in ("load_members", "load_cached_members"):
        monkeypatch.setattr(f"jikimi.operators.batch.{name}", lambda panel: found.get(panel.panel_id))
    return found


@pytest.fixture
def candidate(store, judges):
    """Record a panel of three members that vote fraud from the amounts given; returns its id."""

    def make(limits=(100, 100, 100), policy="unanimous"):
        panel_id = record_panel(store, _panel(policy))
        judges[panel_id] = dict(zip(MEMBERS, map(AmountJudge, limits), strict=True))
        return panel_id

    return make


@pytest.fixture
def champion(store, candidate):
    """Promote a panel of three members that vote fraud from the amounts given; returns its id."""

    def make(limits=(100, 100, 100), policy="unanimous"):
        panel_id = candidate(limits, policy)
        promote(store, panel_id, "for a test")
        return panel_id

    return make


@pytest.fixture
def challenger(store, candidate):
    """Let a panel of three members vote in the shadow; returns its id."""

    def make(limits=(100, 100, 100), policy="unanimous"):
        panel_id = candidate(limits, policy)
        challenge(store, panel_id, "for a test")
        return panel_id

    return make


def _insert(row):
    names = ", ".join(row)
    return f"insert into landed_transactions ({names}) values ({', '.join(['%s'] * len(row))})", list(row.values())


def _panel(policy):
    now = datetime.now(UTC)
    members = tuple(Member(name, f"jikimi_{name}", 1, 0.5) for name in MEMBERS)
    return NewPanel(policy, 50, "run", now, now, now, now, members, {"average_precision": 0.5}, {})
