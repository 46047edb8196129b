"""Asks a person about alerts whose answer was lost."""

from datetime import timedelta

from airflow.sdk import DAG

from jikimi.operators.review import FindUnknownAlertsOperator, ReviewAlertOperator
from jikimi.params import APPROVAL

with DAG(
    dag_id="review_unknown_alerts",
    description="One question for each alert that may or may not have arrived, under Required Actions.",
    doc_md="""
### What happens here
1. **find_unknown_alerts** looks for alerts in the state `unknown`: their answer was lost, so they may have arrived and
   are never sent again blindly. It takes the twenty oldest.
2. **review_alert** asks about each of them, on the page *Required Actions*: it arrived, it did not, send it again, or
   leave it. The answer is carried out at once and kept with your name and reason. A delivery report that comes
   meanwhile, or `jikimi alerts resolve`, goes first: then the answer changes nothing, and the task says so.

### Why it runs this way
A run that finds nothing ends in a second, so it looks every ten minutes. A run waits for its answers, at most twelve
hours, and meanwhile no other one starts: no alert is asked about twice. What came meanwhile is asked about once the
present questions are answered. Twenty questions are as many as a person answers in one go; a long list is done faster
with `jikimi alerts inbox`.
""",
    schedule="*/10 * * * *",
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "fraud-operations", "retries": 2, "retry_delay": timedelta(seconds=5)},
    tags=["jikimi", "live"],
):
    find_unknown_alerts = FindUnknownAlertsOperator(
        task_id="find_unknown_alerts", doc_md="Unknown alerts -> what a person needs to know of each."
    )
    ReviewAlertOperator.partial(
        task_id="review_alert", params=APPROVAL, doc_md="A question -> delivered, failed, sent again or left."
    ).expand(alert=find_unknown_alerts.output)
