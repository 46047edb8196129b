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


def label_delay_days() -> float:
    """Days until the bank knows whether a transaction was fraud."""
    return float(os.environ.get("JIKIMI_LABEL_DELAY_DAYS", "7"))


def messages_per_10k() -> float:
    """Most messages per 10,000 customers and day."""
    return float(os.environ.get("JIKIMI_MESSAGES_PER_10K", "50"))


def max_age_days() -> float:
    """Age in days at which a landed transaction is refused."""
    return float(os.environ.get("JIKIMI_MAX_AGE_DAYS", "3650"))


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
