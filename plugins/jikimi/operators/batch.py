"""The first two steps of `score_transactions`: landed rows become valid rows, valid rows become verdicts."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from jikimi import defaults
from jikimi.exceptions import NoPanel, StoredMeanwhile
from jikimi.models import load_members
from jikimi.store import batches, panels
from jikimi.store.connection import Connection, open_store
from jikimi.store.validation import keep_validation, stored_rows
from jikimi.store.windows import window_of

if TYPE_CHECKING:
    from airflow.sdk import Context


class ValidateBatchOperator(BaseOperator):
    """Claims landed rows, judges each and keeps the outcome, in one transaction: a crash leaves the rows waiting.

    :param max_rows: most rows of one batch.
    :return: id of the batch, or a skip where nothing waited.
    """

    def __init__(self, *, max_rows: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_rows = max_rows

    def execute(self, context: "Context") -> int | None:
        """Validate one batch."""
        with open_store() as store:
            try:
                return self._validate(store, context["run_id"])
            except StoredMeanwhile:
                # Another batch stored one of the ids between our look and our write; now it can be seen.
                return self._validate(store, context["run_id"])

    def _validate(self, store: Connection, run_id: str) -> int | None:
        from ml.expectations import validate
        from ml.schema import COLUMN_NAMES

        claimed_at = datetime.now(UTC)
        with store.transaction():
            landed = batches.claim_landed(store, self.max_rows or defaults.batch_rows())
            if landed.empty:
                self.log.info("no landed rows wait")
                return None
            batch_id = batches.open_batch(store, run_id, landed, claimed_at)
            validation = validate(
                landed[[name for name in COLUMN_NAMES if name in landed]],
                claimed_at,
                defaults.max_age_days(),
                defaults.max_future_seconds(),
                stored_rows(store, landed.get("transaction_id", ())),
            )
            outcome = keep_validation(store, batch_id, landed, validation)
        counts = (outcome.landed, outcome.valid, outcome.quarantined, outcome.repeated)
        self.log.info("batch %s: %s landed, %s valid, %s quarantined, %s repeated", batch_id, *counts)
        return batch_id


class ScoreBatchOperator(BaseOperator):
    """Has the champion panel vote on every validated batch; votes, verdicts and alerts are one transaction.

    :param max_rows: most transactions that are scored at once.
    :return: number of new alerts.
    """

    def __init__(self, *, max_rows: int = 20_000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_rows = max_rows

    def execute(self, context: "Context") -> int:
        """Score until no validated batch waits."""
        alerts = 0
        with open_store() as store:
            panel = panels.champion(store)
            if panel is None:
                raise AirflowSkipException(str(NoPanel()))
            members = load_members(panel)
            while (new := self._score(store, panel, members)) is not None:
                alerts += new
        return alerts

    def _score(self, store: Connection, panel: panels.Panel, members: dict[str, Any]) -> int | None:
        import pandas as pd

        from ml.features import compute_features
        from ml.scoring import score

        with store.transaction():
            batch_ids = batches.claim_validated(store, self.max_rows)
            if not batch_ids:
                return None
            started = time.perf_counter()
            delay = pd.Timedelta(days=defaults.label_delay_days())
            window = window_of(store, batch_ids, delay)
            targets = window.targets["transaction_id"].tolist()
            features = compute_features(window.transactions, window.labels, targets, delay)
            scores = score(features, members, {member.name: member.threshold for member in panel.members})
            scored_at = datetime.now(UTC)
            verdicts = scores.verdicts.merge(window.targets[["transaction_id", "batch_id"]], on="transaction_id")
            batches.write_verdicts(store, panel.panel_id, scores.predictions, verdicts, scored_at)
            alerts = batches.write_alerts(store, panel.panel_id, batch_ids)
            batches.finish_scoring(store, panel.panel_id, batch_ids, scored_at)
        seconds = time.perf_counter() - started
        self.log.info("%s transactions scored in %.2f s, %s alerts", len(features), seconds, alerts)
        return alerts
