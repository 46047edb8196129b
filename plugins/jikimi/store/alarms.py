"""Alarms of the monitors: open as long as a fault lasts, told once, and told when it is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from psycopg.types.json import Json

from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    from ml.monitoring import Finding


@dataclass(frozen=True)
class AlarmNews:
    """What staff do not know yet: an alarm that began, or one that is over."""

    is_over: bool
    sentence_ko: str
    sentence_en: str
    link: str


def keep_findings(
    connection: Connection, findings: "Iterable[Finding]", panel_id: int | None, now: datetime, quiet: timedelta
) -> "list[Finding]":
    """Open alarms for what is wrong and close those of what is as it should be; returns what is wrong.

    What is no finding stays as it is: nobody could judge it.

    :param panel_id: the panel that it is about; None for faults of the data.
    :param quiet: an alarm that ended less than this ago goes on, if it comes again.
    """
    firing = []
    with connection.transaction():
        for finding in findings:
            if finding.is_firing:
                firing.append(finding)
                _open(connection, finding, panel_id, now, quiet)
            else:
                values = {"kind": finding.kind, "subject": finding.subject, "now": now}
                connection.execute(query("close_alarm"), values)
    return firing


def close_others(connection: Connection, panel_id: int | None, now: datetime) -> None:
    """Close alarms about panels that are not this champion."""
    connection.execute(query("close_other_alarms"), {"panel_id": panel_id, "now": now})


def tell_alarms(connection: Connection, now: datetime, quiet: timedelta) -> list[AlarmNews]:
    """Return what staff do not know yet and mark it as told: what began, and what has been over for `quiet`."""
    rows = connection.execute(query("tell_alarms"), {"now": now, "quiet": quiet})
    return [AlarmNews(**row) for row in rows]


def _open(connection: Connection, finding: "Finding", panel_id: int | None, now: datetime, quiet: timedelta) -> None:
    from ml.monitoring import sentence

    values = {
        "kind": finding.kind,
        "part": finding.part,
        "subject": finding.subject,
        "panel_id": panel_id,
        "figures": Json(dict(finding.figures)),
        "sentence_ko": sentence(finding, "ko"),
        "sentence_en": sentence(finding, "en"),
        "link": finding.link,
        "now": now,
        "quiet": quiet,
    }
    connection.execute(query("keep_alarm"), values)
