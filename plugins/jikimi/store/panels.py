"""Panels: who votes now, who votes in the shadow, who was trained, and how one takes the other's place.

candidate -> challenger -> champion -> retired -> champion, by a rollback; candidate or challenger -> rejected.
Each step is one transaction, and each leaves a row in `panel_decisions`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from psycopg.errors import UniqueViolation
from psycopg.types.json import Json

from jikimi.exceptions import JikimiError
from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    from ml.monitoring import Reference

AUTOMATIC = "jikimi"
"""Who decided where no person did."""


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
    :param references: what the judged rows looked like; live rows are compared with it.
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
    references: "Sequence[Reference]" = ()


@dataclass(frozen=True)
class Evidence:
    """What a decision was founded on.

    :param champion_figures: measure -> value of the champion on the same window; None where there was none.
    :param details: more to keep beside the panel's own figures, such as the checks of the gate.
    """

    champion_figures: Mapping[str, float | None] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def champion(connection: Connection) -> Panel | None:
    """Return the panel that votes now, or None before the first promotion."""
    return _panel(connection, state="champion")


def challenger(connection: Connection) -> Panel | None:
    """Return the panel that votes in the shadow, or None where nobody has to decide on one."""
    return _panel(connection, state="challenger")


def panel_to_be(connection: Connection, panel_id: int) -> Panel:
    """Return a panel that may come to vote, whatever its state.

    :raises JikimiError: there is no such panel.
    """
    state_of(connection, panel_id)
    panel = _panel(connection, panel_id=panel_id)
    if panel is None:
        raise JikimiError(f"panel {panel_id} has no members: train a new one.")
    return panel


def _panel(connection: Connection, *, state: str | None = None, panel_id: int | None = None) -> Panel | None:
    row = connection.execute(query("panel_with_members"), {"state": state, "panel_id": panel_id}).fetchone()
    if row is None:
        return None
    members = tuple(Member(**member) for member in row.pop("members"))
    return Panel(**row, members=members)


def record_panel(connection: Connection, panel: NewPanel) -> int:
    """Write a candidate with its members and figures; returns its id."""
    with connection.transaction():
        parameters = {**vars(panel), "figures": Json(plain(panel.figures))}
        row = connection.execute(query("insert_panel"), parameters).fetchone() or {}
        panel_id = int(row["panel_id"])
        for member in panel.members:
            values = {**vars(member), "panel_id": panel_id, "member": member.name}
            connection.execute(query("insert_panel_member"), values)
        for member_name, figures in {"panel": panel.figures, **panel.member_figures}.items():
            _record_measures(connection, panel_id, member_name, figures, panel)
        for each in panel.references:
            reference = {**vars(each), "content": Json(each.content), "panel_id": panel_id}
            connection.execute(query("insert_panel_reference"), reference)
    return panel_id


def promote(
    connection: Connection,
    panel_id: int,
    sentence: str,
    decided_by: str = AUTOMATIC,
    *,
    evidence: Evidence | None = None,
    expected_champion: int | Literal["any"] | None = "any",
    is_forced: bool = False,
) -> None:
    """Make a candidate or challenger the champion, retire the old one, and reject a challenger that is left over.

    A left-over challenger was compared with a panel that votes no more. A second call changes nothing.

    :param expected_champion: whom the panel was compared with; `any` where nobody has to care.
    :param is_forced: take a rejected panel, too.
    :raises JikimiError: the panel was judged before, or there is another champion by now.
    """
    states = ["candidate", "challenger", *(["rejected"] if is_forced else [])]
    with _one_champion(panel_id), connection.transaction():
        current = _locked(connection, "lock_champion")
        if current == panel_id:
            return
        if expected_champion not in ("any", current):
            raise JikimiError(_other_champion(panel_id, current))
        _keep_evidence(connection, panel_id, evidence)
        if current is not None:
            _retire(connection, current, f"Panel {panel_id} took its place: {sentence}", decided_by)
        waiting = _locked(connection, "lock_challenger")
        if waiting not in (None, panel_id):
            reject(connection, waiting, f"Panel {panel_id} became champion before anyone decided.", decided_by)
        _make_champion(connection, panel_id, sentence, decided_by, states)
        _decide(connection, panel_id, "promoted", sentence, decided_by, current, evidence)


def challenge(
    connection: Connection,
    panel_id: int,
    sentence: str,
    decided_by: str = AUTOMATIC,
    *,
    evidence: Evidence | None = None,
) -> None:
    """Let a candidate score in the shadow until a person decides; it takes the place of an older challenger.

    A second call changes nothing.

    :raises JikimiError: it is no candidate any more.
    """
    with _one_champion(panel_id), connection.transaction():
        older = _locked(connection, "lock_challenger")
        if older == panel_id:
            return
        if older is not None:
            reject(connection, older, f"Panel {panel_id} became challenger before anyone decided.", decided_by)
        _keep_evidence(connection, panel_id, evidence)
        values = {"panel_id": panel_id, "sentence": sentence, "decided_by": decided_by}
        if connection.execute(query("challenge_panel"), values).rowcount != 1:
            raise JikimiError(_judged_before(connection, panel_id))
        _decide(connection, panel_id, "challenging", sentence, decided_by, older, evidence)


def reject(
    connection: Connection,
    panel_id: int | None,
    sentence: str,
    decided_by: str = AUTOMATIC,
    *,
    evidence: Evidence | None = None,
) -> None:
    """Keep a candidate or challenger as rejected, with the reason; any other panel stays what it is."""
    values = {"panel_id": panel_id, "sentence": sentence, "decided_by": decided_by}
    with connection.transaction():
        if panel_id is not None and connection.execute(query("reject_panel"), values).rowcount == 1:
            _keep_evidence(connection, panel_id, evidence)
            _decide(connection, panel_id, "rejected", sentence, decided_by, None, evidence)


def rollback(
    connection: Connection,
    sentence: str,
    decided_by: str = AUTOMATIC,
    to: int | None = None,
    *,
    expected_champion: int | Literal["any"] = "any",
) -> tuple[int, int]:
    """Bring a retired champion back and retire the present one.

    Without `to` it is the panel that was champion before the present one was promoted. So a second rollback goes one
    promotion further back, and never to the panel that the first one took away.

    :param expected_champion: whom a person wants to retire; `any` where nobody has to care.
    :return: who is champion now, and who was.
    :raises JikimiError: there is no champion, no panel before it, the panel asked for never was one, or there is
        another champion by now.
    """
    with connection.transaction():
        target, current = rollback_target(connection, to)
        if expected_champion not in ("any", current):
            raise JikimiError(f"panel {current} became champion meanwhile: look with `jikimi panel list`.")
        _retire(connection, current, f"Rolled back to panel {target}: {sentence}", decided_by)
        with _one_champion(target):
            _make_champion(connection, target, sentence, decided_by, ["retired"])
        _decide(connection, target, "rolled_back", sentence, decided_by, current, None)
    return target, current


def rollback_target(connection: Connection, to: int | None = None) -> tuple[int, int]:
    """Return who would be champion after a rollback, and who is now.

    :raises JikimiError: as `rollback` does.
    """
    current = _locked(connection, "lock_champion")
    if current is None:
        raise JikimiError("there is no champion panel: nothing can be rolled back.")
    target = to if to is not None else _before(connection, current)
    if target is None:
        raise JikimiError(f"panel {current} is the first champion: there is none before it to go back to.")
    if state_of(connection, target) != "retired":
        raise JikimiError(f"panel {target} is no retired champion, so there is no way back to it.")
    return target, current


def state_of(connection: Connection, panel_id: int) -> str:
    """Return what became of a panel.

    :raises JikimiError: there is no such panel.
    """
    row = connection.execute(query("panel_state"), {"panel_id": panel_id}).fetchone()
    if row is None:
        raise JikimiError(f"there is no panel {panel_id}: `jikimi panel list` shows all.")
    return str(row["state"])


def list_panels(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return panels with their members, states and figures, newest first."""
    return connection.execute(query("list_panels"), {"limit": limit}).fetchall()


def show_panel(connection: Connection, panel_id: int) -> dict[str, Any]:
    """Return all about a panel: `members`, `figures`, `champion_figures`, `member_figures`, `decisions`.

    :raises JikimiError: there is no such panel.
    """
    state_of(connection, panel_id)
    values = {"panel_id": panel_id}
    row = connection.execute(query("show_panel"), values).fetchone() or {}
    measures = connection.execute(query("member_measures"), values).fetchall()
    row["member_figures"] = {measure["member"]: measure["figures"] for measure in measures}
    row["decisions"] = connection.execute(query("panel_decisions"), values).fetchall()
    return row


def plain(value: Any) -> Any:
    """Return figures as JSON can hold them: what is not a number becomes null."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@contextmanager
def _one_champion(panel_id: int) -> Iterator[None]:
    try:
        yield
    except UniqueViolation as error:
        raise JikimiError(_other_champion(panel_id, None)) from error


def _other_champion(panel_id: int, current: int | None) -> str:
    other = f"panel {current}" if current is not None else "another panel"
    return (
        f"{other} took the place meanwhile, and panel {panel_id} was not compared with it: nothing was changed. "
        "Look with `jikimi panel list`, or train a new one."
    )


def _judged_before(connection: Connection, panel_id: int) -> str:
    state = state_of(connection, panel_id)
    row = connection.execute(query("show_panel"), {"panel_id": panel_id}).fetchone() or {}
    return f"panel {panel_id} was judged before and is {state} ({row.get('decision') or 'no reason'}): train a new one."


def _locked(connection: Connection, statement: str) -> int | None:
    row = connection.execute(query(statement)).fetchone()
    return None if row is None else int(row["panel_id"])


def _before(connection: Connection, panel_id: int) -> int | None:
    row = connection.execute(query("panel_before"), {"panel_id": panel_id}).fetchone() or {}
    return row.get("panel_id")


def _make_champion(
    connection: Connection, panel_id: int, sentence: str, decided_by: str, states: Sequence[str]
) -> None:
    values = {"panel_id": panel_id, "sentence": sentence, "decided_by": decided_by, "states": list(states)}
    if connection.execute(query("promote_panel"), values).rowcount != 1:
        raise JikimiError(_judged_before(connection, panel_id))


def _retire(connection: Connection, panel_id: int, sentence: str, decided_by: str) -> None:
    connection.execute(query("retire_champion"), {"panel_id": panel_id})
    _decide(connection, panel_id, "retired", sentence, decided_by, None, None)


def _keep_evidence(connection: Connection, panel_id: int, evidence: Evidence | None) -> None:
    if evidence and evidence.champion_figures is not None:
        figures = Json(plain(evidence.champion_figures))
        connection.execute(query("keep_champion_figures"), {"panel_id": panel_id, "champion_figures": figures})


def _decide(
    connection: Connection,
    panel_id: int,
    decision: str,
    sentence: str,
    decided_by: str,
    replaced: int | None,
    evidence: Evidence | None,
) -> None:
    connection.execute(
        query("insert_panel_decision"),
        {
            "panel_id": panel_id,
            "decision": decision,
            "sentence": sentence,
            "decided_by": decided_by,
            "replaced_panel_id": replaced,
            "details": Json(plain(evidence.details if evidence else {})),
        },
    )


def _record_measures(
    connection: Connection, panel_id: int, member: str, figures: Mapping[str, float], panel: NewPanel
) -> None:
    for measure, value in figures.items():
        if not math.isfinite(value):
            continue
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
