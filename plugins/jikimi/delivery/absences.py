"""Which channels take nothing now: seen from their answers, left alone for a while, then tried again."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeGuard

from jikimi.channels.base import Taken
from jikimi.exceptions import DeliveryError, Misconfigured, QuotaUsedUp, Unavailable, Unknown

# Requests in a row that were not answered or not taken: the channel is away.
_MOST_IN_A_ROW = 3
# A drain may last for hours; then one request is enough to see whether the channel is back.
_REST = timedelta(minutes=1)


@dataclass
class Absences:
    """What one drain knows of channels that are away; threads may share it.

    :param now: the present instant, aware.
    """

    now: Callable[[], datetime]
    _in_a_row: Counter[str] = field(default_factory=Counter)
    _away: dict[str, tuple[DeliveryError, datetime]] = field(default_factory=dict)

    def is_away(self, channel: str) -> bool:
        """Tell whether a channel is left alone now."""
        return channel in self._away and self.now() < self._away[channel][1]

    def why(self, channel: str) -> str:
        """Return why a channel is or was left alone, without personal data."""
        return self._away[channel][0].detail

    def add(self, channel: str, error: DeliveryError) -> None:
        """Leave a channel alone for a while."""
        self._away[channel] = (error, self.now() + _REST)

    def notice(self, channel: str, results: Mapping[int, Taken | DeliveryError]) -> None:
        """See from what came of a request whether its channel is away."""
        errors = [result for result in results.values() if _is_absence(result)]
        if len(errors) < len(results):
            self._in_a_row[channel] = 0
        elif errors:
            self._in_a_row[channel] += 1
            if isinstance(errors[0], Misconfigured) or self._in_a_row[channel] >= _MOST_IN_A_ROW:
                self.add(channel, errors[0])


def _is_absence(result: Taken | DeliveryError) -> TypeGuard[DeliveryError]:
    """Tell an absence from an answer; who says that a count is used up is there."""
    return isinstance(result, (Unavailable, Unknown)) and not isinstance(result, QuotaUsedUp)
