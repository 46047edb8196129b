"""`jikimi load`: counts are exact, a cut load goes on, a bad file says what is wrong."""

import os
import signal
import subprocess
import sys

import pytest

from jikimi import loading

CUT = """
import os, signal
from jikimi import loading
from jikimi.cli import app
from jikimi.store import history

loading.ROWS_PER_CHUNK = 1000
chunks = []

def die_in_the_third_chunk(connection, customers):
    chunks.append(customers)
    if len(chunks) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

history.upsert_customers = die_in_the_third_chunk
app()
"""


def test_labels_that_say_neither_are_told_of(jikimi, canonical, count):
    path = canonical(3, change=lambda lines: [lines[0].replace(",1,Kim", ",fraud,Kim"), *lines[1:]])
    said = jikimi("load", path, "--format", "canonical").stdout
    assert "3 valid" in said
    assert "Labels that are none of 1, 0, 1.0, 0.0, true, false: 1;" in said
    assert "jikimi labels import" in said
    assert (count("transactions"), count("labels")) == (3, 2)
    assert "Labels" not in jikimi("load", canonical(3, "more.csv"), "--format", "canonical").stdout


def test_rows_labels_and_customers_are_loaded_once(jikimi, canonical, count):
    path = canonical(10)
    said = jikimi("load", path, "--format", "canonical").stdout
    assert "10 rows loaded: 10 valid, 0 quarantined, 0 repeated" in said
    assert "all 10 wanted rows are loaded already" in jikimi("load", path, "--format", "canonical").stdout
    assert (count("transactions"), count("labels"), count("labels", "is_fraud"), count("customers")) == (10, 10, 5, 3)
    assert count("customers", "name = 'Kim 1'") == 1
    assert count("customer_channels") == 0


def test_a_higher_limit_goes_on_where_a_lower_one_ended(jikimi, canonical, count):
    path = canonical(10)
    jikimi("load", path, "--format", "canonical", "--limit", 4)
    assert "already" in jikimi("load", path, "--format", "canonical", "--limit", 4).stdout
    assert (
        "5 rows loaded (after 4 rows of earlier runs)"
        in jikimi("load", path, "--format", "canonical", "--limit", 9).stdout
    )
    assert "1 rows loaded" in jikimi("load", path, "--format", "canonical").stdout
    assert count("landed_transactions") == count("transactions") == 10


def test_only_wanted_dates_are_loaded(jikimi, canonical, count):
    jikimi(
        "load", canonical(10), "--format", "canonical", "--from", "2026-01-03", "--until", "2026-01-06T10:00:00+00:00"
    )
    assert count("transactions") == count("transactions", "transaction_id in ('t003', 't004', 't005')") == 3


def test_another_label_delay_dates_the_labels(jikimi, canonical, count):
    jikimi("load", canonical(2), "--format", "canonical", "--label-delay", "1d12h")
    assert count("labels", "known_at = '2026-01-02 22:00Z'") == 1


def test_bad_rows_cost_no_other_row_anything(jikimi, canonical, count):
    def spoil(lines):
        lines[1] = lines[1].replace("2.50", "-2.50")
        lines[2] = "cut,2026-01"
        lines[3] = lines[3].replace("t004", "")
        lines[4] = lines[4].replace("m1", "m\0")
        lines[5] = lines[5].replace("2026-01-06", "2999-01-06")
        lines[6] = lines[6].replace("KRW", "XXX")
        lines[7] = lines[7].replace("m1", "x" * 1_000_000)
        return [*lines, lines[0], lines[8].replace("9.50", "1")]

    said = jikimi("load", canonical(10, change=spoil), "--format", "canonical").stdout
    assert "12 rows loaded: 3 valid, 8 quarantined, 1 repeated" in said
    assert count("transactions", "transaction_id in ('t001', 't009', 't010')") == 3
    assert (
        count("quarantined_transactions", "landed_row ->> 'transaction_id' like '%line 4: 2 fields instead of 8%'") == 1
    )


def test_invalid_utf8_costs_only_its_row(jikimi, canonical, count):
    path = canonical(3)
    path.write_bytes(path.read_bytes().replace(b"m1,2.50", b"m\xff,2.50"))
    assert "2 valid, 1 quarantined" in jikimi("load", path, "--format", "canonical").stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "is empty", id="empty file"),
        pytest.param(b"transaction_id,occurred_at\n", "columns customer_id", id="missing column"),
        pytest.param(b"PAR1 and then it was cut", "was cut off", id="truncated Parquet"),
    ],
)
def test_a_bad_file_is_one_line_with_what_to_do(jikimi, tmp_path, count, content, said):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    result = jikimi("load", path, "--format", "canonical", code=1)
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert count("landed_transactions") == 0


def test_a_selection_without_rows_says_so(jikimi, canonical):
    said = jikimi("load", canonical(3), "--format", "canonical", "--from", "2027-01-01", code=1).stderr
    assert "no row is wanted" in said


def test_a_moved_load_and_its_replay_fit_together(jikimi, canonical, count):
    path = canonical(10)
    jikimi("load", path, "--format", "canonical", "--shift-to-now", "--limit", 5)
    jikimi("replay", path, "--format", "canonical", "--shift-to-now", "--skip", 5, "--rate", 1000)
    gap = (
        "(select min(l.occurred_at::timestamptz) from landed_transactions l where batch_id is null)"
        " - (select max(occurred_at) from transactions) = interval '1 day'"
    )
    assert count("(select 1) as one", gap) == 1
    assert count("transactions", "occurred_at > now() - interval '17 days' and occurred_at <= now()") == 5


@pytest.mark.real_data
def test_the_first_4000_kaggle_rows_load_and_the_rest_is_replayed(jikimi, count, shared_data):
    path = shared_data / "kaggle_fraudTest_head.csv"
    assert "4,000 rows loaded: 4,000 valid" in jikimi("load", path, "--format", "kaggle", "--limit", 4000).stdout
    assert (count("transactions"), count("labels"), count("quarantined_transactions")) == (4000, 4000, 0)
    assert count("transactions", "merchant_id = 'fraud_Kirlin and Sons' and merchant_name = 'Kirlin and Sons'") > 0
    said = jikimi("replay", path, "--format", "kaggle", "--skip", 4000, "--rate", 2000).stdout
    assert "1,116 rows landed" in said
    assert count("landed_transactions", "batch_id is null") == 1116
    assert count("landed_transactions") == 5116
    assert (
        "all 1,116 wanted rows have landed"
        in jikimi("replay", path, "--format", "kaggle", "--skip", 4000, "--rate", 9).stdout
    )


@pytest.mark.real_data
def test_a_load_that_was_killed_inside_a_chunk_goes_on(jikimi, count, shared_data, monkeypatch):
    words = ["load", str(shared_data / "kaggle_fraudTest_head.csv"), "--format", "kaggle", "--limit", "4000"]
    killed = subprocess.run([sys.executable, "-c", CUT, *words], env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert count("landed_transactions") == count("transactions") == count("labels") == 2000
    monkeypatch.setattr(loading, "ROWS_PER_CHUNK", 700)
    assert "2,000 rows loaded (after 2,000 rows of earlier runs): 2,000 valid" in jikimi(*words).stdout
    assert count("landed_transactions") == count("transactions") == count("labels") == 4000
    assert count("labels", "is_fraud") == count_fraud(shared_data / "kaggle_fraudTest_head.csv", 4000)


@pytest.mark.real_data
def test_handbook_rows_load(jikimi, count, shared_data):
    path = shared_data / "handbook_2018-04-01_to_2018-07-31.parquet"
    words = ["--format", "handbook", "--from", "2018-05-01", "--until", "2018-05-02"]
    jikimi("load", path, *words)
    assert (
        count("transactions", "currency = 'EUR' and occurred_at::date = '2018-05-01'") == count("transactions") > 9000
    )
    assert count("labels") == count("transactions")


def count_fraud(path, rows):
    lines = path.read_text().splitlines()[1 : rows + 1]
    return sum(line.endswith(",1") for line in lines)
