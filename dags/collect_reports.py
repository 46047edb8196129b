"""Asks the dealer of Alimtalk how accepted messages ended."""

from datetime import timedelta

from airflow.sdk import DAG

from jikimi.operators.reports import CollectReportsOperator

with DAG(
    dag_id="collect_reports",
    description="Delivery reports: accepted becomes delivered, or goes on over the next channel.",
    doc_md="""
An Alimtalk is `accepted` when the dealer has it and `delivered` when the dealer says so. NHN Cloud tells good news by
itself, to `/jikimi/reports/nhn` of this server. This timer asks for the rest: what failed, what a text message took the
place of, and what became of messages whose answer was lost. After `JIKIMI_REPORT_HOURS` without a report an alert is
`unknown`, and a person looks: `jikimi alerts inbox`.
""",
    schedule="* * * * *",
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "fraud-operations", "retries": 2, "retry_delay": timedelta(seconds=10)},
    tags=["jikimi", "live"],
):
    CollectReportsOperator(task_id="collect_reports")
