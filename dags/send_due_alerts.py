"""Sends alerts whose time has come again, also when no transaction lands."""

from datetime import timedelta

from airflow.sdk import DAG

from jikimi.operators.alerts import SendAlertsOperator

with DAG(
    dag_id="send_due_alerts",
    description="Retries alerts that are due and takes back those whose sender died.",
    doc_md="""
New alerts are sent by `score_transactions`. This timer sends what waits for a later try, and looks for alerts that
stand in `sending` because their sender died: nothing left, then they are due again; a request may have left, then they
become `unknown` and are never sent again blindly.
""",
    schedule="* * * * *",
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "fraud-operations", "retries": 2, "retry_delay": timedelta(seconds=5)},
    tags=["jikimi", "live"],
):
    SendAlertsOperator(task_id="send_alerts")
