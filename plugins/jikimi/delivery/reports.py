"""From what a dealer says to what becomes of the alert, whether we asked or it came by itself."""

from collections import Counter
from collections.abc import Sequence

from jikimi.channels.base import OpenAttempt, Report, ReportingChannel
from jikimi.delivery.fates import MOST_ATTEMPTS
from jikimi.store.connection import Connection
from jikimi.store.reports import KeptReport, apply_reports, keep_reports, waiting_for_reports


def take_reports(store: Connection, reports: Sequence[Report]) -> Counter[str]:
    """Keep reports, then apply all that wait; returns how many alerts came to which state."""
    keep_reports(store, [_kept(report) for report in reports])
    return apply_reports(store, MOST_ATTEMPTS)


def ask_dealer(store: Connection, channel: ReportingChannel) -> Counter[str]:
    """Ask about every try whose report is due; what is known by now is applied even if the dealer breaks off.

    :raises DeliveryError: the dealer does not answer.
    """
    counts: Counter[str] = Counter()
    try:
        for rows in waiting_for_reports(store):
            asked = [OpenAttempt(row["reference"], row["dealer_id"], row["started_at"]) for row in rows]
            keep_reports(store, [_kept(report) for report in channel.reports(asked)])
    finally:
        counts.update(apply_reports(store, MOST_ATTEMPTS))
    return counts


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
