"""The path of a transaction on the real stack, and what a person does and breaks on the way.

The tests build on each other, in the order in which they stand: first without data, then with a panel, then faults.
"""

import json
import re
import signal
import socket
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.acceptance.accounting import (
    STAFFS_CHATS,
    alert_on,
    assert_no_message_twice,
    assert_nothing_lost,
    customers_messages,
    scored_since,
    waits_for,
)
from tests.acceptance.log_scan import findings, secrets_of

pytestmark = pytest.mark.timeout(600)

DAGS = (
    "score_transactions",
    "train_panel",
    "send_due_alerts",
    "collect_reports",
    "notify_staff",
    "review_unknown_alerts",
    "clean_metadata",
    "score_history",
)
CONNECTIONS = ("kakao_default", "alimtalk_default", "smtp_default", "discord_default", "discord_staff")
WAITING = {
    "transaction_id": "early-1",
    "customer_id": "C-early",
    "merchant_id": "M-early",
    "amount": "12000",
    "currency": "KRW",
}
CHAMPION_MEMBERS = """
    select member, model_name, model_version, artifact_sha256, mlflow_run_id
    from panel_members join panels using (panel_id) where state = 'champion'
"""
REASONS = """
    select contributions, explanation_ko, explanation_en from unanimous_fraud where not is_shadow
    order by scored_at limit 1
"""
SAID_OF_THE_PAST = """
    select count(*) as rows, count(distinct transaction_id) as different,
        (select count(*) from alerts a join backfill_scores s using (transaction_id, occurred_at)) as told
    from backfill_scores
"""
WAITING_ALERTS = "select alert_id from alerts where state = 'pending' and attempts > 0 order by alert_id"


def now_text():
    return datetime.now(UTC).isoformat()


def test_a_taken_port_is_named_before_anything_starts(cold_stack):
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", 0))
        thief.listen()
        port = str(thief.getsockname()[1])
        done = cold_stack.make("up", JIKIMI_MLFLOW_PORT=port)
    assert done.returncode == 1
    assert port in done.stdout
    assert "JIKIMI_MLFLOW_PORT" in done.stdout.replace("\n", "")
    assert cold_stack.processes == []


def test_without_a_panel_rows_wait_as_validated(bare_stack, wait_until):
    bare_stack.land({**WAITING, "occurred_at": now_text()})
    wait_until(lambda: bare_stack.ask("select 1 from transactions where transaction_id = 'early-1'"), "row validated")
    assert bare_stack.ask("select state from batches") == [{"state": "validated"}]
    assert bare_stack.status()["figures"]["champion"] is None


def test_secrets_are_private_and_pages_are_on_loopback(bare_stack):
    for name in ("secrets.json", "env", "supervisord.conf", "airflow/passwords.json"):
        assert (bare_stack.home / name).stat().st_mode & 0o777 == 0o600, name
    assert {address for address, _ in bare_stack.listening()} == {"127.0.0.1"}


def test_ctrl_c_ends_everything(bare_stack, terminal):
    process, output = terminal
    process.send_signal(signal.SIGINT)
    process.wait(timeout=90)
    assert bare_stack.processes == []
    assert "stopped" in output.read_text()


def test_up_trains_a_panel_and_scores_live_rows(stack):
    assert stack.status()["figures"]["champion"] is not None
    assert stack.ask("select 1 from batches where source = 'live' and state = 'scored'")


def test_rows_that_waited_for_a_panel_are_scored(stack, wait_until):
    wait_until(lambda: stack.ask("select 1 from verdicts where transaction_id = 'early-1'"), "early row judged")


def test_unanimous_fraud_becomes_a_korean_message(stack, wait_until):
    wait_until(lambda: customers_messages(stack), "a message in the inbox", 180)
    message = customers_messages(stack)[0]
    text = message["text"].replace("\\", "")
    assert len(text) <= (200 if message["channel"] == "friends" else 1000)
    assert "이상거래" in text
    assert re.search(r"\d{4}-\d{2}\*\*-\*{4}-\d{4}", text)


def test_airflow_shows_dags_with_words_owners_and_tags(stack):
    for dag_id in DAGS:
        details = stack.airflow.dag_details(dag_id)
        assert details["description"]
        assert details["doc_md"]
        assert details["owners"] != ["airflow"]
        assert "jikimi" in {tag["name"] for tag in details["tags"]}
    assert stack.airflow.import_errors() == []


def test_a_unanimous_verdict_says_why_in_two_languages(stack, wait_until):
    wait_until(lambda: stack.ask(REASONS), "a unanimous verdict")
    why = stack.ask(REASONS)[0]
    assert len(why["contributions"]) == 3
    assert all(each.keys() == {"feature", "value", "contribution"} for each in why["contributions"])
    assert re.search("[가-힣]", why["explanation_ko"])
    assert re.search("[a-z]", why["explanation_en"])
    assert not re.search("[가-힣]", why["explanation_en"])


def test_mlflow_has_a_parent_run_with_a_nested_run_per_member(stack):
    mlflow = f"{stack.settings.url('mlflow')}/api/2.0/mlflow"
    experiment = requests.get(f"{mlflow}/experiments/get-by-name?experiment_name=jikimi", timeout=10).json()
    search = {"experiment_ids": [experiment["experiment"]["experiment_id"]]}
    runs = requests.post(f"{mlflow}/runs/search", json=search, timeout=10).json()["runs"]
    members = stack.ask(CHAMPION_MEMBERS)
    parents = [tag["value"] for run in runs for tag in run["data"]["tags"] if tag["key"] == "mlflow.parentRunId"]
    assert parents == [members[0]["mlflow_run_id"]] * len(members)
    names = {run["info"]["run_name"] for run in runs}
    assert names >= {member["member"] for member in members}
    for member in members:
        alias = requests.get(f"{mlflow}/registered-models/alias?name={member['model_name']}&alias=champion", timeout=10)
        version = alias.json()["model_version"]
        assert int(version["version"]) == member["model_version"]
        assert {"key": "sha256", "value": member["artifact_sha256"]} in version["tags"]


def test_the_command_line_shows_the_champion_and_finds_none_before_it(stack):
    panels = json.loads(stack.jikimi("panel", "list", "--json").stdout)
    assert [panel["state"] for panel in panels] == ["champion"]
    done = stack.jikimi("panel", "rollback", "--reason", "too many messages", "--yes")
    assert done.returncode == 1
    assert f"panel {panels[0]['panel_id']} is the first champion" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert stack.ask("select panel_id from panels where state = 'champion'") == [{"panel_id": panels[0]["panel_id"]}]


def test_the_past_is_scored_by_a_backfill_and_nobody_is_told(stack):
    known = (
        "select max(occurred_at) as until from transactions join batches b using (batch_id) where source = 'history'"
    )
    until = stack.ask(known)[0]["until"]
    span = (until - timedelta(days=5), until)
    for _ in range(2):
        done = stack.jikimi("backfill", "--from", span[0].isoformat(), "--to", span[1].isoformat(), "--wait")
        assert done.returncode == 0, done.stdout
        found = stack.ask(
            "select count(*) as rows from transactions where occurred_at >= %s and occurred_at < %s", *span
        )
        assert stack.ask(SAID_OF_THE_PAST) == [{"rows": found[0]["rows"], "different": found[0]["rows"], "told": 0}]
    assert found[0]["rows"] > 1_000


def test_bad_rows_are_quarantined_and_cost_no_other_row_anything(stack, wait_until):
    good = {**WAITING, "transaction_id": "good-1", "occurred_at": now_text()}
    stack.land(
        {**good, "transaction_id": "bad-amount", "amount": "-5"},
        good,
        {**good, "transaction_id": "bad-time", "occurred_at": "2099-01-01"},
        {**good, "transaction_id": "bad-size", "merchant_name": "x" * 1_000_000},
    )
    wait_until(lambda: stack.ask("select 1 from verdicts where transaction_id = 'good-1'"), "good row judged")
    refused = {
        row["id"]: row["reasons"]
        for row in stack.ask("select landed_row->>'transaction_id' as id, reasons from quarantined_transactions")
    }
    assert refused.keys() == {"bad-amount", "bad-time", "bad-size"}
    assert all(reasons for reasons in refused.values())


def test_landing_the_same_row_again_is_harmless(stack, wait_until):
    names = "transaction_id, occurred_at, customer_id, merchant_id, amount, currency"
    row = stack.ask(f"select {names} from transactions where transaction_id = 'good-1'")[0]
    stack.land(row)
    wait_until(lambda: stack.ask("select 1 from batches where repeated_count = 1"), "repeated row counted")
    assert stack.ask("select count(*) as n from verdicts where transaction_id = 'good-1'")[0]["n"] == 1


@pytest.mark.parametrize(
    ("number", "channel", "shown"),
    [
        pytest.param(1, "alimtalk", "alimtalk", id="Alimtalk"),
        pytest.param(2, "kakao_friends", "friends", id="friends"),
        pytest.param(3, "email", "email", id="e-mail"),
        pytest.param(4, "discord", "discord", id="Discord"),
    ],
)
def test_each_channel_delivers(stack, wait_until, number, channel, shown):
    wait_until(lambda: waits_for(stack, channel), "a customer of this channel was scored", 120)
    alert, _ = alert_on(stack, channel, number)
    state = "select state, channel from alerts where alert_id = %s"
    wait_until(lambda: stack.ask(state, alert["alert_id"])[0]["state"] == "delivered", "it is delivered", 120)
    assert stack.ask(state, alert["alert_id"])[0]["channel"] == channel
    (message,) = [each for each in customers_messages(stack) if alert["reference"] in each["text"]]
    assert message["channel"] == shown


def test_a_delivery_report_came_by_the_dealers_own_call(stack, wait_until):
    reports = "select reported_at from alert_attempts where channel = 'alimtalk' and reported_at is not null"
    wait_until(lambda: stack.ask(reports), "a report was applied", 90)
    sandbox = requests.get(f"{stack.settings.url('sandbox')}/admin/webhook", timeout=10).json()
    assert sandbox["told"] > 0


def test_who_did_not_consent_gets_nothing(stack, wait_until):
    wait_until(lambda: waits_for(stack, "kakao_friends"), "a customer of this channel was scored", 120)
    customer = waits_for(stack, "kakao_friends")[0]["customer_id"]
    done = stack.jikimi("customers", "withdraw", customer)
    assert done.returncode == 0, done.stdout
    # Only now: a sender is quicker than a command.
    alert, receiver = alert_on(stack, "kakao_friends", 5)
    assert receiver == customer
    failed = "select last_error from alerts where alert_id = %s and state = 'failed'"
    wait_until(lambda: stack.ask(failed, alert["alert_id"]), "the alert failed", 120)
    assert "consent" in stack.ask(failed, alert["alert_id"])[0]["last_error"]
    assert not [each for each in customers_messages(stack) if alert["reference"] in each["text"]]


def test_the_command_line_tests_each_connection(stack):
    for channel in ("kakao_friends", "alimtalk", "email", "discord"):
        done = stack.jikimi("channels", "test", channel)
        assert done.returncode == 0, done.stdout
    assert all(stack.airflow.has_connection(connection_id) for connection_id in CONNECTIONS)


def test_staff_are_told_of_who_did_not_consent(stack, wait_until):
    (alert,) = stack.ask("select reference from alerts where reference = 'FEED0005' and state = 'failed'")
    for chat in STAFFS_CHATS:
        wait_until(
            lambda chat=chat: [
                m for m in stack.messages() if m["chat_key"] == chat and alert["reference"] in m["text"]
            ],
            f"staff are told by {chat}",
            150,
        )
    assert not [each for each in customers_messages(stack) if alert["reference"] in each["text"]]


def test_sandbox_down_delays_messages_and_doubles_none(stack, wait_until):
    stack.stop("sandbox")
    wait_until(lambda: stack.ask(WAITING_ALERTS), "an alert waits", 240)
    waiting = stack.ask(WAITING_ALERTS)[0]["alert_id"]
    stack.start("sandbox")
    taken = "select 1 from alerts where alert_id = %s and state in ('delivered', 'accepted', 'suppressed')"
    wait_until(lambda: stack.ask(taken, waiting), "the waiting alert is sent", 240)
    assert_no_message_twice(stack)


@pytest.mark.parametrize(
    "services",
    [
        pytest.param(["scheduler"], id="scheduler"),
        pytest.param(["triggerer"], id="triggerer"),
        pytest.param(["postgres"], id="postgres"),
        pytest.param(["api-server", "dag-processor"], id="api-server and dag-processor"),
    ],
)
def test_killed_service_comes_back_and_nothing_is_lost(stack, wait_until, services):
    for service in services:
        stack.kill(service)
    since = datetime.now(UTC)
    wait_until(lambda: scored_since(stack, since), f"rows are scored again after {services} were killed", 150)
    assert_nothing_lost(stack)


def test_killed_manager_leaves_nothing_that_the_next_up_does_not_end(stack, wait_until):
    stack.kill_manager()
    assert stack.processes
    before = {process.pid for process in stack.processes}
    done = stack.make("up")
    assert done.returncode == 0, done.stdout
    assert before.isdisjoint({process.pid for process in stack.processes})
    assert_nothing_lost(stack)


def test_asset_events_follow_runs_and_not_rows(stack):
    counts = """
        select (select count(*) from dag_run where dag_id = 'score_transactions') as runs,
            (select count(*) from asset_event e join asset a on a.id = e.asset_id where a.name = 'transactions_landed')
    """
    ((runs, events),) = stack.ask_airflow(counts)
    rows = stack.ask("select count(*) from transactions t join batches b using (batch_id) where source = 'live'")
    assert 0 < events <= 2 * runs
    assert rows[0]["count"] > 2 * events


def test_in_the_end_everything_is_accounted_for(stack, wait_until):
    stack.stop("replay")
    wait_until(lambda: stack.status()["figures"]["backlog_age_seconds"] is None, "backlog worked off", 120)
    assert_nothing_lost(stack)
    assert_no_message_twice(stack)


def test_no_log_holds_a_name_a_number_or_a_secret(stack):
    folders = [stack.home / "logs", stack.home / "airflow/logs"]
    assert all(any(folder.rglob("*.log")) for folder in folders)
    assert findings(folders, secrets_of(stack)) == []


def test_down_leaves_no_process_and_waits_for_none_in_vain(stack, wait_until):
    stack.start("replay")
    log = stack.home / "logs/supervisord.log"
    before = len(log.read_text())
    wait_until(lambda: stack.ask_airflow("select 1 from task_instance where state = 'running'"), "a task runs")
    assert stack.make("down").returncode == 0
    assert stack.processes == []
    # A task that cannot say any more how it ended is waited for, and killed.
    assert "killing" not in log.read_text()[before:]
