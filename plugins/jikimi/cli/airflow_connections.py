"""Airflow's connections for a command: outside of a task Airflow finds them only if told where its database is."""

import os

from jikimi import defaults
from jikimi.cli.environment import settings_in
from jikimi.exceptions import NotConfigured, ServiceUnavailable

_DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"


def read_airflow_environment() -> None:
    """Let Airflow find its connections in this process; what is set already stays. Call it before Airflow is imported.

    Takes about two seconds, most of it for importing Airflow, which every use of a connection needs anyhow.

    :raises NotConfigured: nobody said where Airflow is.
    :raises ServiceUnavailable: Airflow's database does not answer.
    """
    file = defaults.home() / "airflow" / "env"
    if file.is_file():
        for name, value in settings_in(file):
            os.environ.setdefault(name, value)
    elif not {_DATABASE, "AIRFLOW_HOME"} & os.environ.keys():
        raise NotConfigured(f"{file} is missing, so nobody knows where Airflow keeps its connections: run `make up`.")
    # Airflow would not look into its database otherwise.
    os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "server"
    # A person reads this command's words, not Airflow's.
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "ERROR"
    if _DATABASE in os.environ:
        _check_database()


def _check_database() -> None:
    """Fail where Airflow, asked for a connection, would say that there is none because its database is away."""
    from airflow.utils.db import check
    from sqlalchemy.exc import SQLAlchemyError

    try:
        check()
    except SQLAlchemyError as error:
        raise ServiceUnavailable(
            f"Airflow's database does not answer ({type(error).__name__}): start it with `make up`."
        ) from error
