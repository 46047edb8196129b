"""Which rows are wanted, how they are moved in time, and under which name progress is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from jikimi.exceptions import BadFile
from jikimi.files.formats import FORMATS
from jikimi.files.selection import Selection, fingerprint, newest_instant, shift_in
from jikimi.files.source import Source

HEADER = "transaction_id,occurred_at,customer_id,merchant_id,amount,currency"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def days_file(tmp_path):
    """A file with one row a day, the sixth with an instant that cannot be read."""
    instants = [f"2020-01-{day:02} 10:00:00" for day in range(1, 10)]
    instants[5] = "yesterday"
    path = tmp_path / "days.csv"
    rows = [f"t{n},{at},c,m,1,EUR" for n, at in enumerate(instants, 1)]
    path.write_text("\n".join([HEADER, *rows, ""]))
    return path


def source(path, **selection):
    return Source(path, FORMATS["canonical"], Selection(**selection), timedelta(days=7))


def ids(source, done=0):
    return [i for chunk in source.chunks(done, 4) for i in chunk.landed["transaction_id"]]


SINCE, UNTIL = datetime(2020, 1, 3, tzinfo=UTC), datetime(2020, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        pytest.param({}, "123456789", id="all"),
        pytest.param({"skip": 7}, "89", id="skip"),
        pytest.param({"skip": 2, "limit": 3}, "345", id="skip and limit"),
        pytest.param({"limit": 100}, "123456789", id="limit above the rows"),
        pytest.param({"since": SINCE}, "3456789", id="from"),
        pytest.param({"until": UNTIL}, "1234567", id="until"),
        pytest.param({"since": SINCE, "until": UNTIL, "limit": 4}, "3456", id="dates and limit"),
        pytest.param({"skip": 3, "since": SINCE}, "456789", id="skip and from"),
        pytest.param({"since": SINCE, "shift": timedelta(weeks=2)}, "3456789", id="dates are the file's own"),
    ],
)
def test_only_wanted_rows_are_read_from_any_place_on(days_file, selection, wanted):
    wanted = [f"t{n}" for n in wanted]
    for done in range(len(wanted) + 1):
        assert ids(source(days_file, **selection), done) == wanted[done:]


def test_a_shift_moves_every_readable_instant(days_file):
    chunk = next(source(days_file, shift=timedelta(weeks=1)).chunks(0, 10))
    assert chunk.occurred_at[0] == datetime(2020, 1, 8, 10, tzinfo=UTC)
    assert chunk.landed["occurred_at"][0].startswith("2020-01-08 10:00:00")
    assert chunk.landed["occurred_at"][5] == "yesterday"


def test_shift_to_now_moves_by_whole_weeks_to_less_than_a_week_ago(days_file):
    moved = source(days_file).shifted_to(NOW, []).selection.shift
    newest = newest_instant(days_file, FORMATS["canonical"]) + moved
    assert moved % timedelta(weeks=1) == timedelta()
    assert timedelta() <= NOW - newest < timedelta(weeks=1)


def test_a_file_from_the_future_moves_back(days_file):
    early = datetime(2019, 12, 30, tzinfo=UTC)
    moved = source(days_file).shifted_to(early, []).selection.shift
    assert moved == timedelta(weeks=-2)


def test_a_later_command_moves_the_file_as_an_earlier_one_did(days_file):
    first = source(days_file, skip=1).shifted_to(NOW, [source(days_file).name])
    later = source(days_file, skip=5).shifted_to(NOW + timedelta(days=30), [first.name])
    assert later.selection.shift == first.selection.shift
    assert shift_in(source(days_file).name) is None


def test_a_file_without_instants_cannot_be_moved(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(f"{HEADER}\nt1,never,c,m,1,EUR\n")
    with pytest.raises(BadFile, match="no instant that can be read"):
        source(path).shifted_to(NOW, [])


def test_the_name_follows_content_and_selection_not_the_limit(days_file, tmp_path):
    copy = tmp_path / "copy.csv"
    copy.write_bytes(days_file.read_bytes())
    assert source(copy).name == source(days_file).name == source(days_file, limit=3).name
    names = {source(days_file, **s).name for s in ({}, {"skip": 1}, {"since": SINCE}, {"shift": timedelta()})}
    assert len(names) == 4
    assert fingerprint(days_file, FORMATS["kaggle"]) != fingerprint(days_file, FORMATS["canonical"])
    copy.write_bytes(days_file.read_bytes() + b"x")
    assert source(copy).name != source(days_file).name
