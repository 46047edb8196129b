"""What a person may choose: the forms of the DAGs `train_panel` and `score_history`, and that of an answer."""

from typing import Any, Final

from airflow.sdk import Param

from jikimi.defaults import label_delay_days, messages_per_10k, training_engine

MEMBERS: Final = ["logistic_regression", "random_forest", "xgboost"]
TRAINING: Final[dict[str, Param]] = {
    "promotion": Param(
        "automatic",
        type="string",
        enum=["automatic", "ask a person"],
        title="Promotion",
        description="Whether a panel that passes the gate becomes champion by itself, or a person must approve it.",
    ),
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
        minItems=1,
        title="Members",
        description="Who votes.",
    ),
    "seed": Param(7, type="integer", title="Seed", description="The same seed and data give the same panel."),
    "engine": Param(
        training_engine(),
        type="string",
        enum=["memory", "disk"],
        title="Engine",
        description="Where the features lie: in memory, or on disk for more rows than memory holds.",
    ),
}
BACKFILL: Final[dict[str, Param]] = {
    "panel_id": Param(
        None,
        type=["null", "integer"],
        minimum=1,
        title="Panel",
        description="Number of the panel that scores, whatever its state; empty for the champion.",
    ),
    "since": Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="From",
        description="First instant wanted; empty for whole months.",
    ),
    "until": Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="To",
        description="First instant no longer wanted; empty for whole months.",
    ),
}
APPROVAL: Final[dict[str, Param]] = {
    "reason": Param("", type="string", title="Reason", description="It is kept with the decision."),
}


def training_spec() -> dict[str, Any]:
    """Return the fields of `ml.training.TrainingSpec` as templates of these parameters.

    The label delay is no parameter: the features of live transactions use the same setting, and a panel of another
    delay would see other values.
    """
    chosen = [name for name in TRAINING if name not in ("promotion", "engine")]
    return {name: f"{{{{ params.{name} }}}}" for name in chosen} | {"delay_days": label_delay_days()}
