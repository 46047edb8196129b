"""Watches the vote, drift, performance and the data, and starts a training where drift lasts."""

from datetime import timedelta

from airflow.sdk import DAG

from jikimi.assets import drift_found
from jikimi.operators.monitor import RequestTrainingOperator, WatchPanelOperator

with DAG(
    dag_id="monitor_panel",
    description="Measures what goes on, explains what is wrong, and has a drifting panel trained anew.",
    doc_md="""
### What happens here
1. **watch_panel** looks at four things and keeps what it measured (schema `reporting`):
   the *data* each time (does it land, does it wait, as much as usual, how much is refused);
   the *vote* of each window of `JIKIMI_VOTE_WINDOW_MINUTES` (who is missing, constant, or outside the usual band);
   *performance* once an hour, for each day that is complete (estimated at once, counted when labels are known);
   *drift* of each window of `JIKIMI_DRIFT_WINDOW_HOURS` against what the champion was judged on.
   At the end it sums up what was scored, so that dashboards count weeks in milliseconds (`scored_counts`).
   What is wrong opens an alarm with a sentence; what is right again closes it. `notify_staff` tells both, once.
2. **request_training** is skipped, unless a score or feature was over `JIKIMI_DRIFT_LIMIT` in the last two windows.
   Then it starts `train_panel`, at most once in `JIKIMI_DRIFT_COOL_DOWN_HOURS`.

### When something is red
A part that breaks stops no other; the task fails afterwards and its log has the reason. Clear it, or wait five minutes.
What each measure means: `docs/monitoring.md`.
""",
    schedule="*/5 * * * *",
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "fraud-operations", "retries": 1, "retry_delay": timedelta(seconds=20)},
    tags=["jikimi", "live"],
):
    watch_panel = WatchPanelOperator(task_id="watch_panel", doc_md="What goes on -> measures and alarms.")
    request_training = RequestTrainingOperator(
        task_id="request_training",
        # Also where a part broke: drift may have been measured all the same.
        trigger_rule="all_done",
        outlets=[drift_found],
        doc_md="Drift in two windows in a row -> a training.",
    )
    watch_panel >> request_training
