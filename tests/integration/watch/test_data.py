"""The data on a real PostgreSQL: silence, backlog, unusual volume and quarantine are told, and quiet data are not."""

from datetime import timedelta

import pytest

from jikimi.watch.data import watch_data
from tests.integration.watch.conftest import NOW

WEEK = timedelta(days=7)
LAST_HOUR = NOW.replace(minute=0) - timedelta(minutes=30)


@pytest.fixture
def batch(store):
    def write(at, landed, refused=0, state="scored", source="live"):
        row = store.execute(
            "insert into batches (source, state, landed_count, valid_count, quarantined_count, first_landed_at,"
            " claimed_at, scored_at, first_occurred_at, last_occurred_at)"
            " values (%(source)s, %(state)s, %(landed)s, %(valid)s, %(refused)s,"
            " %(at)s, %(at)s, %(at)s, %(at)s, %(at)s)"
            " returning batch_id",
            {
                "source": source, "state": state, "landed": landed, "valid": landed - refused, "refused": refused,
                "at": at,
            },
        ).fetchone()  # fmt: skip
        return row["batch_id"]

    return write


@pytest.fixture
def refuse(store):
    def write(batch_id, at, *reasons):
        for number, each in enumerate(reasons):
            store.execute(
                "insert into quarantined_transactions (landed_id, batch_id, quarantined_at, reasons, landed_row)"
                " values (%s, %s, %s, %s, '{}')",
                [batch_id * 1000 + number, batch_id, at, each],
            )

    return write


def measures(store):
    rows = store.execute("select measure, subject, value, expected from data_measures").fetchall()
    return {(row["measure"], row["subject"]): (row["value"], row["expected"]) for row in rows}


def usual_weeks(batch, landed=900):
    for week in range(1, 5):
        batch(LAST_HOUR - week * WEEK, landed)


def test_empty_tables_are_quiet(store, watch):
    assert watch(watch_data) == set()
    assert measures(store)[("backlog_rows", "")] == (0, None)
    assert ("seconds_since_landed", "") not in measures(store)


def test_usual_data_are_quiet_and_measured(store, watch, batch, refuse):
    usual_weeks(batch)
    last = batch(LAST_HOUR, 1000, 3)
    refuse(last, LAST_HOUR, ["amount_is_positive"], ["amount_is_positive", "currency_is_known"])
    assert watch(watch_data) == set()
    found = measures(store)
    assert found[("landed_rows", "")] == (1000, 900)
    assert found[("quarantined_share", "")] == (0.003, None)
    assert found[("quarantined_rows", "amount_is_positive")] == (2, None)
    assert found[("quarantined_rows", "currency_is_known")] == (1, None)
    assert found[("seconds_since_landed", "")][0] == pytest.approx(33 * 60)


def test_silence_is_told(watch, batch):
    batch(NOW - timedelta(hours=4), 10)
    assert watch(watch_data) == {("nothing_lands", "")}


def test_history_that_was_loaded_is_no_sign_of_life(watch, batch):
    batch(NOW - timedelta(hours=4), 10)
    batch(NOW - timedelta(minutes=1), 10, state="loaded", source="history")
    assert watch(watch_data) == {("nothing_lands", "")}


@pytest.mark.parametrize("where", ["landed", "validated"])
def test_rows_that_wait_too_long_are_told(store, watch, batch, where):
    at = NOW - timedelta(minutes=6)
    batch(NOW - timedelta(minutes=1), 10)
    if where == "landed":
        store.execute("insert into landed_transactions (landed_at) values (%s)", [at])
    else:
        batch(at, 5, state="validated")
    assert watch(watch_data) == {("backlog_old", "")}


@pytest.mark.parametrize(
    ("landed", "is_told"),
    [
        pytest.param(0, True, id="nothing"),
        pytest.param(200, True, id="few"),
        pytest.param(400, False, id="fewer"),
        pytest.param(3000, True, id="many"),
    ],
)
def test_an_hour_is_compared_with_the_same_hour_of_past_weeks(watch, batch, landed, is_told):
    usual_weeks(batch)
    batch(NOW - timedelta(minutes=1), 1)
    if landed:
        batch(LAST_HOUR, landed)
    assert watch(watch_data) == ({("volume_out_of_band", "")} if is_told else set())


def test_weeks_before_the_first_live_row_are_no_weeks_without_rows(store, watch, batch):
    batch(LAST_HOUR, 1000)
    assert watch(watch_data) == set()
    assert measures(store)[("landed_rows", "")] == (1000, None)


def test_many_refused_rows_are_told_with_their_reason(store, watch, batch, refuse):
    last = batch(LAST_HOUR, 1000, 200)
    refuse(last, LAST_HOUR, ["currency_is_known"], ["currency_is_known"], ["amount_is_positive"])
    assert watch(watch_data) == {("quarantine_high", "")}
    (alarm,) = store.execute("select sentence_en, sentence_ko from monitor_alarms").fetchall()
    assert "currency_is_known" in alarm["sentence_en"]
    assert "currency_is_known" in alarm["sentence_ko"]
