"""What a monitor found out about one thing, and the sentence that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ml.messages.templates import fill, words

Part = Literal["vote", "drift", "performance", "data"]
Figure = float | int | str

PARTS: Final[Mapping[str, Part]] = {
    "member_missing": "vote",
    "member_constant": "vote",
    "member_out_of_band": "vote",
    "unanimous_out_of_band": "vote",
    "score_drift": "drift",
    "feature_drift": "drift",
    "missing_values": "drift",
    "unseen_categories": "drift",
    "messages_over_budget": "performance",
    "precision_low": "performance",
    "nothing_lands": "data",
    "backlog_old": "data",
    "volume_out_of_band": "data",
    "quarantine_high": "data",
}
"""Every kind of alarm, and which part of the monitors raises it."""

_PAGES: Final[Mapping[Part, str]] = {
    "vote": "/d/jikimi-panel",
    "drift": "/d/jikimi-drift",
    "performance": "/d/jikimi-panel",
    "data": "/d/jikimi-pipeline",
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Finding:
    """One thing that could be judged: wrong or not. What could not be judged is no finding.

    :param kind: a key of `PARTS`.
    :param subject: the member, feature or reason that it is about; empty where it is about all.
    :param figures: for its sentence: a name that ends in `_share` is a share, one that ends in `_seconds` a time.
    """

    kind: str
    subject: str
    is_firing: bool
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def part(self) -> Part:
        """Which part of the monitors found it."""
        return PARTS[self.kind]

    @property
    def link(self) -> str:
        """Path of the dashboard that shows it."""
        return _PAGES[self.part]


def sentence(finding: Finding, language: str) -> str:
    """Explain a finding in one sentence with its figures.

    :param language: `ko` or `en`.
    """
    said: Mapping[str, Any] = words("alarms", language)
    values = {name: _figure(name, value, said) for name, value in finding.figures.items()}
    return fill(said[finding.kind], {**values, "subject": finding.subject})


def _figure(name: str, value: Figure, said: Mapping[str, Any]) -> str:
    if isinstance(value, str):
        return value
    if name.endswith("_share"):
        return f"{100 * value:.3g} %"
    if name.endswith("_seconds"):
        return _time(value, said)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def _time(seconds: float, said: Mapping[str, Any]) -> str:
    for size, unit in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes")):
        if seconds >= 2 * size:
            return fill(said["units"][unit], {"number": f"{seconds / size:.0f}"})
    return fill(said["units"]["seconds"], {"number": f"{seconds:.0f}"})
