"""Trains a panel every week, and where live rows have drifted, and promotes it where it is better."""

from datetime import timedelta

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, TriggerRule

from jikimi.assets import drift_found, panel_promoted
from jikimi.operators.promotion import ApprovePanelOperator, JudgePanelOperator, PromotePanelOperator
from jikimi.operators.training import TrainPanelOperator
from jikimi.params import APPROVAL, TRAINING, training_spec

# Whoever begins on a Sunday gets no run for that day: it would stand before the training that they wait for. `False`
# should say so, but Airflow takes it for a tenth of the week.
every_sunday = CronTriggerTimetable("@weekly", timezone="UTC", run_immediately=timedelta(0))

with DAG(
    dag_id="train_panel",
    description="Trains every member on what is known now, compares in MLflow, promotes a better panel.",
    doc_md="""
### What happens here
1. **train_panel** reads transactions and the labels known by now, checks them with Great Expectations, trains every
   member on the past and measures the new panel and the champion on the same later days. Everything is in MLflow:
   follow *MLflow run* on the task. What is broken for good fails at once and says why; the champion stays.
2. **judge_panel** asks the gate: better ranking, messages within the budget, hardly more false alarms, no less money,
   and no member that is missing, constant or miscalibrated. A refusal is a skip; its log has the table.
3. **approve_panel** asks a person, where the parameter *Promotion* says so. Until the answer the panel scores in the
   shadow and tells nobody. After seven days without an answer it stays there: `jikimi panel promote` decides later.
4. **promote_panel** makes it the champion. The next micro-batch is scored by it; `jikimi panel rollback` goes back.

It runs every week, and when `monitor_panel` finds that live rows have drifted.

### To train by hand
Trigger the DAG and choose in the form. Wider windows need more history: a training needs at least
`judge_days + 2 * delay_days + 1` days.
""",
    schedule=AssetOrTimeSchedule(timetable=every_sunday, assets=[drift_found]),
    catchup=False,
    # A run may wait for a person for a week; two trainings at once would take each other's memory.
    max_active_runs=4,
    render_template_as_native_obj=True,
    default_args={"owner": "data-science", "retries": 3, "retry_delay": timedelta(seconds=30)},
    tags=["jikimi", "training"],
    params=TRAINING,
):
    train_panel = TrainPanelOperator(
        task_id="train_panel",
        spec=training_spec(),
        engine="{{ params.engine }}",
        max_active_tis_per_dag=1,
        doc_md="History -> a candidate panel, in MLflow and in the table panels.",
    )
    judge_panel = JudgePanelOperator(
        task_id="judge_panel",
        trained=train_panel.output,
        promotion="{{ params.promotion }}",
        doc_md="Figures of candidate and champion -> refused, or on to a person, or on to its promotion.",
    )
    approve_panel = ApprovePanelOperator(
        task_id="approve_panel",
        judged=judge_panel.output,
        params=APPROVAL,
        doc_md="A person decides; the table is in the question.",
    )
    promote_panel = PromotePanelOperator(
        task_id="promote_panel",
        judged=judge_panel.output,
        approval=approve_panel.output,
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        outlets=[panel_promoted],
        doc_md="A better candidate -> champion.",
    )
    judge_panel >> promote_panel
