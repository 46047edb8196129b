"""Scores card transactions within seconds of their landing."""

from datetime import timedelta

from airflow.sdk import DAG

from jikimi import defaults
from jikimi.assets import panel_promoted, rows_left, transactions_landed
from jikimi.operators.alerts import SendAlertsOperator
from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator

with DAG(
    dag_id="score_transactions",
    description="Landed rows are validated, the panel votes, customers get their messages.",
    doc_md="""
### What happens here
Started by the trigger *landed_rows* as soon as rows stand in `landed_transactions`, and after each promotion.

1. **validate_batch** claims the waiting rows and checks them with Great Expectations. Good rows go to `transactions`,
   bad ones to `quarantined_transactions` with the names of the expectations that they broke. Many rows become several
   batches.
2. **score_batch** computes the features, lets each member of the champion panel vote, and writes predictions, verdicts
   and alerts in one transaction. Without a champion it is skipped, and the rows wait. It is one task for few rows, and
   several side by side for a backlog; batches that an earlier run left are among them.
   Then the challenger, where there is one, votes in the shadow: nobody is told, and where it fails the log says so.
3. **send_alerts** sends what is due, of this run or another, and writes down every attempt.

### When something is red
Each task can be cleared and run again: what is done is not done twice. `jikimi status` says what waits.
`jikimi quarantine list` says what was refused, and why.
""",
    schedule=(transactions_landed | panel_promoted),
    catchup=False,
    # Runs overlap: one waits for its turn or validates, one scores, and senders of others stay a moment.
    max_active_runs=6,
    default_args={"owner": "fraud-operations", "retries": 3, "retry_delay": timedelta(seconds=2)},
    tags=["jikimi", "live"],
):
    validate_batch = ValidateBatchOperator(
        task_id="validate_batch",
        announces=transactions_landed,
        outlets=[rows_left],
        doc_md="Landed rows -> valid or quarantined. Have more rows landed, it calls the next run.",
    )
    score_batch = ScoreBatchOperator.partial(
        task_id="score_batch",
        # The parts of a backlog leave room for the run that has the newest rows.
        max_active_tis_per_dagrun=2,
        doc_md="Valid rows -> votes, verdicts, alerts; one task for each part of a backlog.",
    ).expand(batch_ids=validate_batch.output)
    send_alerts = SendAlertsOperator(
        task_id="send_alerts",
        trigger_rule="none_failed",
        # The run behind it comes within twice the pace, and its own sender would take 0.4 s to start.
        linger_seconds=2 * defaults.pace_seconds(),
        doc_md="Due alerts -> messages. It stays for a moment, for the alerts of the next run.",
    )
    score_batch >> send_alerts
