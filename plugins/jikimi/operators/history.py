"""The past, scored as of its own time: what a panel says of the month of a run. Never an alert."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from jikimi import defaults
from jikimi.exceptions import JikimiError
from jikimi.models import load_members
from jikimi.store import backfills, panels
from jikimi.store.connection import Connection, open_store

if TYPE_CHECKING:
    import pandas as pd
    from airflow.sdk import Context

    from ml.models import Estimator


class ScoreHistoryOperator(BaseOperator):
    """Scores what occurred in the month that begins with the run's logical date, part by part.

    Each part is one transaction that replaces what the panel said of it before: run again, or by two at once, after
    any crash, each row has its scores once.

    :param max_rows: most rows of a part; a day with more is one part.
    :return: how many rows were scored, or a skip in a run that is no backfill's.
    """

    def __init__(self, *, max_rows: int = 1_000_000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_rows = max_rows

    def execute(self, context: "Context") -> int:
        """Score the part of the month that the backfill asks for."""
        run = context["dag_run"]
        if run.run_type != "backfill" or run.logical_date is None:
            raise AirflowSkipException("Only a backfill scores the past: start one with `jikimi backfill`.")
        since, until = _span(run.logical_date, context["params"])
        rows = 0
        with open_store() as store:
            panel = _panel(store, context["params"].get("panel_id"))
            members = load_members(panel)
            for part in backfills.parts_of(store, since, until, self.max_rows):
                rows += self._score(store, panel, members, part, run.run_id)
        return rows

    def _score(
        self, store: Connection, panel: panels.Panel, members: "dict[str, Estimator]", part: backfills.Part, run_id: str
    ) -> int:
        import pandas as pd

        from ml.features import compute_features
        from ml.scoring import score_past

        marks = [time.perf_counter()]
        delay = pd.Timedelta(days=defaults.label_delay_days())
        window = backfills.past_window(store, part, delay)
        marks.append(time.perf_counter())
        ids = window.targets["transaction_id"].tolist()
        features = compute_features(window.transactions, window.labels, ids, delay)
        marks.append(time.perf_counter())
        thresholds = {member.name: member.threshold for member in panel.members}
        scores, verdicts = score_past(features, members, thresholds)
        marks.append(time.perf_counter())
        rows = _rows(scores, verdicts, window.targets["occurred_at"])
        seconds = backfills.Seconds(*(end - begin for begin, end in pairwise(marks)))
        replaced = backfills.keep_scores(store, panel.panel_id, run_id, part, rows, seconds)
        took = (seconds.reading, seconds.features, seconds.scoring, time.perf_counter() - marks[-1])
        self.log.info(
            "%s to %s: panel %s scored %s rows (%s of them again); %.1f s reading, %.1f features, %.1f scoring, "
            "%.1f writing", part.since, part.until, panel.panel_id, len(rows), replaced, *took,
        )  # fmt: skip
        return len(rows)


def _span(month: datetime, params: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return what of the month the backfill asks for.

    :raises AirflowSkipException: nothing.
    """
    after = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    since = max(month, datetime.fromisoformat(params["since"])) if params.get("since") else month
    until = min(after, datetime.fromisoformat(params["until"])) if params.get("until") else after
    if since >= until:
        raise AirflowSkipException(f"Nothing of {params['since']} to {params['until']} lies in the month from {month}.")
    return since, until


def _panel(store: Connection, panel_id: int | None) -> panels.Panel:
    """Return the panel of that number, else the champion; where there is none, another try finds none either."""
    try:
        if panel_id is not None:
            return panels.panel_to_be(store, panel_id)
        if (champion := panels.champion(store)) is None:
            raise AirflowFailException("There is no champion panel: name one with --panel, or train one.")
    except JikimiError as error:
        raise AirflowFailException(str(error)) from error
    return champion


def _rows(scores: "pd.DataFrame", verdicts: "pd.DataFrame", occurred_at: "pd.Series") -> "pd.DataFrame":
    """Return what is written of each row: the verdict, and the members' scores as PostgreSQL writes a list."""
    import pandas as pd
    import pyarrow as pa
    from pyarrow import compute

    columns = [compute.fill_null(pa.array(scores[name], from_pandas=True).cast(pa.string()), "NULL") for name in scores]
    listed = compute.binary_join_element_wise("{", compute.binary_join_element_wise(*columns, ","), "}", "")
    rows = verdicts.assign(occurred_at=occurred_at.array, scores=pd.Series(listed, dtype=pd.ArrowDtype(pa.string())))
    return rows.sort_values("occurred_at", kind="stable")
