"""The small commands: status, labels, customers, simulate, alerts, quarantine, data-docs, and errors."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pyarrow.parquet as pq
import pytest

from jikimi.store.connection import open_store


@pytest.fixture
def http_server():
    """Start a server whose pages are bodies by path; give its address and what was posted."""
    servers = []

    def start(pages):
        posted = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = pages.get(self.path)
                self.send_response(200 if body is not None else 404)
                self.end_headers()
                self.wfile.write((body or "").encode())

            def do_POST(self):
                people = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                posted.extend(people)
                body = [{"customer_id": p["customer_id"], "uuid": f"uuid-{p['customer_id']}"} for p in people]
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}", posted

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def status(jikimi, code=0):
    return json.loads(jikimi("status", "--json", code=code).stdout)


def test_status_of_an_empty_database_is_all_zero(jikimi):
    figures = status(jikimi)["figures"]
    assert figures["landed"] == figures["scored"] == figures["unanimous"] == 0
    assert figures["alerts"] == {}
    nothing = ("champion", "backlog_age_seconds", "latency_p50_seconds", "unknown_since")
    assert [figures[name] for name in nothing] == [None] * 4
    assert "none yet: run the DAG train_panel" in jikimi("status").stdout


def test_status_counts_what_is_there(jikimi, canonical, database):
    jikimi("load", canonical(10, change=lambda lines: [*lines, "cut"]), "--format", "canonical")
    jikimi("replay", canonical(3, name="live.csv"), "--format", "canonical", "--rate", 1000)
    with open_store(database) as store:
        store.execute(SEED)
    figures = status(jikimi)["figures"]
    assert (figures["landed"], figures["valid"], figures["quarantined"], figures["labels"]) == (14, 10, 1, 10)
    assert (figures["unclaimed"], figures["unanimous"]) == (3, 1)
    assert figures["alerts"] == {"accepted": 1}
    assert figures["latency_p50_seconds"] == figures["latency_p95_seconds"] == 2
    assert figures["champion"]["members"] == ["one", "two"]
    assert figures["backlog_age_seconds"] > 0
    assert "1 accepted" in jikimi("status").stdout


SEED = """
with panel as (
    insert into panels
        (state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from, judged_until, promoted_at)
    values ('champion', 50, 'run', now(), now(), now(), now(), now()) returning panel_id
), members as (
    insert into panel_members select panel_id, member, member, 1, 0.5 from panel, unnest(array['two', 'one']) member
), verdict as (
    insert into verdicts
        (transaction_id, occurred_at, panel_id, batch_id, votes, voters, members, panel_score, scored_at)
    select transaction_id, occurred_at, panel_id, batch_id, 2, 2, 2, 0.9, now()
    from panel, transactions where transaction_id = 't001'
)
insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference, state, accepted_at)
select 't001', t.occurred_at, panel_id, 'c1', 'R1', 'accepted', t.landed_at + interval '2 seconds'
from panel, transactions t where transaction_id = 't001'
"""


def test_alerts_are_listed_by_state(jikimi, canonical, database):
    assert "There are no alerts yet" in jikimi("alerts", "list").stdout
    jikimi("load", canonical(3), "--format", "canonical")
    with open_store(database) as store:
        store.execute(SEED)
    assert json.loads(jikimi("alerts", "list", "--json").stdout)[0]["reference"] == "R1"
    assert "R1" in jikimi("alerts", "list", "--state", "accepted").stdout
    assert "There are no such alerts" in jikimi("alerts", "list", "--state", "failed").stdout
    jikimi("alerts", "list", "--state", "lost", code=2)


def test_status_asks_every_service(jikimi, http_server, monkeypatch):
    good = {"status": "healthy"}
    url, _ = http_server(
        {
            "/health": "OK",
            "/api/health": "{}",
            "/api/v2/monitor/health": json.dumps({"metadatabase": good, "scheduler": {"status": "unhealthy"}}),
        }
    )
    for name in ("MLFLOW_TRACKING_URI", "JIKIMI_AIRFLOW_URL"):
        monkeypatch.setenv(name, url)
    monkeypatch.setenv("JIKIMI_SANDBOX_URL", "http://127.0.0.1:1")
    services = {service["name"]: service for service in status(jikimi, code=3)["services"]}
    assert {name: service["state"] for name, service in services.items()} == {
        "postgres": "up",
        "airflow": "down",
        "mlflow": "up",
        "kakao sandbox": "down",
        "grafana": "unset",
    }
    assert "scheduler is unhealthy" in services["airflow"]["detail"]


def test_without_a_database_every_command_says_so_with_code_3(jikimi, monkeypatch, canonical):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", "postgresql://jikimi@127.0.0.1:1/jikimi")
    for words in (["alerts", "list"], ["load", canonical(1), "--format", "canonical"], ["quarantine", "list"]):
        result = jikimi(*words, code=3)
        assert "the database does not answer" in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert status(jikimi, code=3)["figures"] is None


def test_settings_come_from_the_file_that_make_up_writes(jikimi, database, tmp_path, monkeypatch):
    monkeypatch.delenv("JIKIMI_DATABASE_URL")
    assert "make up" in jikimi("alerts", "list", code=3).stderr
    home = tmp_path / "home"
    home.mkdir()
    (home / "env").write_text(f"JIKIMI_DATABASE_URL={database}\nJIKIMI_GRAFANA_URL=http://127.0.0.1:1\n")
    monkeypatch.setenv("JIKIMI_GRAFANA_URL", "")
    jikimi("alerts", "list")
    assert {s["name"]: s["state"] for s in status(jikimi)["services"]}["grafana"] == "unset"


def test_labels_are_imported_and_bad_ones_named(jikimi, tmp_path, count):
    path = tmp_path / "labels.csv"
    path.write_text(
        "transaction_id,is_fraud,known_at,source\na,1,2026-01-01T00:00:00Z,\nb,false,2026-01-02,customer\n"
        "c,maybe,2026-01-01,\nd,1,soon,\n,1,2026-01-01,\ne,1\n"
    )
    result = jikimi("labels", "import", path, code=1)
    assert "2 labels read, 2 of them new" in result.stdout
    for said in (
        "row 3: is_fraud",
        "row 4: known_at",
        "row 5: transaction_id",
        "line 7: 2 fields instead of 4",
        "4 rows",
    ):
        assert said in result.stderr
    assert count("labels", "(transaction_id, is_fraud, source) in (('a', true, 'bank'), ('b', false, 'customer'))") == 2
    path.write_text("transaction_id,is_fraud,known_at\na,0,2026-02-01\n")
    assert "1 labels read, 1 of them new" in jikimi("labels", "import", path).stdout
    assert "0 of them new" in jikimi("labels", "import", path).stdout
    path.write_text("transaction_id,known_at\n")
    assert "column is_fraud missing" in jikimi("labels", "import", path, code=1).stderr


def test_customers_are_imported(jikimi, tmp_path, count):
    path = tmp_path / "customers.csv"
    path.write_text(
        "customer_id,name,language,channels,kakao_uuid,phone,consented_at\n"
        "c1,홍길동,,alimtalk > kakao_friends,u-1234567,010-1234-5678,2026-01-01\n"
        "c2,Ann,xx,,,,\nc3,Bob,en,kakao_friends,,,\nc4,Eve,en,,,,\n"
    )
    result = jikimi("customers", "import", path, code=1)
    assert "2 customers read, 2 new or changed" in result.stdout
    assert "row 2: language is not one of ko, en" in result.stderr
    assert "row 3: the channel kakao_friends needs kakao_uuid" in result.stderr
    assert count("customer_channels", "customer_id = 'c1' and consented_at = '2026-01-01Z'") == 2
    shown = jikimi("customers", "show", "c1").stdout
    for said in ("홍*동", "010-****-5678", "u-1…", "alimtalk"):
        assert said in shown
    for hidden in ("홍길동", "1234-5678", "01012345678", "u-1234567"):
        assert hidden not in shown + jikimi("customers", "show", "c1", "--json").stdout


def test_consent_is_withdrawn_for_one_channel_or_all(jikimi, tmp_path, count):
    path = tmp_path / "customers.csv"
    path.write_text("customer_id,channels,email,consented_at\nc1,email > kakao_memo,kim@example.com,2026-01-01\n")
    jikimi("customers", "import", path)
    said = jikimi("customers", "withdraw", "c1", "--channel", "email").stdout
    assert "c1, email: the consent of 2026-01-01" in said
    assert "No message reaches" not in said
    assert count("customer_channels", "consented_at is null and withdrawn_at > now() - interval '1 minute'") == 1
    assert "No message reaches c1 any more" in jikimi("customers", "withdraw", "c1").stdout
    assert "no channel of the route has consent" in jikimi("customers", "show", "c1").stdout
    assert "row 1: the consent for email was withdrawn" in jikimi("customers", "import", path, code=1).stderr
    assert "there is no customer c9" in jikimi("customers", "withdraw", "c9", code=1).stderr
    jikimi("customers", "withdraw", "c1", "--channel", "fax", code=2)


@pytest.mark.parametrize("suffix", [pytest.param(s, id=s) for s in ("parquet", "csv")])
def test_a_simulation_can_be_loaded(jikimi, tmp_path, count, suffix):
    path = tmp_path / "made" / f"up.{suffix}"
    words = ["--customers", 30, "--merchants", 10, "--days", 20, "--seed", 3, "--end", "2026-05-01"]
    jikimi("simulate", *words, "--out", path)
    said = jikimi("load", path, "--format", "canonical").stdout
    assert "0 quarantined, 0 repeated" in said
    assert count("transactions", "currency = 'KRW' and card_masked like '%*%'") == count("transactions") > 400
    assert (
        count("labels l join transactions t using (transaction_id)", "known_at = occurred_at + interval '7 days'") > 400
    )
    assert 0 < count("customers", "name is not null") <= 30
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_simulation_with_the_same_seed_is_the_same(jikimi, tmp_path):
    for name in ("a.parquet", "b.parquet"):
        jikimi(
            "simulate", "--customers", 5, "--merchants", 3, "--days", 9, "--end", "2026-05-01", "--out", tmp_path / name
        )
    assert pq.read_table(tmp_path / "a.parquet").equals(pq.read_table(tmp_path / "b.parquet"))
    assert "must end in .parquet or .csv" in jikimi("simulate", "--out", tmp_path / "a.xls", code=2).stderr


def test_new_customers_become_friends_of_the_sandbox(jikimi, canonical, http_server, monkeypatch, count):
    url, posted = http_server({})
    monkeypatch.setenv("JIKIMI_SANDBOX_URL", url)
    jikimi("load", canonical(2), "--format", "canonical", "--sandbox-contacts")
    assert sorted(person["name"] for person in posted) == ["Kim 1", "Kim 2"]
    routed = "position is not null and consented_at > now() - interval '1 minute'"
    assert (
        count(
            "customers u", f"exists (select from customer_channels c where c.customer_id = u.customer_id and {routed})"
        )
        == 2
    )
    assert count("customer_channels", "channel = 'kakao_friends' and address = 'uuid-' || customer_id") > 0
    jikimi("replay", canonical(3, "live.csv"), "--format", "canonical", "--rate", 1000, "--sandbox-contacts")
    assert sorted(person["name"] for person in posted) == ["Kim 0", "Kim 1", "Kim 2"]


def test_a_sandbox_that_is_down_loads_nothing(jikimi, canonical, monkeypatch, count):
    monkeypatch.setenv("JIKIMI_SANDBOX_URL", "http://127.0.0.1:1")
    assert "sandbox" in jikimi("load", canonical(2), "--format", "canonical", "--sandbox-contacts", code=3).stderr
    assert count("landed_transactions") == 0


def spoiled(lines):
    return [lines[0].replace(",m1,", ",\x1b[31mred,"), *lines[1:]]


def test_a_quarantined_row_is_shown_and_released(jikimi, canonical, count):
    from jikimi.operators.batch import ValidateBatchOperator

    assert "Nothing is quarantined" in jikimi("quarantine", "list").stdout
    jikimi("replay", canonical(2, change=spoiled), "--format", "canonical", "--rate", 1000)
    ValidateBatchOperator(task_id="validate_batch").execute({"run_id": "run"})
    listed = json.loads(jikimi("quarantine", "list", "--json").stdout)["rows"]
    number = listed[0]["quarantine_id"]
    shown = jikimi("quarantine", "show", number).stdout
    assert "\x1b" not in shown
    assert "t001" in shown
    assert "merchant_id" in shown
    assert "t001" in jikimi("quarantine", "list").stdout
    jikimi("quarantine", "release", number, "--set", "merchant_id=m1")
    assert count("landed_transactions", "batch_id is null and merchant_id = 'm1' and transaction_id = 't001'") == 1
    assert "released before" in jikimi("quarantine", "release", number, code=1).stderr


def test_a_refused_row_of_history_never_becomes_a_live_one(jikimi, canonical, count):
    jikimi("load", canonical(2, change=spoiled), "--format", "canonical")
    number = json.loads(jikimi("quarantine", "list", "--json").stdout)["rows"][0]["quarantine_id"]
    told = jikimi("quarantine", "release", number, "--set", "merchant_id=m1", code=1).stderr
    assert "file of history" in told
    assert "jikimi load" in told
    assert count("landed_transactions", "batch_id is null") == 0
    mended = canonical(1, "mended.csv")
    assert "1 valid" in jikimi("load", mended, "--format", "canonical").stdout
    assert count("labels", "transaction_id = 't001' and is_fraud") == 1


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["quarantine", "release"], id="nothing to release"),
        pytest.param(["quarantine", "release", 1, "--batch", 2], id="row and batch"),
        pytest.param(["quarantine", "release", 1, "--set", "amount"], id="no value"),
        pytest.param(["load", "x.csv"], id="no format"),
        pytest.param(["load", "x.csv", "--format", "excel"], id="unknown format"),
        pytest.param(["replay", "x.csv", "--format", "kaggle", "--rate", "0"], id="no rate"),
        pytest.param(["load", "x.csv", "--format", "kaggle", "--from", "soon"], id="no date"),
        pytest.param(["load", "x.csv", "--format", "kaggle", "--label-delay", "7 days"], id="no duration"),
    ],
)
def test_wrong_usage_is_code_2(jikimi, words):
    assert jikimi(*words, code=2).stderr


def test_data_docs_are_written(jikimi, canonical, tmp_path):
    assert "nothing was validated yet" in jikimi("data-docs", code=1).stderr
    jikimi("load", canonical(2), "--format", "canonical")
    assert "1 results: open" in jikimi("data-docs").stdout
    pages = list((tmp_path / "home" / "data_docs").rglob("*.html"))
    assert any(page.name == "index.html" for page in pages)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(w, id=" ".join(w) or "jikimi")
        for w in ([], ["load"], ["quarantine", "release"], ["labels", "import"])
    ],
)
def test_help_is_everywhere(jikimi, words):
    assert "Usage" in jikimi(*words, "--help").stdout
    assert "Exit codes" in jikimi("--help").stdout
