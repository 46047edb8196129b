"""Makes the tables of the next months every night, and drops what is older than is kept."""

from datetime import timedelta

from airflow.sdk import DAG, Param

from jikimi.operators.months import KeepMonthsOperator

with DAG(
    dag_id="keep_months",
    description="Makes the tables of the months to come, and drops what is older than JIKIMI_RETENTION_DAYS.",
    doc_md="""
Transactions, verdicts, votes and landed rows lie in one table a month. This makes the next three, and lets go of what
is older than `JIKIMI_RETENTION_DAYS` (landed rows: `JIKIMI_LANDED_RETENTION_DAYS`), alerts, labels and measures of
monitors of that age too.
A month with an alert that is not final, or with a row or batch that waits, stays; the log says so.

*Dry run* says what would go, and changes nothing.
""",
    schedule="0 18 * * *",
    catchup=False,
    max_active_runs=1,
    params={
        "dry_run": Param(False, type="boolean", title="Dry run", description="Only say what would go."),
    },
    default_args={"owner": "fraud-operations", "retries": 3, "retry_delay": timedelta(minutes=5)},
    tags=["jikimi", "maintenance"],
):
    KeepMonthsOperator(task_id="keep_months")
