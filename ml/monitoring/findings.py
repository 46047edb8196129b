"""What is wrong: measures against what is usual, with as much doubt as the number of rows leaves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ml.monitoring.alarms import Figure, Finding
from ml.monitoring.drift import Drift
from ml.monitoring.intervals import wilson

SAME_SCORE: Final = 1e-9
MORE_MISSING: Final = 0.1
"""Share of further missing values that is much."""
UNSEEN: Final = 0.05
"""Share of rows with a category of which the members know nothing that is much."""
FEWEST_EXPECTED: Final = 20
"""Rows of an hour below which its volume says nothing."""
HALF_AS_PRECISE: Final = 0.5


@dataclass(frozen=True)
class Band:
    """How far from what is usual a measure may be.

    :param min_rows: rows below which a window says nothing.
    :param factor: times, up or down.
    :param windows: how many in a row.
    """

    min_rows: int = 200
    factor: float = 3.0
    windows: int = 2


@dataclass(frozen=True)
class VoteWindow:
    """How one member, or the unanimous panel, voted in one window."""

    scored_rows: int
    fraud_rows: int
    missing_rows: int = 0
    score_low: float | None = None
    score_high: float | None = None

    @property
    def voted_rows(self) -> int:
        """Rows on which it voted."""
        return self.scored_rows - self.missing_rows


@dataclass(frozen=True)
class UsualVote:
    """How often a member, or the unanimous panel, said fraud on the rows that the panel was judged on."""

    fraud: int
    rows: int


@dataclass(frozen=True)
class Day:
    """A day of messages: `hits` is None before labels are known."""

    name: str
    messages: int
    active_customers: int
    hits: int | None = None


@dataclass(frozen=True)
class Hour:
    """An hour of landed rows.

    :param expected: rows of the same hour in past weeks; None where there is nothing to compare.
    :param reason: why most of the refused rows were refused.
    """

    name: str
    landed: int
    expected: float | None
    refused: int
    reason: str


@dataclass(frozen=True)
class DataLimits:
    """From where on data are wrong.

    :param silent_seconds: without a landed row.
    :param backlog_seconds: that a row waits for its verdict.
    :param volume_factor: times the volume of past weeks, up or down.
    :param quarantine_share: of the rows of an hour.
    """

    silent_seconds: float
    backlog_seconds: float
    volume_factor: float
    quarantine_share: float


def vote_findings(
    members: Mapping[str, Sequence[VoteWindow]],
    unanimous: Sequence[VoteWindow],
    usual: Mapping[str, UsualVote],
    band: Band,
) -> Iterator[Finding]:
    """Judge the vote: who is missing, who is constant, who votes more or less often than when the panel was judged.

    :param members: member -> its windows, the newest first.
    :param unanimous: the same of the panel; `fraud_rows` are the unanimous ones.
    :param usual: member, and `unanimous`; who is not in it has no band.
    """
    for member, windows in members.items():
        if windows and windows[0].scored_rows:
            yield _missing(member, windows[0])
            yield from _constant(member, windows[0], band)
            yield from _outside("member_out_of_band", member, windows, usual.get(member), band)
    yield from _outside("unanimous_out_of_band", "", unanimous, usual.get("unanimous"), band)


def drift_findings(newest: Sequence[Drift], before: Mapping[tuple[str, str], float], limit: float) -> Iterator[Finding]:
    """Judge drift: a PSI at or above the limit in two windows in a row, and what is missing or new in the last one.

    :param before: (kind, name) -> PSI in the window right before; what was not measured there is not in it.
    """
    for each in newest:
        previous = before.get((each.kind, each.name))
        if not each.is_calendar:
            kind = "score_drift" if each.kind == "score" else "feature_drift"
            figures = {"psi": each.psi, "previous_psi": previous or 0.0, "limit": limit}
            is_twice = each.psi >= limit and previous is not None and previous >= limit
            yield Finding(kind, each.name, is_twice, figures)
        if each.kind == "feature":
            shares = {"missing_share": each.missing_share, "reference_share": each.reference_missing_share}
            is_more = each.missing_share - each.reference_missing_share > MORE_MISSING
            yield Finding("missing_values", each.name, is_more, shares)
        if each.unseen_share is not None:
            shares = {"unseen_share": each.unseen_share}
            yield Finding("unseen_categories", each.name, each.unseen_share > UNSEEN, shares)


def performance_findings(
    newest: Day | None, labelled: Sequence[Day], budget: float, judged_precision: float | None
) -> Iterator[Finding]:
    """Judge the messages: more than the budget on the newest day, or far less precise than when the panel was judged.

    :param labelled: the last days whose labels are known.
    :param budget: messages per 10,000 active customers and day.
    """
    if newest and newest.active_customers:
        least, _ = wilson(min(newest.messages, newest.active_customers), newest.active_customers)
        share = newest.messages / newest.active_customers
        figures: dict[str, Figure] = {"day": newest.name, "messages": newest.messages, "budget": budget}
        figures["messages_per_10k"] = 10_000 * share
        yield Finding("messages_over_budget", "", 10_000 * least > budget, figures)
    messages, hits = sum(day.messages for day in labelled), sum(day.hits or 0 for day in labelled)
    if messages and judged_precision:
        _, most = wilson(hits, messages)
        figures = {"messages": messages, "hits": hits, "days": len(labelled)}
        figures |= {"precision_share": hits / messages, "judged_share": judged_precision}
        yield Finding("precision_low", "", most < HALF_AS_PRECISE * judged_precision, figures)


def data_findings(
    since_landed: float | None,
    backlog: tuple[int, float],
    hour: Hour | None,
    limits: DataLimits,
) -> Iterator[Finding]:
    """Judge what lands, waits and is refused.

    :param since_landed: seconds since the last row landed; None where none ever did, which is no fault.
    :param backlog: rows that wait for their verdict, and for how many seconds the oldest does.
    """
    rows, oldest = backlog
    figures = {"rows": rows, "oldest_seconds": oldest}
    yield Finding("backlog_old", "", rows > 0 and oldest > limits.backlog_seconds, figures)
    if since_landed is not None:
        yield Finding("nothing_lands", "", since_landed > limits.silent_seconds, {"since_seconds": since_landed})
    if hour is None:
        return
    if hour.expected is not None and max(hour.expected, hour.landed) >= FEWEST_EXPECTED:
        is_far = not hour.expected / limits.volume_factor <= hour.landed <= hour.expected * limits.volume_factor
        volume: dict[str, Figure] = {"hour": hour.name, "rows": hour.landed, "expected": round(hour.expected)}
        yield Finding("volume_out_of_band", "", is_far, volume)
    if hour.landed:
        least, _ = wilson(min(hour.refused, hour.landed), hour.landed)
        refused: dict[str, Figure] = {"landed": hour.landed, "refused": hour.refused, "reason": hour.reason or "-"}
        refused["refused_share"] = hour.refused / hour.landed
        yield Finding("quarantine_high", "", least > limits.quarantine_share, refused)


def _missing(member: str, window: VoteWindow) -> Finding:
    figures = {"missing_rows": window.missing_rows, "scored_rows": window.scored_rows}
    return Finding("member_missing", member, window.missing_rows > 0, figures)


def _constant(member: str, window: VoteWindow, band: Band) -> Iterator[Finding]:
    low, high = window.score_low, window.score_high
    if window.voted_rows >= band.min_rows and low is not None and high is not None:
        figures: dict[str, Figure] = {"voted_rows": window.voted_rows, "score": f"{high:.3g}"}
        yield Finding("member_constant", member, high - low <= SAME_SCORE, figures)


def _outside(
    kind: str, subject: str, windows: Sequence[VoteWindow], usual: UsualVote | None, band: Band
) -> Iterator[Finding]:
    """Compare windows with a band; both shares are taken as far towards each other as their rows allow."""
    if not windows or windows[0].voted_rows < band.min_rows or usual is None or not usual.rows:
        return
    low, high = wilson(usual.fraud, usual.rows)
    low, high = low / band.factor, high * band.factor
    outside = [_is_outside(window, low, high) for window in windows[: band.windows]]
    figures = {
        "fraud_share": windows[0].fraud_rows / windows[0].voted_rows,
        "windows": band.windows,
        "low_share": low,
        "high_share": min(high, 1.0),
    }
    yield Finding(kind, subject, len(outside) == band.windows and all(outside), figures)


def _is_outside(window: VoteWindow, low: float, high: float) -> bool:
    least, most = wilson(window.fraud_rows, window.voted_rows)
    return least > high or most < low
