"""What Airflow's pages get from us: the link from a training to its run in MLflow."""

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from jikimi.links import MLflowRunLink


class JikimiPlugin(AirflowPlugin):
    """Registered as an entry point of the installed package, so that no file is imported by its folder."""

    name = "jikimi"
    operator_extra_links: ClassVar[list[Any]] = [MLflowRunLink()]
