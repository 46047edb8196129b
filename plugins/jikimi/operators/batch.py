"""The first two steps of `score_transactions`: landed rows become valid rows, valid rows become verdicts."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from jikimi import defaults
from jikimi.exceptions import NoPanel, StoredMeanwhile
from jikimi.models import is_fetch_due, load_cached_members, load_members
from jikimi.store import batches, panels
from jikimi.store.connection import Connection, open_store
from jikimi.store.meanwhile import meanwhile
from jikimi.store.pace import landed_waiting, seconds_since_claim
from jikimi.store.validation import keep_validation, stored_rows
from jikimi.store.windows import window_of

if TYPE_CHECKING:
    import pandas as pd
    from airflow.sdk import Asset, Context

    from ml.models import Estimator

PART_ROWS = 20_000
"""Rows that are scored at once: their windows fit into memory twice, and each further row costs little."""
MANY_ROWS = 400
"""Where as many wait, the pace is twice as long: found by trying at 100 and at 500 rows a second on two cores."""
IDLE_SHARES = 20
"""A run that finds no new rows keeps nobody waiting and takes this many times the share of old batches."""


class ValidateBatchOperator(BaseOperator):
    """Claims landed rows, judges each and keeps the outcome, batch by batch.

    A batch is one transaction: a crash leaves its rows waiting. What waits for verdicts then, batches that earlier runs
    left among it, is split into parts that are scored side by side; few rows are one part.

    :param claim_rows: most rows of one run.
    :param batch_rows: most rows of one batch.
    :param part_rows: most rows of one part, where no single batch has more.
    :param announces: asset to announce through the first outlet, an alias, where rows landed meanwhile: the next run.
    :return: ids of batches, one list for each part.
    """

    def __init__(
        self,
        *,
        claim_rows: int | None = None,
        batch_rows: int | None = None,
        part_rows: int = PART_ROWS,
        announces: "Asset | None" = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.announces = announces
        self.claim_rows = claim_rows
        self.batch_rows = batch_rows
        self.part_rows = part_rows

    def execute(self, context: "Context") -> list[list[int]]:
        """Validate batches until none waits, or the run has its share."""
        share = self.claim_rows or defaults.claim_rows()
        claimed = 0
        with open_store() as store:
            self._await_turn(store)
            while claimed < share:
                most = min(share - claimed, self.batch_rows or defaults.batch_rows())
                rows = self._validate_again(store, context["run_id"], most)
                claimed += rows
                if rows < most:
                    break
            self._call_next(store, context)
            return self._parts(store, context["run_id"], share if claimed else IDLE_SHARES * share)

    def _await_turn(self, store: Connection) -> None:
        """Claim no sooner than a while after the last claim: what lands until then comes along.

        Many rows are given up to twice the while: fewer, larger batches leave the cores air, and so come sooner.
        """
        if self.announces:
            pace = defaults.pace_seconds()
            self._keep_distance(store, pace, pace)
            longer = pace * landed_waiting(store, MANY_ROWS) / MANY_ROWS
            # Asked again: of the runs that overlap another one may have claimed meanwhile.
            self._keep_distance(store, pace + longer, longer)

    def _keep_distance(self, store: Connection, seconds: float, most: float) -> None:
        """Wait until the last claim is so many seconds ago; never longer than `most`, whatever the clocks say."""
        if (ago := seconds_since_claim(store)) is not None:
            time.sleep(min(max(0, seconds - ago), most))

    def _call_next(self, store: Connection, context: "Context") -> None:
        """Announce what landed meanwhile when this task ends; the trigger would take up to a second more."""
        if self.announces and landed_waiting(store, 1):
            context["outlet_events"][self.outlets[0]].add(self.announces)

    def _parts(self, store: Connection, run_id: str, older_rows: int) -> list[list[int]]:
        parts = batches.waiting_parts(store, run_id, self.part_rows, older_rows)
        # Each part would only say that there is no champion.
        return parts if len(parts) < 2 or panels.champion(store) else parts[:1]

    def _validate_again(self, store: Connection, run_id: str, most: int) -> int:
        try:
            return self._validate(store, run_id, most)
        except StoredMeanwhile:
            # Another batch stored one of the ids between our look and our write; now it can be seen.
            return self._validate(store, run_id, most)

    def _validate(self, store: Connection, run_id: str, most: int) -> int:
        """Validate one batch and return how many rows it claimed."""
        from ml.expectations import validate
        from ml.schema import COLUMN_NAMES

        claimed_at = datetime.now(UTC)
        with store.transaction():
            batches.use_batch_settings(store)
            landed = batches.claim_landed(store, most)
            if landed.empty:
                self.log.info("no landed rows wait")
                return 0
            known = stored_rows(store, landed.get("transaction_id", ()))
            with meanwhile(batches.open_batch, store, run_id, landed, claimed_at) as opened:
                validation = validate(
                    landed[[name for name in COLUMN_NAMES if name in landed]],
                    claimed_at,
                    defaults.max_age_days(),
                    defaults.max_future_seconds(),
                    known,
                )
            batch_id = opened.result()
            outcome = keep_validation(store, batch_id, landed, validation)
        counts = (outcome.landed, outcome.valid, outcome.quarantined, outcome.repeated)
        self.log.info("batch %s: %s landed, %s valid, %s quarantined, %s repeated", batch_id, *counts)
        return outcome.landed


class _Scored(NamedTuple):
    """A batch that the champion has voted on, and its votes are committed."""

    targets: "pd.DataFrame"
    features: "pd.DataFrame"
    alerts: int


class ScoreBatchOperator(BaseOperator):
    """Has the champion panel vote on validated batches; votes, verdicts and alerts are one transaction.

    What is committed then goes to the challenger, where there is one: it votes in the shadow, in a transaction of its
    own. Nothing that fails there costs more than one line in the log.

    :param batch_ids: batches to score, where nobody has scored them or is about to; None for every one that waits.
    :param max_rows: most transactions that are scored at once.
    :return: number of new alerts.
    """

    def __init__(self, *, batch_ids: list[int] | None = None, max_rows: int = PART_ROWS, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.batch_ids = batch_ids
        self.max_rows = max_rows

    def execute(self, context: "Context") -> int:
        """Score until none of the batches waits, each time with the panel that is champion then."""
        alerts = 0
        panel: panels.Panel | None = None
        members: dict[str, Estimator] = {}
        with open_store() as store:
            while True:
                champion = _demand_champion(store)
                if panel is None or panel.panel_id != champion.panel_id:
                    panel, members = champion, load_members(champion)
                scored = self._score(store, panel, members)
                if scored is None:
                    return alerts
                alerts += scored.alerts
                self._try_shadow(store, panel, scored)

    def _score(self, store: Connection, panel: panels.Panel, members: "dict[str, Estimator]") -> _Scored | None:
        import pandas as pd

        from ml.features import compute_features

        with store.transaction():
            batch_ids = batches.claim_validated(store, self.max_rows, self.batch_ids)
            if not batch_ids:
                return None
            started = time.perf_counter()
            batches.use_batch_settings(store)
            delay = pd.Timedelta(days=defaults.label_delay_days())
            window = window_of(store, batch_ids, delay)
            targets = window.targets.set_index("transaction_id")
            features = compute_features(
                window.transactions, window.labels, targets.index.tolist(), delay, counted=window.counted
            )
            scored_at = _vote(store, panel, members, targets, features)
            alerts = batches.write_alerts(store, panel.panel_id, batch_ids)
            batches.finish_scoring(store, panel.panel_id, batch_ids, scored_at)
        seconds = time.perf_counter() - started
        self.log.info("%s transactions scored in %.2f s, %s alerts", len(features), seconds, alerts)
        return _Scored(targets, features, alerts)

    def _try_shadow(self, store: Connection, champion: panels.Panel, scored: _Scored) -> None:
        try:
            self._shadow(store, champion, scored)
        except Exception as error:  # whatever it is, the champion's votes stand and their alerts must go out
            reason = str(error).strip().partition("\n")[0]
            self.log.warning("the challenger did not vote in the shadow: %s: %s", type(error).__name__, reason)

    def _shadow(self, store: Connection, champion: panels.Panel, scored: _Scored) -> None:
        from ml.scoring import score

        started = time.perf_counter()
        panel = panels.challenger(store)
        # The champion of this task may have been replaced meanwhile, and be the challenger of its successor.
        if panel is None or panel.panel_id == champion.panel_id:
            return
        members = self._challengers(panel, scored)
        if members is None:
            return
        scores = score(scored.features, members, _thresholds(panel))
        verdicts = _placed(scores.verdicts, scored.targets)
        scored_at = datetime.now(UTC)
        with store.transaction():
            batches.write_predictions(store, panel.panel_id, scores.predictions, verdicts, scored_at)
            batches.write_verdicts(store, panel.panel_id, verdicts, scored_at, is_shadow=True)
        seconds = time.perf_counter() - started
        self.log.info("panel %s voted in the shadow in %.2f s", panel.panel_id, seconds)

    def _challengers(self, panel: panels.Panel, scored: _Scored) -> "dict[str, Estimator] | None":
        """Return the challenger's members; fetch them only while no alert waits for this task to end."""
        if (members := load_cached_members(panel)) is not None:
            return members
        if scored.alerts or not is_fetch_due(panel):
            self.log.info("panel %s does not vote in the shadow yet: it is not on this machine", panel.panel_id)
            return None
        return load_members(panel)


def _demand_champion(store: Connection) -> panels.Panel:
    if (panel := panels.champion(store)) is None:
        raise AirflowSkipException(str(NoPanel()))
    return panel


def _vote(
    store: Connection,
    panel: panels.Panel,
    members: "dict[str, Estimator]",
    targets: "pd.DataFrame",
    features: "pd.DataFrame",
) -> datetime:
    """Let the members vote, write what they say, and return the instant of it.

    PostgreSQL takes what needs no reasons while reasons are sought.
    """
    from ml.scoring import is_suspicious, score, with_reasons

    thresholds = _thresholds(panel)
    scores = score(features, members, thresholds)
    scored_at = datetime.now(UTC)
    verdicts = _placed(scores.verdicts, targets)
    is_told = is_suspicious(verdicts)

    def write_others() -> None:
        batches.write_predictions(store, panel.panel_id, scores.predictions, verdicts, scored_at)
        batches.write_verdicts(store, panel.panel_id, verdicts[~is_told], scored_at)

    with meanwhile(write_others):
        told = with_reasons(verdicts[is_told], features[is_told.array], members, thresholds, targets["currency"])
    batches.write_verdicts(store, panel.panel_id, told, scored_at)
    return scored_at


def _placed(verdicts: "pd.DataFrame", targets: "pd.DataFrame") -> "pd.DataFrame":
    """Say of each verdict in which batch and month its row is; both frames are in the order of the features."""
    return verdicts.assign(batch_id=targets["batch_id"].array, occurred_at=targets["occurred_at"].array)


def _thresholds(panel: panels.Panel) -> dict[str, float]:
    return {member.name: member.threshold for member in panel.members}
