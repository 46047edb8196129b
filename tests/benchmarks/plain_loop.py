"""The three steps of `score_transactions` in one process, again and again: the floor below Airflow's latency."""

import time

from airflow.sdk.exceptions import AirflowSkipException

from jikimi.operators.alerts import SendAlertsOperator
from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator


def main() -> None:
    """Run until terminated."""
    context = {"run_id": "plain loop"}
    steps = [ValidateBatchOperator(task_id="v"), ScoreBatchOperator(task_id="s"), SendAlertsOperator(task_id="a")]
    while True:
        for step in steps:
            try:
                step.execute(context)
            except AirflowSkipException:
                continue
        time.sleep(0.05)


if __name__ == "__main__":
    main()
