"""When a digest ends."""

from datetime import UTC, datetime, timedelta

import pytest

from jikimi.delivery.notices import digest_end


@pytest.mark.parametrize(
    ("now", "minutes", "end"),
    [
        pytest.param("2026-03-01T10:05", 60, "2026-03-01T10:00", id="just over"),
        pytest.param("2026-03-01T10:04", 60, "2026-03-01T09:00", id="some verdicts may not be committed yet"),
        pytest.param("2026-03-01T10:36", 30, "2026-03-01T10:30", id="half an hour"),
        pytest.param("2026-03-01T00:04", 1440, "2026-02-28T00:00", id="a day"),
    ],
)
def test_a_digest_ends_with_the_last_period_that_is_complete(now, minutes, end):
    found = digest_end(datetime.fromisoformat(now).replace(tzinfo=UTC), timedelta(minutes=minutes))
    assert found == datetime.fromisoformat(end).replace(tzinfo=UTC)
