"""`make up EXECUTOR=celery`: Redis and the Celery workers of one stack, for tasks that run on more than one machine."""

import shutil
from urllib.parse import quote

from celery import Celery  # type: ignore[import-untyped]

from infra.local.settings import Settings, write_private

WORKERS = ("worker-1", "worker-2")
# Each could run all tasks that Airflow allows at once (`PARALLELISM` in airflow.env), so that one may be away.
CONCURRENCY = 12
NO_REDIS = (
    "EXECUTOR=celery needs Redis, and neither redis-server nor valkey-server is on the PATH. "
    "Install one (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis) and run `make up` again; "
    "the service itself need not run, Jikimi starts one of its own. Without Redis: `make up` alone. "
    "Nothing was started."
)


def find_redis() -> str | None:
    """Return the path of a Redis server, or of Valkey, which speaks the same; None where there is none."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def broker_url(settings: Settings) -> str:
    """Return Redis's address, its password included."""
    return f"redis://:{quote(settings.secrets['redis'], safe='')}@127.0.0.1:{settings.ports['redis']}/0"


def celery_environment(settings: Settings, airflow_database: str) -> dict[str, str]:
    """Return the settings of the CeleryExecutor and its workers; what is no address stands in airflow.env.

    :param airflow_database: address for SQLAlchemy. What a task came to is kept there, so it survives Redis.
    """
    return {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CELERY__BROKER_URL": broker_url(settings),
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{airflow_database}",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(CONCURRENCY),
    }


def worker_words(name: str) -> list[str]:
    """Return the words after `airflow` that start a worker."""
    # Logs are read from the same disk. The two need not know of each other: no gossip, no search for clocks.
    quiet = ["--skip-serve-logs", "--without-gossip", "--without-mingle"]
    # In containers a worker of its own takes the clean-up's queue; here every worker knows that database anyway.
    return ["celery", "worker", "--celery-hostname", name, "--queues", "default,metadata", *quiet]


def prepare_redis(settings: Settings) -> None:
    """Write Redis's settings, where only their owner can read the password."""
    folder = settings.home / "redis"
    lines = {
        "bind": "127.0.0.1",
        "port": settings.ports["redis"],
        "protected-mode": "yes",
        "requirepass": settings.secrets["redis"],
        "dir": f'"{folder}"',
        # What waits in the queue survives a kill; the last second need not, Airflow sends such a task again.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        # A new title would overwrite the mark by which this stack's processes are found.
        "set-proc-title": "no",
    }
    write_private(folder / "redis.conf", "".join(f"{name} {value}\n" for name, value in lines.items()))


def answering_workers(settings: Settings) -> set[str]:
    """Return the names of the workers that answer to a call over Redis."""
    with Celery(broker=broker_url(settings)) as app:
        answers = app.control.inspect(timeout=1).ping() or {}
    return {name.partition("@")[2] for name in answers}
