"""Keeps Airflow's own database and log folder from growing for ever."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.configuration import conf

from jikimi import defaults

if TYPE_CHECKING:
    from airflow.sdk import Context


class CleanMetadataOperator(BaseOperator):
    """Deletes what is older than the history, with Airflow's own command `airflow db clean`.

    Airflow cuts tasks off its database; the command runs as a process of its own, which is told the address again.

    :param history_days: what is younger stays; without it the setting `JIKIMI_AIRFLOW_HISTORY_DAYS`.
    :param batch_rows: most rows that are deleted at once, so that the scheduler never waits long for a lock.
    :return: number of log files that were deleted.
    """

    def __init__(self, *, history_days: float | None = None, batch_rows: int = 10_000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.history_days = history_days
        self.batch_rows = batch_rows

    def execute(self, context: "Context") -> int:
        """Clean the database, then the logs.

        :raises NotConfigured: nobody said where the database is.
        :raises subprocess.CalledProcessError: a table could not be cleaned; the log says which.
        """
        days = self.history_days if self.history_days is not None else defaults.airflow_history_days()
        before = datetime.now(UTC) - timedelta(days=days)
        self._clean_database(before)
        deleted = delete_old_files(Path(conf.get("logging", "base_log_folder")), before)
        self.log.info("%s log files from before %s are gone", deleted, before)
        return deleted

    def _clean_database(self, before: datetime) -> None:
        command = [sys.executable, "-m", "airflow", "db", "clean", "--yes", "--skip-archive"]
        command += ["--batch-size", str(self.batch_rows), "--error-on-cleanup-failure"]
        command += ["--clean-before-timestamp", before.isoformat()]
        # Airflow marks a task's process, and what bears the mark gets no database.
        own = {name: value for name, value in os.environ.items() if name != "_AIRFLOW_PROCESS_CONTEXT"}
        environment = own | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": defaults.metadata_url()}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        for line in (done.stdout + done.stderr).splitlines():
            self.log.info("%s", line)
        done.check_returncode()


def delete_old_files(folder: Path, before: datetime) -> int:
    """Delete files that nobody has written to since `before`, and the old folders that this leaves empty."""
    deleted = 0
    for path in folder.iterdir():
        # Asked before anything is deleted in it. A young folder stays: a task makes its folder before its file.
        is_old = path.lstat().st_mtime < before.timestamp()
        if path.is_dir() and not path.is_symlink():
            deleted += delete_old_files(path, before)
            if is_old and not any(path.iterdir()):
                path.rmdir()
        elif is_old:
            path.unlink()
            deleted += 1
    return deleted
