"""Trains a panel every week and promotes it where it is better."""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Param

from jikimi.assets import panel_promoted
from jikimi.defaults import label_delay_days, messages_per_10k
from jikimi.operators.training import PromotePanelOperator, TrainPanelOperator

MEMBERS = ["logistic_regression", "random_forest", "xgboost"]

with DAG(
    dag_id="train_panel",
    description="Trains every member on what is known now, compares in MLflow, promotes a better panel.",
    doc_md="""
### What happens here
1. **train_panel** reads transactions and the labels known by now, checks them with Great Expectations, trains every
   member on the past and measures the panel on later days. Everything is in MLflow: follow *MLflow run* on the task.
2. **promote_panel** makes the new panel the champion if it beats the old one on the same later days, stays within the
   message budget and has no member that gives every row the same score. Otherwise it is skipped and says why. The
   next micro-batch after a promotion is scored by the new panel.

### To train by hand
Trigger the DAG and choose in the form. Wider windows need more history: a training needs at least
`judge_days + 2 * delay_days + 1` days.
""",
    schedule="@weekly",
    catchup=False,
    max_active_runs=1,
    render_template_as_native_obj=True,
    default_args={"owner": "data-science", "retries": 1, "retry_delay": timedelta(seconds=30)},
    tags=["jikimi", "training"],
    params={
        "train_days": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            title="Training window",
            description="Days of history to train on at most; empty for all.",
        ),
        "judge_days": Param(
            7,
            type="integer",
            minimum=1,
            maximum=90,
            title="Judging window",
            description="Later days on which the panel is measured.",
        ),
        "messages_per_10k": Param(
            messages_per_10k(),
            type="number",
            exclusiveMinimum=0,
            title="Message budget",
            description="Most messages per 10,000 customers and day.",
        ),
        "policy": Param(
            "unanimous",
            type="string",
            enum=["unanimous", "majority"],
            title="Policy",
            description="How many members must vote fraud before a customer is told.",
        ),
        "members": Param(
            MEMBERS,
            type="array",
            examples=MEMBERS,
            items={"type": "string", "enum": MEMBERS},
            title="Members",
            description="Who votes.",
        ),
        "seed": Param(7, type="integer", title="Seed", description="The same seed and data give the same panel."),
    },
):
    spec: dict[str, Any] = {name: f"{{{{ params.{name} }}}}" for name in ("train_days", "judge_days", "policy", "seed")}
    spec |= {"messages_per_10k": "{{ params.messages_per_10k }}", "members": "{{ params.members }}"}
    # The features of live transactions use the same setting; a panel of another delay would see other values.
    spec["delay_days"] = label_delay_days()
    train_panel = TrainPanelOperator(
        task_id="train_panel", spec=spec, doc_md="History -> a candidate panel, in MLflow and in the table panels."
    )
    PromotePanelOperator(
        task_id="promote_panel",
        trained=train_panel.output,
        spec=spec,
        outlets=[panel_promoted],
        doc_md="A better candidate -> champion.",
    )
