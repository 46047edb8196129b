"""Links on Airflow's task pages."""

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey


class MLflowRunLink(BaseOperatorLink):
    """Leads from a training task to its parent run in MLflow."""

    name = "MLflow run"

    @property
    def xcom_key(self) -> str:
        """Key under which Airflow keeps the address for its pages."""
        return "mlflow_run_url"

    def get_link(self, operator: "BaseOperator", *, ti_key: "TaskInstanceKey") -> str:
        """Return the address; Airflow asks in the task's process, right after the task ended."""
        return str(getattr(operator, "mlflow_run_url", None) or "")
