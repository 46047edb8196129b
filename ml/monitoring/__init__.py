"""What the monitors compute: the vote, drift, performance and data, and what of it is wrong. Pure, as all of `ml`."""

from ml.monitoring.alarms import Finding, sentence
from ml.monitoring.drift import CALENDAR_NAMES, Drift, drift_of_counts, drift_of_values, psi
from ml.monitoring.findings import (
    Band,
    DataLimits,
    Day,
    Hour,
    UsualVote,
    VoteWindow,
    data_findings,
    drift_findings,
    performance_findings,
    vote_findings,
)
from ml.monitoring.intervals import wilson
from ml.monitoring.references import Reference, panel_references
from ml.monitoring.votes import Agreement, MemberVotes, PanelVotes, VotePattern, count_votes

__all__ = [
    "CALENDAR_NAMES",
    "Agreement",
    "Band",
    "DataLimits",
    "Day",
    "Drift",
    "Finding",
    "Hour",
    "MemberVotes",
    "PanelVotes",
    "Reference",
    "UsualVote",
    "VotePattern",
    "VoteWindow",
    "count_votes",
    "data_findings",
    "drift_findings",
    "drift_of_counts",
    "drift_of_values",
    "panel_references",
    "performance_findings",
    "psi",
    "sentence",
    "vote_findings",
    "wilson",
]
