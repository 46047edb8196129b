"""From what a dealer says to what becomes of the alert, whether we asked or it came by itself."""

from collections import Counter
from collections.abc import Iterable, Sequence

from jikimi.channels.base import OpenAttempt, Report, ReportingChannel
from jikimi.delivery.fates import MOST_ATTEMPTS
from jikimi.store.connection import Connection
from jikimi.store.reports import KeptReport, apply_reports, keep_reports, waiting_for_reports


def take_reports(store: Connection, reports: Sequence[Report]) -> Counter[str]:
    """Keep a call's reports, then apply the newest that wait; returns how many alerts came to which state.

    One call costs one pass, however many wait; the timer applies the rest.
    """
    keep_reports(store, [_kept(report) for report in reports])
    return apply_reports(store, MOST_ATTEMPTS, most_passes=1)


def ask_dealer(store: Connection, channel: ReportingChannel) -> Counter[str]:
    """Ask about every try whose report is due; what is known by now is applied even if the dealer breaks off.

    :raises DeliveryError: the dealer does not answer.
    """
    counts: Counter[str] = Counter()
    try:
        for rows in waiting_for_reports(store):
            asked = [OpenAttempt(row["reference"], row["dealer_id"], row["started_at"]) for row in rows]
            _keep_what_comes(store, channel.reports(asked))
    finally:
        counts.update(apply_reports(store, MOST_ATTEMPTS))
    return counts


def _keep_what_comes(store: Connection, reports: Iterable[Report]) -> None:
    """Keep reports, those too that came before the dealer broke off."""
    known: list[KeptReport] = []
    try:
        for report in reports:
            known.append(_kept(report))  # noqa: PERF401 - a comprehension would lose them all
    finally:
        keep_reports(store, known)


def _kept(report: Report) -> KeptReport:
    return KeptReport(
        dealer=report.dealer,
        event_id=report.event_id,
        dealer_id=report.dealer_id,
        reference=report.reference,
        outcome="delivered" if report.is_delivered else "rejected",
        code=report.code,
        detail=report.detail,
        reported_at=report.reported_at,
    )
