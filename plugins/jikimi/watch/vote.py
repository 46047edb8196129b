"""The vote is watched: who is missing, who is constant, who votes more or less often than expected."""

from datetime import datetime
from typing import TYPE_CHECKING

from jikimi.store import monitors
from jikimi.store.connection import Connection
from jikimi.store.monitors import Span
from jikimi.store.panels import Panel
from jikimi.watch.settings import Settings, last_window

if TYPE_CHECKING:
    from ml.monitoring import Finding, UsualVote


def watch_vote(store: Connection, champion: Panel | None, settings: Settings, now: datetime) -> "list[Finding]":
    """Measure how every panel voted in the last window, and judge the champion's vote."""
    from ml.monitoring import VoteWindow, count_votes, vote_findings

    span = last_window(now, settings.vote_window)
    with store.transaction():
        monitors.keep_votes(store, span, *count_votes(monitors.vote_patterns(store, span)))
    if champion is None:
        return []
    # As many windows as must be outside their band, without a gap: a quiet hour between two says nothing of them.
    recent = Span(span.until - settings.vote_windows * settings.vote_window, span.until)
    members, panel = monitors.recent_votes(store, champion.panel_id, recent)
    windows = {
        member: [VoteWindow(**_without_end(row)) for row in rows]
        for member, rows in members.items()
        if rows[0]["measured_until"] == span.until
    }
    unanimous = [VoteWindow(**_without_end(row)) for row in panel if panel[0]["measured_until"] == span.until]
    return list(vote_findings(windows, unanimous, _usual(store, champion.panel_id), settings.band))


def _usual(store: Connection, panel_id: int) -> "dict[str, UsualVote]":
    from ml.monitoring import UsualVote

    return {
        each.name: UsualVote(each.content["fraud"], each.rows)
        for each in monitors.references_of(store, panel_id)
        if each.kind == "vote"
    }


def _without_end(row: dict[str, object]) -> dict[str, int]:
    return {name: value for name, value in row.items() if name != "measured_until"}  # type: ignore[misc]
