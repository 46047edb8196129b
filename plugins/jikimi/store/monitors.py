"""What the monitors read and keep: windows of votes, scores and rows; measures, one row each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    from ml.monitoring import Agreement, Drift, MemberVotes, PanelVotes, Reference, VotePattern


@dataclass(frozen=True)
class Span:
    """A window: from an instant, up to another one without it."""

    since: datetime
    until: datetime


def references_of(connection: Connection, panel_id: int) -> "list[Reference]":
    """Return what the rows looked like on which a panel was judged; nothing for panels of before the monitors."""
    from ml.monitoring import Reference

    return [Reference(**row) for row in connection.execute(query("panel_references"), {"panel_id": panel_id})]


def vote_patterns(connection: Connection, span: Span) -> "list[VotePattern]":
    """Return how panels voted on what was scored in a window."""
    from ml.monitoring import VotePattern

    return [
        VotePattern(
            panel_id=row["panel_id"],
            is_shadow=row["is_shadow"],
            members=tuple(row["members"]),
            voted=frozenset(row["voted"]),
            fraud=frozenset(row["fraud"]),
            rows=row["rows"],
        )
        for row in connection.execute(query("vote_patterns"), vars(span))
    ]


def keep_votes(
    connection: Connection,
    span: Span,
    panels: "Sequence[PanelVotes]",
    members: "Sequence[MemberVotes]",
    agreements: "Sequence[Agreement]",
) -> None:
    """Keep how panels, members and pairs of members voted in a window, and the scores that members gave."""
    nothing = dict.fromkeys(("score_low", "score_high", "score_mean", "score_p50", "score_p95", "score_p99"))
    scores = {
        (row["panel_id"], row["member"]): row
        for row in connection.execute(query("member_scores"), vars(span)).fetchall()
    }
    _keep(connection, "keep_panel_votes", ({**vars(span), **vars(each)} for each in panels))
    _keep(
        connection,
        "keep_member_votes",
        ({**vars(span), **nothing, **scores.get((each.panel_id, each.member), {}), **vars(each)} for each in members),
    )
    _keep(connection, "keep_member_agreement", ({**vars(span), **vars(each)} for each in agreements))


def recent_votes(
    connection: Connection, panel_id: int, span: Span
) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """Return the windows that ended in a span, the newest first: those of each member, and those of the panel."""
    values = {"panel_id": panel_id, **vars(span)}
    members: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(query("recent_member_votes"), values):
        members.setdefault(row.pop("member"), []).append(row)
    return members, connection.execute(query("recent_panel_votes"), values).fetchall()


def score_bins(connection: Connection, panel_id: int, span: Span) -> dict[str, dict[int, int]]:
    """Return member -> bin of its reference -> rows of a window."""
    found: dict[str, dict[int, int]] = {}
    for row in connection.execute(query("score_bins"), {"panel_id": panel_id, **vars(span)}):
        found.setdefault(row["member"], {})[row["bin"]] = row["rows"]
    return found


def sample_batches(connection: Connection, panel_id: int, span: Span, most_rows: int) -> list[int]:
    """Return some batches that a panel scored in a window, of so many rows at most, but at least one."""
    values = {"panel_id": panel_id, "limit": most_rows, **vars(span)}
    return [row["batch_id"] for row in connection.execute(query("sample_batches"), values)]


def is_drift_measured(connection: Connection, panel_id: int, until: datetime) -> bool:
    """Tell whether the window that ends at an instant was measured before."""
    row = connection.execute(query("is_drift_measured"), {"panel_id": panel_id, "until": until}).fetchone() or {}
    return bool(row["is_measured"])


def drift_of_window(connection: Connection, panel_id: int, until: datetime) -> dict[tuple[str, str], float]:
    """Return (kind, name) -> PSI of the window that ended at an instant."""
    rows = connection.execute(query("drift_of_window"), {"panel_id": panel_id, "until": until})
    return {(row["kind"], row["name"]): row["psi"] for row in rows}


def keep_drift(connection: Connection, panel_id: int, span: Span, drifts: "Iterable[Drift]") -> None:
    """Keep the drift of a window."""
    _keep(
        connection,
        "keep_drift",
        (
            {**vars(span), **vars(each), "panel_id": panel_id, "state": "measured", "is_calendar": each.is_calendar}
            for each in drifts
        ),
    )


def keep_no_drift(connection: Connection, panel_id: int, span: Span, state: str, rows: int) -> None:
    """Keep why nobody can say whether a window has drifted: `too_few_rows` or `no_reference`."""
    unknown = dict.fromkeys(("psi", "missing_share", "reference_missing_share", "unseen_share"))
    own = {"panel_id": panel_id, "kind": "panel", "name": "", "state": state, "rows": rows, "is_calendar": False}
    _keep(connection, "keep_drift", [{**vars(span), **unknown, **own}])


def lasting_drift(connection: Connection, panel_id: int, limit: float) -> list[dict[str, Any]]:
    """Return what was over the limit in the last two windows, the farthest first.

    :return: `kind`, `name`, `psi`, `previous_psi`, and `measured_until` of the last window.
    """
    return connection.execute(query("lasting_drift"), {"panel_id": panel_id, "limit": limit}).fetchall()


def performance_clock(connection: Connection) -> datetime | None:
    """Return the instant of the newest purchase that was scored lately."""
    row = connection.execute(query("performance_clock")).fetchone() or {}
    newest: datetime | None = row.get("newest")
    return newest


def measured_days(connection: Connection, delay: timedelta, since: datetime) -> set[datetime]:
    """Return the ends of the days that were measured before with the labels of a delay."""
    values = {"delay_days": _days(delay), "since": since}
    return {row["measured_until"] for row in connection.execute(query("measured_days"), values)}


def measure_day(connection: Connection, span: Span, delay: timedelta) -> None:
    """Keep what came of a day's messages; nothing where labels are wanted and there is none of that day.

    :param delay: after which labels count; 0 for estimates alone.
    """
    rows = connection.execute(query("performance_of_day"), {**vars(span), "delay": delay}).fetchall()
    unknown = dict.fromkeys(("hits", "frauds", "amount_caught", "amount_missed"))
    own = {**vars(span), "delay_days": _days(delay), **({} if delay else unknown)}
    _keep(connection, "keep_performance", (row | own for row in rows if not delay or row["labelled_rows"]))


def recent_performance(connection: Connection, panel_id: int, delay: timedelta, limit: int) -> list[dict[str, Any]]:
    """Return the last measured days of a panel's messages, the newest first."""
    values = {"panel_id": panel_id, "delay_days": _days(delay), "limit": limit}
    return connection.execute(query("recent_performance"), values).fetchall()


def is_performance_due(connection: Connection, since: datetime) -> bool:
    """Tell whether nobody has looked at the messages since an instant."""
    row = connection.execute(query("is_performance_due"), {"since": since}).fetchone() or {}
    return bool(row["is_due"])


def data_now(connection: Connection, now: datetime) -> dict[str, Any]:
    """Return `backlog_rows`, `backlog_seconds`, `seconds_since_landed`, `seconds_since_scored`; None where never."""
    return connection.execute(query("data_now"), {"now": now}).fetchone() or {}


def hour_of_data(connection: Connection, span: Span) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return `landed`, `refused` and `expected` of an hour, and why rows were refused: `reason`, `rows`."""
    hour = connection.execute(query("hour_of_data"), vars(span)).fetchone() or {}
    return hour, connection.execute(query("refused_of_hour"), vars(span)).fetchall()


def keep_data(
    connection: Connection,
    span: Span,
    values: "dict[tuple[str, str], float | None]",
    expected: "dict[str, float | None] | None" = None,
) -> None:
    """Keep measures of the data: (measure, subject) -> value; what is None is left out.

    :param expected: measure -> what is usual.
    """
    _keep(
        connection,
        "keep_data",
        (
            {**vars(span), "measure": name, "subject": subject, "value": value, "expected": (expected or {}).get(name)}
            for (name, subject), value in values.items()
            if value is not None
        ),
    )


def _keep(connection: Connection, statement: str, rows: Iterable[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(query(statement), rows)


def _days(delay: timedelta) -> float:
    return delay / timedelta(days=1)
