"""Tells staff which messages did not arrive, and what the panel agreed on."""

from datetime import timedelta

from airflow.sdk import DAG

from jikimi.operators.staff import NotifyStaffOperator

with DAG(
    dag_id="notify_staff",
    description="Alarms staff about deliveries in trouble, and sends a digest of unanimous rows.",
    doc_md="""
**Deliveries**: each alert that failed, or whose answer was lost, is told once, together with others of the same reason.
What has waited for more than five minutes for its channel is told with them, and alone at most every half hour.

**Digest**: what every member of the panel called fraud, every `JIKIMI_DIGEST_MINUTES` (60; 0 for none). It ends five
minutes before it is written, so that no batch that is being committed is left out. No rows, no digest.

Both go by e-mail to `JIKIMI_STAFF_EMAILS` over the connection `smtp_default`, and to Discord over the connection
`discord_staff`, each where it is set up. A notice that was not taken is tried again with growing gaps, at most twelve
times. One whose answer was lost is sent again too: staff would rather read it twice than never.
""",
    schedule="* * * * *",
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "fraud-operations", "retries": 2, "retry_delay": timedelta(seconds=5)},
    tags=["jikimi", "live"],
):
    NotifyStaffOperator(task_id="notify_staff")
