"""What is counted of alerts in trouble: all transactions that the customers were not told of."""

from datetime import UTC, datetime, timedelta

import pytest

from jikimi.store.connection import open_store
from jikimi.store.staff import tell_troubles, waiting_troubles
from tests.integration.alert_rows import add_alert


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def test_an_alert_in_trouble_counts_for_all_that_was_folded_into_it(store):
    add_alert(store, "failed", last_error="refused", channel="email", folded_count=2)
    add_alert(store, "failed", last_error="refused", channel="email")
    add_alert(store, "unknown", channel="email", folded_count=9)
    found = [(trouble.state, trouble.count, len(trouble.named)) for trouble in tell_troubles(store)]
    # The worst comes first.
    assert found == [("unknown", 10, 1), ("failed", 4, 2)]


def test_an_alert_that_waits_for_its_channel_counts_for_all_that_was_folded_into_it(store):
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    waiting = {"wait_reason": "channel_down", "channel": "email", "last_error": "away", "created_at": hour_ago}
    add_alert(store, "pending", folded_count=3, **waiting)
    (trouble,) = waiting_troubles(store, timedelta(minutes=5))
    assert (trouble.count, len(trouble.named)) == (4, 1)
