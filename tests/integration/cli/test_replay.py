"""`jikimi replay`: rows land once and at the rate; labels follow the replay's clock."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from jikimi import replaying
from jikimi.exceptions import StoreUnavailable
from jikimi.files.formats import FORMATS
from jikimi.files.selection import Selection
from jikimi.files.source import Source
from jikimi.store.connection import open_store


def test_rows_land_live_with_their_customers(jikimi, canonical, count):
    said = jikimi("replay", canonical(10), "--format", "canonical", "--rate", 1000).stdout
    assert "10 rows landed" in said
    assert count("landed_transactions", "batch_id is null") == 10
    assert count("customers") == 3
    assert count("transactions") == 0


def test_a_label_arrives_when_the_clock_passes_its_delay(jikimi, canonical, count):
    path = canonical(10)
    jikimi("replay", path, "--format", "canonical", "--rate", 1000, "--label-delay", "3d", "--limit", 6)
    assert count("labels") == count("labels", "transaction_id in ('t001', 't002', 't003')") == 3
    assert count("labels", "transaction_id = 't001' and is_fraud and known_at = '2026-01-04 10:00Z'") == 1
    jikimi("replay", path, "--format", "canonical", "--rate", 1000, "--label-delay", "3d")
    assert count("labels") == 7


def test_a_replay_goes_on_where_it_was(jikimi, canonical, count):
    path = canonical(10)
    for limit in (3, 7, 100):
        jikimi("replay", path, "--format", "canonical", "--rate", 1000, "--limit", limit)
        assert count("landed_transactions") == min(limit, 10)
    assert "all 10 wanted rows have landed" in jikimi("replay", path, "--format", "canonical", "--rate", 1000).stdout


def test_the_rate_is_kept(jikimi, canonical):
    began = time.monotonic()
    jikimi("replay", canonical(20), "--format", "canonical", "--rate", 20)
    assert 0.9 < time.monotonic() - began < 4


def test_bad_rows_land_as_they_are(jikimi, canonical, count):
    spoil = lambda lines: [*lines[:2], "cut", lines[3].replace("2026-01-04", "soon")]  # noqa: E731
    jikimi("replay", canonical(4, change=spoil), "--format", "canonical", "--rate", 1000)
    assert count("landed_transactions") == 4
    assert count("landed_transactions", "occurred_at like 'soon%'") == 1


@pytest.fixture
def source(canonical):
    return Source(canonical(28), FORMATS["canonical"], Selection(), timedelta(days=3))


def test_a_replay_waits_for_a_database_that_went_away(jikimi, source, count, database):
    replay = replaying.Replay(source, rate=20, patience_seconds=20)
    thread = threading.Thread(target=replay.run)
    thread.start()
    while replay.summary.landed < 5:
        time.sleep(0.02)
    with open_store(database) as store:
        ended = store.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where pid <> pg_backend_pid() and usename = current_user"
        ).fetchall()
    thread.join(timeout=30)
    assert ended
    assert count("landed_transactions") == count("landed_transactions", "batch_id is null") == 28
    assert count("(select distinct transaction_id from landed_transactions) as ids") == 28


def test_a_database_that_stays_away_ends_the_replay(jikimi, source, monkeypatch):
    replay = replaying.Replay(source, rate=1000, patience_seconds=0.5)
    land = replaying.land

    def land_once(store, rows):
        monkeypatch.setenv("JIKIMI_DATABASE_URL", "postgresql://jikimi@127.0.0.1:1/jikimi")
        land(store, rows)
        raise StoreUnavailable("the server went away")

    monkeypatch.setattr(replaying, "land", land_once)
    with pytest.raises(StoreUnavailable):
        replay.run()
    assert replay.summary.landed == 0


def test_pace_gives_what_is_due_and_no_flood_after_sleep():
    now = [0.0]
    pace = replaying.Pace(10, clock=lambda: now[0])
    assert pace.take(100) == 0
    now[0] = 1.05
    assert [pace.take(7), pace.take(100), pace.take(100)] == [7, 3, 0]
    now[0] = 10_000
    assert pace.take(1_000_000) == 1
    now[0] += 1
    assert pace.take(100) == 9  # the tenth was given at once


def test_rows_land_in_ten_bursts_a_second_however_fast_landing_is():
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    pace = replaying.Pace(500, clock=lambda: now[0], sleep=sleep)
    bursts = []
    for burst in pace.bursts(500):
        bursts.append(burst)
        now[0] += 0.005  # what landing takes: two more rows fall due
    assert (bursts[0][0], bursts[-1][1]) == (0, 500)
    assert len(bursts) <= 11


def test_labels_of_one_file_are_those_of_life(source, jikimi, count):
    replaying.Replay(source, rate=10_000).run()
    clock = datetime(2026, 1, 28, 10, tzinfo=UTC)
    assert count("labels", f"known_at <= '{clock.isoformat()}'") == count("labels") == 25
