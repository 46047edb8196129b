"""What Airflow's server gets from us: links from trainings to their runs in MLflow, and a door for delivery reports."""

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from jikimi.links import MLflowRunLink
from jikimi.webhook.app import create_app


class JikimiPlugin(AirflowPlugin):
    """Registered as an entry point of the installed package, so that no file is imported by its folder."""

    name = "jikimi"
    operator_extra_links: ClassVar[list[Any]] = [MLflowRunLink()]
    fastapi_apps: ClassVar[list[Any]] = [{"app": create_app(), "url_prefix": "/jikimi", "name": "Delivery reports"}]
