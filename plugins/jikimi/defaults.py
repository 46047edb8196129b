"""Settings, each an environment variable with a default where one is safe."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jikimi.exceptions import NotConfigured


def database_url() -> str:
    """Address of the fraud database for the role `jikimi` (`JIKIMI_DATABASE_URL`).

    :raises NotConfigured: the variable is missing.
    """
    url = os.environ.get("JIKIMI_DATABASE_URL")
    if not url:
        raise NotConfigured("JIKIMI_DATABASE_URL is not set: run `make up` first, or set it to your own database.")
    return url


def tracking_uri() -> str:
    """Address of the MLflow server."""
    return os.environ.get("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")


def mlflow_pages() -> str:
    """Address under which people open MLflow; in containers another one than the tasks use."""
    return os.environ.get("JIKIMI_MLFLOW_URL") or tracking_uri()


def home() -> Path:
    """Folder of everything that is generated: data, logs, secrets, caches."""
    return Path(os.environ.get("JIKIMI_HOME", ".jikimi")).resolve()


def batch_rows() -> int:
    """Most rows of one batch."""
    return int(os.environ.get("JIKIMI_BATCH_ROWS", "10000"))


def claim_rows() -> int:
    """Most rows that one run claims, in as many batches as it takes."""
    return int(os.environ.get("JIKIMI_CLAIM_ROWS", "50000"))


def pace_seconds() -> float:
    """Seconds from one claim of landed rows to the next, where rows keep coming; up to twice as many where many wait.

    Less is sooner and costs more of the machine: each run costs about as much whether it has ten rows or a hundred.
    """
    return float(os.environ.get("JIKIMI_PACE_SECONDS", "0.6"))


def airflow_history_days() -> float:
    """Days for which Airflow keeps its runs, tasks, events and logs."""
    return float(os.environ.get("JIKIMI_AIRFLOW_HISTORY_DAYS", "7"))


def metadata_url() -> str:
    """Address of Airflow's own database, known only to where `clean_metadata` runs (`JIKIMI_METADATA_URL`).

    :raises NotConfigured: the variable is missing.
    """
    url = os.environ.get("JIKIMI_METADATA_URL")
    if not url:
        raise NotConfigured("JIKIMI_METADATA_URL is not set: give the address of Airflow's own database.")
    return url


def training_engine() -> str:
    """Where a training keeps its features, `memory` or `disk`; the form of `train_panel` begins with it.

    :raises NotConfigured: it is another one.
    """
    engine = os.environ.get("JIKIMI_TRAINING_ENGINE", "memory")
    if engine not in ("memory", "disk"):
        raise NotConfigured(f"JIKIMI_TRAINING_ENGINE={engine} is not known: memory or disk.")
    return engine


def training_folder() -> Path:
    """Folder on a disk for what a training spills; empty between trainings."""
    return home() / "training"


def label_delay_days() -> float:
    """Days until the bank knows whether a transaction was fraud."""
    return float(os.environ.get("JIKIMI_LABEL_DELAY_DAYS", "7"))


def messages_per_10k() -> float:
    """Most messages per 10,000 customers and day."""
    return float(os.environ.get("JIKIMI_MESSAGES_PER_10K", "50"))


def max_age_days() -> float:
    """Age in days at which a landed transaction is refused: never later than its id is forgotten.

    :raises NotConfigured: see `retention_days`.
    """
    return min(float(os.environ.get("JIKIMI_MAX_AGE_DAYS", "3650")), retention_days())


def retention_days() -> float:
    """Days for which transactions are kept, with their verdicts, votes, alerts and labels.

    :raises NotConfigured: features and trainings look back further.
    """
    return _at_least("JIKIMI_RETENTION_DAYS", float(os.environ.get("JIKIMI_RETENTION_DAYS", "3650")), 60)


def landed_retention_days() -> float:
    """Days for which rows are kept as producers wrote them, whole card numbers included.

    :raises NotConfigured: it is less than 31 days.
    """
    return _at_least("JIKIMI_LANDED_RETENTION_DAYS", float(os.environ.get("JIKIMI_LANDED_RETENTION_DAYS", "400")), 31)


def max_future_seconds() -> float:
    """Seconds that a producer's clock may run ahead of ours."""
    return float(os.environ.get("JIKIMI_MAX_FUTURE_SECONDS", "300"))


def bank_name() -> str:
    """Name that signs the messages."""
    return os.environ.get("JIKIMI_BANK_NAME", "지킴이은행")


def cool_down_seconds() -> float:
    """Seconds in which a customer who was told is not told again; what comes meanwhile becomes one message."""
    return float(os.environ.get("JIKIMI_COOL_DOWN_SECONDS", "600"))


def staff_emails() -> list[str]:
    """E-mail addresses of staff (`JIKIMI_STAFF_EMAILS`, commas between them); none where nobody is named."""
    return [address.strip() for address in os.environ.get("JIKIMI_STAFF_EMAILS", "").split(",") if address.strip()]


def staff_language() -> str:
    """Language of what staff read, `ko` or `en`.

    :raises NotConfigured: it is another one.
    """
    language = os.environ.get("JIKIMI_STAFF_LANGUAGE", "ko")
    if language not in ("ko", "en"):
        raise NotConfigured(f"JIKIMI_STAFF_LANGUAGE={language} is not known: ko or en.")
    return language


def digest_minutes() -> int:
    """Minutes from one digest to the next; 0 for none."""
    return int(os.environ.get("JIKIMI_DIGEST_MINUTES", "60"))


def report_hours() -> float:
    """Hours after which a message without a delivery report is left to a person."""
    return float(os.environ.get("JIKIMI_REPORT_HOURS", "24"))


def webhook_secret() -> str | None:
    """What a dealer signs its delivery reports with; None where none is accepted."""
    return os.environ.get("JIKIMI_WEBHOOK_SECRET") or None


def vote_window_minutes() -> float:
    """Length of the windows in which the vote is counted."""
    return _positive("JIKIMI_VOTE_WINDOW_MINUTES", "15")


def vote_windows() -> int:
    """Windows in a row that a share of votes must be outside its band, before it is an alarm."""
    return int(_positive("JIKIMI_VOTE_WINDOWS", "2"))


def vote_band() -> float:
    """How many times more or less often than when the panel was judged a member may vote fraud."""
    return _positive("JIKIMI_VOTE_BAND", "3")


def monitor_min_rows() -> int:
    """Rows below which a window says nothing of votes, scores and features."""
    return int(_positive("JIKIMI_MONITOR_MIN_ROWS", "200"))


def drift_window_hours() -> float:
    """Length of the windows that are compared with the reference of the training."""
    return _positive("JIKIMI_DRIFT_WINDOW_HOURS", "24")


def drift_limit() -> float:
    """Population stability index that is too much, if it lasts for two windows."""
    return _positive("JIKIMI_DRIFT_LIMIT", "0.2")


def drift_cool_down_hours() -> float:
    """Hours from a training that drift started to the next one."""
    return float(os.environ.get("JIKIMI_DRIFT_COOL_DOWN_HOURS", "24"))


def silent_minutes() -> float:
    """Minutes without a landed transaction that are an alarm."""
    return _positive("JIKIMI_SILENT_MINUTES", "180")


def backlog_seconds() -> float:
    """Seconds that a transaction may wait for its verdict before it is an alarm."""
    return _positive("JIKIMI_BACKLOG_SECONDS", "300")


def volume_band() -> float:
    """How many times more or fewer rows than at the same hour of past weeks may land."""
    return _positive("JIKIMI_VOLUME_BAND", "3")


def quarantine_share() -> float:
    """Share of an hour's rows that may be refused, 0..1."""
    return float(os.environ.get("JIKIMI_QUARANTINE_SHARE", "0.05"))


def alarm_quiet_minutes() -> float:
    """Minutes for which a fault must be over before staff are told so; until then it is the same fault."""
    return float(os.environ.get("JIKIMI_ALARM_QUIET_MINUTES", "30"))


def dashboards_url() -> str:
    """Address under which people open Grafana; empty where there is none."""
    return os.environ.get("JIKIMI_GRAFANA_PUBLIC_URL") or os.environ.get("JIKIMI_GRAFANA_URL", "")


def time_zone() -> ZoneInfo:
    """Zone in which customers read the time of a purchase.

    :raises NotConfigured: there is no such zone.
    """
    name = os.environ.get("JIKIMI_TIME_ZONE", "Asia/Seoul")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise NotConfigured(f"JIKIMI_TIME_ZONE={name} is no time zone: give one such as Asia/Seoul.") from error


def fernet_key() -> str:
    """Key that encrypts the channels' tokens at rest.

    :raises NotConfigured: the variable is missing.
    """
    key = os.environ.get("JIKIMI_FERNET_KEY")
    if not key:
        raise NotConfigured("JIKIMI_FERNET_KEY is not set: `make up` generates one into .jikimi/env.")
    return key


def _positive(name: str, default: str) -> float:
    """Read a number that only makes sense above 0.

    :raises NotConfigured: it is no such number.
    """
    setting = os.environ.get(name, default)
    try:
        number = float(setting)
    except ValueError:
        number = 0.0
    if not number > 0:
        raise NotConfigured(f"{name}={setting} is no number above 0.")
    return number


def _at_least(name: str, value: float, least: float) -> float:
    if value < least:
        raise NotConfigured(f"{name}={value:g} is too short: at least {least:g} days are kept.")
    return value
