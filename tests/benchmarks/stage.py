"""A database with a history and a champion in this machine's cache, for measurements without Airflow and MLflow."""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from infra.local.postgres import EmbeddedPostgres
from infra.postgres.databases import ROLES, database_url, prepare_server
from jikimi import defaults
from jikimi.files.formats import FORMATS
from jikimi.files.selection import Selection
from jikimi.files.source import Source
from jikimi.loading import load
from jikimi.store.connection import open_store
from jikimi.store.panels import Member, NewPanel, promote, record_panel
from ml.backtest.history import history_of
from ml.fitting import LabelledRows, fit_panel
from ml.model_cache import RegisteredVersion, open_cached
from ml.models import MEMBERS, Estimator
from ml.schema import COLUMN_NAMES
from ml.simulation import simulate
from tests.conftest import free_port, running

LABEL_DELAY = timedelta(days=7)
BUDGET = 50.0
RUN = "a measurement"


@dataclass(frozen=True)
class Stage:
    """What stands ready.

    :param live: rows that have not landed yet, all text, in order of time.
    """

    urls: Mapping[str, str]
    live: pd.DataFrame


@contextmanager
def staged(folder: Path, customers: int, merchants: int, days: int, live_days: int) -> Iterator[Stage]:
    """Run a server whose history ends `live_days` before now, with a panel trained on the newest of it."""
    transactions, labels = simulate(customers, merchants, days, seed=7, end=datetime.now(UTC).replace(microsecond=0))
    is_live = (transactions["occurred_at"] >= transactions["occurred_at"].max() - timedelta(days=live_days)).to_numpy()
    with database(folder) as urls:
        _load(folder / "history.parquet", transactions[~is_live].merge(labels, on="transaction_id"))
        promote_fitted(fitted(transactions[~is_live], labels))
        yield Stage(urls, as_landed(transactions[is_live]))


@contextmanager
def database(folder: Path) -> Iterator[dict[str, str]]:
    """Run a server with empty tables that this process and its children find; gives the addresses by role."""
    server = EmbeddedPostgres(folder / "pg" / "data", free_port(), secrets.token_hex(8))
    server.prepare()
    with running(server):
        urls = _prepared(server)
        os.environ |= {"JIKIMI_DATABASE_URL": urls["jikimi"], "JIKIMI_HOME": str(folder / "home")}
        yield urls


def as_landed(transactions: pd.DataFrame) -> pd.DataFrame:
    """Return rows as a producer writes them: text throughout."""
    rows = transactions.reset_index(drop=True)
    instants = rows["occurred_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return rows.assign(occurred_at=instants)[list(COLUMN_NAMES)].astype("str")


def _prepared(server: EmbeddedPostgres) -> dict[str, str]:
    passwords = {role: secrets.token_hex(8) for role in ROLES}
    prepare_server(server.url, passwords)
    urls = {
        role: database_url(server.url, "jikimi", role, passwords[role]) for role in ("jikimi", "producer", "grafana")
    }
    return urls | {"owner": database_url(server.url, "jikimi")}


def _load(file: Path, history: pd.DataFrame) -> None:
    history.to_parquet(file, index=False)
    load(Source(file, FORMATS["canonical"], Selection(), LABEL_DELAY))


def fitted(transactions: pd.DataFrame, labels: pd.DataFrame) -> tuple[dict[str, Estimator], dict[str, float]]:
    """Return the members of a panel and their thresholds."""
    history = history_of(transactions, labels, LABEL_DELAY.days)
    rows = LabelledRows(history.features, history.is_fraud, history.occurred_at, history.customer, history.amount)
    panel = fit_panel(rows, tuple(MEMBERS), seed=7)
    return panel.members, panel.thresholds(BUDGET, "unanimous")


def promote_fitted(panel_and_thresholds: tuple[dict[str, Estimator], dict[str, float]]) -> None:
    """Record the panel and keep its members where the tasks of this machine find them."""
    fitted_members, thresholds = panel_and_thresholds
    now = datetime.now(UTC)
    members = tuple(Member(name, f"jikimi_{name}", 1, thresholds[name]) for name in fitted_members)
    panel = NewPanel("unanimous", BUDGET, RUN, now, now, now, now, members, {"average_precision": 0.5}, {})
    for member in members:
        version = RegisteredVersion(RUN, member.model_name, member.model_version, member.sha256)
        open_cached(version, defaults.home() / "models", lambda one=member.name: fitted_members[one])  # type: ignore[misc]
    with open_store() as store:
        promote(store, record_panel(store, panel), "for a measurement")


def milliseconds(action: Callable[[], Any]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    action()
    return 1_000 * (time.perf_counter() - began)
