"""Imports the heavy modules once, in the process that task processes are forked from.

Each task is a fork of the LocalExecutor's scheduler or of a Celery worker; what these have imported costs it nothing,
what they have not costs ten seconds in every task. No thread pool may start here: OpenMP hangs after a fork.
"""

import ctypes
import os
import signal
import sys
import warnings
from importlib import import_module

_PR_SET_PDEATHSIG = 1
_HEAVY_MODULES = (
    "pandas",
    "pyarrow",
    "psycopg",
    "requests",
    "cryptography.fernet",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "xgboost",
    "solapi",
    "tenacity",
    # What parsing a DAG file and running a task import besides: 40 ms of each task.
    "airflow.api_fastapi.auth.managers.models.resource_details",
    "airflow.dag_processing.bundles.local",
    "airflow.providers.standard.operators.empty",
    "airflow.sdk.bases.sensor",
    "jinja2.ext",
    "airflow.providers.discord.hooks.discord_webhook",
    "airflow.providers.smtp.hooks.smtp",
    "jikimi.assets",
    "jikimi.operators.alerts",
    "jikimi.operators.batch",
    "jikimi.delivery.opening",
    "jikimi.channels.alimtalk",
    "jikimi.channels.discord",
    "jikimi.channels.email",
    "jikimi.channels.kakao",
    "ml.calibration",
    "ml.expectations",
    "ml.features",
    "ml.inputs",
    "ml.model_cache",
    "ml.scoring",
    "ml.messages",
)


def import_heavy_modules() -> None:
    """Import what the tasks of `score_transactions` need; what cannot be imported is the task's error, not ours."""
    for name in _HEAVY_MODULES:
        try:
            import_module(name)
        except Exception as error:  # a scheduler that does not start could not even show the reason
            warnings.warn(f"{name} is not imported beforehand: {error}", stacklevel=1)


def forks_tasks(words: list[str], executor: str) -> bool:
    """Tell whether the process with this command line is the one that this executor's tasks are forked from."""
    return "celery" in words or ("scheduler" in words and executor == "LocalExecutor")


def die_with_parent() -> None:
    """Have Linux end this process when the one that forked it dies.

    A fork inherits its parent's connections. Of a scheduler that was killed, the forked workers would keep a session
    open with locks on the rows of its DAG runs, and the next scheduler would pass over these runs for ever.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if forks_tasks(sys.argv[1:3], os.environ.get("AIRFLOW__CORE__EXECUTOR", "LocalExecutor")):
    import_heavy_modules()
    if sys.platform == "linux":
        os.register_at_fork(after_in_child=die_with_parent)
