"""Panels: who votes now, who was trained, who was promoted and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Json

from jikimi.exceptions import JikimiError
from jikimi.store.connection import Connection, query


@dataclass(frozen=True)
class Member:
    """A model version of the registry and the score from which it votes fraud.

    :param sha256: of its files when they were registered; None for panels of before such digests were kept.
    """

    name: str
    model_name: str
    model_version: int
    threshold: float
    sha256: str | None = None


@dataclass(frozen=True)
class Panel:
    """A panel that votes: the champion, or the challenger in the shadow."""

    panel_id: int
    policy: str
    mlflow_run_id: str
    messages_per_10k: float
    figures: dict[str, Any]
    members: tuple[Member, ...]


@dataclass(frozen=True)
class NewPanel:
    """A trained panel, before anyone judged it.

    :param figures: measure -> value of the whole panel on the judging window.
    :param member_figures: member -> measure -> value.
    """

    policy: str
    messages_per_10k: float
    mlflow_run_id: str
    trained_from: datetime
    trained_until: datetime
    judged_from: datetime
    judged_until: datetime
    members: tuple[Member, ...]
    figures: Mapping[str, float]
    member_figures: Mapping[str, Mapping[str, float]]


def champion(connection: Connection) -> Panel | None:
    """Return the panel that votes now, or None before the first promotion."""
    return _panel(connection, "champion_panel")


def challenger(connection: Connection) -> Panel | None:
    """Return the panel that votes in the shadow, or None where nobody has to decide on one."""
    return _panel(connection, "challenger_panel")


def _panel(connection: Connection, statement: str) -> Panel | None:
    row = connection.execute(query(statement)).fetchone()
    if row is None:
        return None
    members = tuple(Member(**member) for member in row.pop("members"))
    return Panel(**row, members=members)


def record_panel(connection: Connection, panel: NewPanel) -> int:
    """Write a candidate with its members and figures; returns its id."""
    with connection.transaction():
        parameters = {**vars(panel), "figures": Json(dict(panel.figures))}
        row = connection.execute(query("insert_panel"), parameters).fetchone() or {}
        panel_id = int(row["panel_id"])
        for member in panel.members:
            values = {**vars(member), "panel_id": panel_id, "member": member.name}
            connection.execute(query("insert_panel_member"), values)
        for member_name, figures in {"panel": panel.figures, **panel.member_figures}.items():
            _record_measures(connection, panel_id, member_name, figures, panel)
    return panel_id


def promote(connection: Connection, panel_id: int, decision: str) -> None:
    """Make a candidate the champion.

    :raises JikimiError: it is no candidate any more: its figures were judged before, against another champion.
    """
    with connection.transaction():
        connection.execute(query("retire_champion"), {"panel_id": panel_id})
        done = connection.execute(query("promote_panel"), {"panel_id": panel_id, "decision": decision})
        if done.rowcount != 1:
            raise JikimiError(f"panel {panel_id} was judged before: train a new one instead of clearing this task.")


def reject(connection: Connection, panel_id: int, decision: str) -> None:
    """Keep a candidate as rejected, with the reason."""
    connection.execute(query("reject_panel"), {"panel_id": panel_id, "decision": decision})


def _record_measures(
    connection: Connection, panel_id: int, member: str, figures: Mapping[str, float], panel: NewPanel
) -> None:
    for measure, value in figures.items():
        connection.execute(
            query("insert_panel_measure"),
            {
                "panel_id": panel_id,
                "member": member,
                "measure": measure,
                "value": value,
                "measured_from": panel.judged_from,
                "measured_until": panel.judged_until,
            },
        )
