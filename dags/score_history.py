"""Scores the past with a panel of choice; only Airflow's backfills of it do anything."""

from datetime import timedelta

from airflow.sdk import DAG

from jikimi.operators.history import ScoreHistoryOperator
from jikimi.params import BACKFILL

with DAG(
    dag_id="score_history",
    description="What a panel says of past transactions, as of their own time. Nobody is told.",
    doc_md="""
### What happens here
A backfill has one run for each month. **score_history** reads the month and what came 37 days before it, computes the
features of every row from what was known at its instant, lets each member of the panel vote, and writes
`backfill_scores`. It writes no verdict and no alert.

### How to start one
`jikimi backfill --from 2018-05-01 --to 2018-08-01 --panel 3`, or the button *Trigger* with *Backfill* chosen. The first
names whole days or any instants; in the form *From* and *To* must be the first day of a month, and what of these months
is wanted stands in the parameters.

### Why it runs this way
A run costs a second or two before it does anything, and reads 37 days besides its own: with days instead of months
most of the work would be reading. A month is also one partition of the tables. Runs that the timer starts are skipped.
A run can be cleared, or its worker killed: each part of it replaces what was there, in one database transaction.
""",
    schedule="@monthly",
    catchup=False,
    default_args={"owner": "data-science", "retries": 3, "retry_delay": timedelta(seconds=5)},
    tags=["jikimi", "history"],
    params=BACKFILL,
) as dag:
    ScoreHistoryOperator(task_id="score_history", doc_md="Transactions of a month -> what a panel says of them.")
