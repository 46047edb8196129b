"""What staff hear of, on a real database, a real mail server and a server in Discord's place."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from jikimi.delivery.notices import LATE, MOST_ATTEMPTS, digest_end
from jikimi.exceptions import NotConfigured
from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator
from jikimi.operators.staff import NotifyStaffOperator
from jikimi.store import staff
from tests.conftest import free_port
from tests.integration.channels.discord_server import HANG_UP, DiscordServer
from tests.integration.channels.mail_server import MailServer

STAFF = ["kim@bank.example", "lee@bank.example"]
HOUR = timedelta(hours=1)


@pytest.fixture
def mail_server():
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def discord():
    server = DiscordServer()
    yield server
    server.stop()


@pytest.fixture
def mail_is_set_up(monkeypatch, mail_server):
    connect_mail(monkeypatch, mail_server.port)
    return mail_server


@pytest.fixture
def discord_is_set_up(monkeypatch, discord):
    connect_discord(monkeypatch, discord.url)
    return discord


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    for name in ("JIKIMI_STAFF_EMAILS", "AIRFLOW_CONN_SMTP_DEFAULT", "AIRFLOW_CONN_DISCORD_STAFF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JIKIMI_DIGEST_MINUTES", "0")
    monkeypatch.setenv("JIKIMI_STAFF_LANGUAGE", "en")


def connect_mail(monkeypatch, port, receivers=STAFF):
    extra = {"from_email": "alerts@bank.example", "disable_ssl": True, "disable_tls": True, "timeout_seconds": 5}
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("JIKIMI_STAFF_EMAILS", ", ".join(receivers))


def connect_discord(monkeypatch, url):
    extra = {"webhook_endpoint": "webhooks/1/token", "timeout_seconds": 5}
    connection = {"conn_type": "discord", "host": url, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_DISCORD_STAFF", json.dumps(connection))


@pytest.fixture
def alerts(store, land, champion):
    """Make alerts of customers without a way to them; returns their ids."""

    def make(number=1, **row):
        if not store.execute("select from panels").fetchall():
            champion()
        before = store.execute("select coalesce(max(alert_id), 0) as last from alerts").fetchone()["last"]
        land(*({"amount": "500", "merchant_name": "ABC마트"} | row for _ in range(number)))
        ValidateBatchOperator(task_id="v").execute({"run_id": "test"})
        ScoreBatchOperator(task_id="s").execute({"run_id": "test"})
        rows = store.execute("select alert_id from alerts where alert_id > %s order by alert_id", [before])
        return [each["alert_id"] for each in rows]

    return make


def _no_text(*_, **__):
    raise ZeroDivisionError


def notify(**options):
    return NotifyStaffOperator(task_id="notify_staff", **options).execute({})


def write_only():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jikimi.delivery.notices.send_due", lambda *_: 0)
        notify()


def change(store, alert_id, **values):
    changes = ", ".join(f"{name} = %({name})s" for name in values)
    store.execute(f"update alerts set {changes} where alert_id = %(alert_id)s", values | {"alert_id": alert_id})


def fail(store, alert_id, reason="refused", channel="email"):
    change(store, alert_id, state="failed", last_error=reason, channel=channel, finished_at=datetime.now(UTC))


def let_wait(store, alert_id, wait_reason="channel_down", since=HOUR):
    change(
        store,
        alert_id,
        wait_reason=wait_reason,
        last_error="There is no connection smtp_default",
        created_at=datetime.now(UTC) - since,
    )


def make_due(store):
    store.execute("update staff_deliveries set due_at = now() - interval '1 second'")


def deliveries(store):
    return store.execute("select * from staff_deliveries order by notice_id, channel").fetchall()


def notices(store, kind="deliveries"):
    return store.execute("select * from staff_notices where kind = %s order by notice_id", [kind]).fetchall()


def reference(store, alert_id):
    return store.execute("select reference from alerts where alert_id = %s", [alert_id]).fetchone()["reference"]


def test_a_failed_alert_is_told_once_over_both_ways(store, alerts, mail_is_set_up, discord_is_set_up):
    (failed,) = alerts()
    fail(store, failed, "the customer has no channel", None)
    assert notify(pages_url="http://127.0.0.1:8080") == 2
    assert notify() == 0
    ((receivers, mail),) = mail_is_set_up.mails
    assert receivers == STAFF
    ((_, _, post),) = discord_is_set_up.received
    assert mail.get_content_type() == "text/html"
    for text in (mail.get_content(), post["content"]):
        assert "failed: the customer has no channel" in text
        assert reference(store, failed) in text
        assert "http://127.0.0.1:8080" in text
    assert all(row["sent_at"] and row["attempts"] == 1 and not row["last_error"] for row in deliveries(store))


def test_alerts_of_one_reason_share_a_line_and_an_unknown_one_is_told_apart(store, alerts, mail_is_set_up):
    first, second, lost, delivered = alerts(4)
    fail(store, first)
    fail(store, second)
    change(store, lost, state="unknown", last_error="the answer was lost", channel="kakao_friends")
    change(store, delivered, state="delivered", accepted_at=datetime.now(UTC))
    notify()
    (notice,) = notices(store)
    lines = notice["body"].splitlines()
    assert notice["subject"].endswith(": 3")
    assert [line for line in lines if line.startswith("email · failed: refused · 2 (")]
    assert [line for line in lines if line.startswith("kakao\\_friends · unknown: the answer was lost · 1 (")]
    assert reference(store, delivered) not in notice["body"]


@pytest.mark.parametrize(
    ("values", "is_news"),
    [
        pytest.param({"state": "unknown", "last_error": "lost again"}, False, id="it is still unknown"),
        pytest.param(
            {"state": "failed", "last_error": "reported", "finished_at": datetime(2999, 1, 1, tzinfo=UTC)},
            True,
            id="a report says that it failed",
        ),
    ],
)
def test_an_alert_told_as_unknown_is_news_again_only_when_it_failed(store, alerts, mail_is_set_up, values, is_news):
    (lost,) = alerts()
    change(store, lost, state="unknown", last_error="lost", channel="email")
    notify()
    change(store, lost, **values)
    notify()
    assert len(notices(store)) == 1 + is_news


def test_where_nobody_can_be_told_nothing_counts_as_told(store, alerts, monkeypatch, mail_server):
    (failed,) = alerts()
    fail(store, failed)
    assert notify() == 0
    assert notices(store) == []
    connect_mail(monkeypatch, mail_server.port)
    assert notify() == 1


def test_a_way_that_is_not_set_up_gets_no_row(store, alerts, mail_is_set_up):
    fail(store, *alerts())
    notify()
    assert [row["channel"] for row in deliveries(store)] == ["email"]


def test_an_address_that_is_none_costs_the_others_nothing(store, alerts, monkeypatch, mail_server):
    connect_mail(monkeypatch, mail_server.port, ["nobody", *STAFF])
    fail(store, *alerts())
    notify()
    assert mail_server.mails[0][0] == STAFF


def test_a_notice_that_cannot_be_written_leaves_its_alerts_untold(store, alerts, mail_is_set_up):
    fail(store, *alerts())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ml.messages.failure_letter", _no_text)
        with pytest.raises(ZeroDivisionError):
            notify()
    assert store.execute("select from alerts where staff_told_at is null").fetchall()
    assert notify() == 1


def test_what_waits_too_long_is_told_now_and_then(store, alerts, mail_is_set_up):
    (waiting,) = alerts()
    let_wait(store, waiting)
    notify()
    notify()
    (notice,) = notices(store)
    assert "still waiting: There is no connection smtp\\_default" in notice["body"]
    assert reference(store, waiting) in notice["body"]
    store.execute("update staff_notices set covers_until = covers_until - interval '31 minutes'")
    notify()
    assert len(notices(store)) == 2


@pytest.mark.parametrize(
    ("wait_reason", "since"),
    [
        pytest.param("channel_down", timedelta(minutes=4), id="not long enough"),
        pytest.param("operator", HOUR, id="a person had it sent again"),
        pytest.param(None, HOUR, id="it was never tried"),
    ],
)
def test_what_only_waits_its_turn_is_no_news(store, alerts, mail_is_set_up, wait_reason, since):
    let_wait(store, *alerts(), wait_reason, since)
    assert notify() == 0


def test_what_waits_is_told_with_its_next_channel(store, alerts, mail_is_set_up):
    (waiting,) = alerts()
    store.execute("insert into customers (customer_id) values ('c1')")
    for position, (channel, consented_at) in enumerate(
        [("email", datetime.now(UTC)), ("discord", None), ("alimtalk", datetime.now(UTC))], 1
    ):
        store.execute(
            "insert into customer_channels values ('c1', %s, %s, 'to', %s)", [channel, position, consented_at]
        )
    change(store, waiting, struck_channels=["email"])
    let_wait(store, waiting)
    notify()
    assert "alimtalk · still waiting" in notices(store)[0]["body"]


def test_an_outage_of_one_way_holds_up_no_other(store, alerts, monkeypatch, discord_is_set_up):
    connect_mail(monkeypatch, free_port())
    fail(store, *alerts())
    assert notify() == 1
    mail, post = sorted(deliveries(store), key=lambda row: row["channel"] != "email")
    assert (mail["attempts"], mail["sent_at"]) == (1, None)
    assert "cannot be reached" in mail["last_error"]
    assert mail["due_at"] > datetime.now(UTC)
    assert post["sent_at"]


def test_during_an_outage_one_notice_tries_and_the_others_keep_their_tries(store, alerts, monkeypatch, mail_server):
    connect_mail(monkeypatch, free_port())
    for alert_id in alerts(2):
        fail(store, alert_id)
        write_only()
    notify()
    assert [row["attempts"] for row in deliveries(store)] == [1, 0]
    connect_mail(monkeypatch, mail_server.port)
    make_due(store)
    assert notify() == 2
    assert [mail["Message-ID"].partition(".")[0] for _, mail in mail_server.mails] == ["<staff-1", "<staff-2"]


def test_a_notice_whose_answer_was_lost_is_sent_again(store, alerts, discord_is_set_up):
    discord_is_set_up.answers = [HANG_UP]
    fail(store, *alerts())
    assert notify() == 0
    make_due(store)
    assert notify() == 1
    assert len(discord_is_set_up.received) == 2


def test_a_way_that_asks_to_wait_is_left_alone_so_long(store, alerts, discord_is_set_up):
    discord_is_set_up.answers = [(429, {}, {"Retry-After": "1800"})]
    fail(store, *alerts())
    notify()
    assert deliveries(store)[0]["due_at"] > datetime.now(UTC) + timedelta(minutes=29)


def test_after_twelve_tries_a_notice_is_given_up_with_its_reason(store, alerts, discord_is_set_up):
    fail(store, *alerts())
    discord_is_set_up.answers = [(400, {"code": 50035, "message": "bad"}, {})] * MOST_ATTEMPTS
    for _ in range(MOST_ATTEMPTS):
        assert not any(row["given_up_at"] for row in deliveries(store))
        make_due(store)
        notify()
    (row,) = deliveries(store)
    assert row["given_up_at"]
    assert "50035" in row["last_error"]
    make_due(store)
    assert notify() == 0
    assert len(discord_is_set_up.received) == MOST_ATTEMPTS


def test_two_runs_at_once_send_a_notice_once(store, alerts, discord_is_set_up):
    fail(store, *alerts())
    write_only()
    (due,) = staff.due_notices(store, "discord")
    assert [staff.claim_notice(store, due, "discord", HOUR) for _ in range(2)] == [True, False]
    assert notify() == 0, "the other run has it under way"


@pytest.fixture
def digest(monkeypatch):
    monkeypatch.setenv("JIKIMI_DIGEST_MINUTES", "60")


def scored(store, before_end=timedelta(minutes=1)):
    """Move all verdicts into the period that ended last."""
    end = digest_end(datetime.now(UTC), HOUR)
    store.execute("update verdicts set scored_at = %s", [end - before_end])
    return end


def test_a_digest_lists_what_the_panel_agreed_on(store, alerts, mail_is_set_up, digest):
    (alert_id,) = alerts(customer_id="customer-77", currency="USD")
    end = scored(store)
    assert notify() == 1
    (notice,) = notices(store, "digest")
    assert notice["covers_until"] == end
    for words in ("USD 500.00", "ABC마트", reference(store, alert_id), "pending"):
        assert words in notice["body"]
    assert "customer-77" not in notice["body"]


def test_a_digest_tells_each_row_once(store, alerts, mail_is_set_up, digest):
    alerts()
    scored(store)
    notify()
    notify()
    assert len(notices(store, "digest")) == 1


def test_after_a_quiet_time_the_next_digest_goes_on_where_the_last_one_ended(store, alerts, mail_is_set_up, digest):
    alerts()
    scored(store)
    notify()
    store.execute("update staff_notices set covers_until = covers_until - interval '5 hours'")
    scored(store, before_end=4 * HOUR)
    notify()
    assert len(notices(store, "digest")) == 2


@pytest.mark.parametrize(
    "setting", [pytest.param("60", id="nothing was unanimous"), pytest.param("0", id="no digest is wanted")]
)
def test_no_digest_without_rows_or_without_the_wish(store, alerts, mail_is_set_up, monkeypatch, setting):
    monkeypatch.setenv("JIKIMI_DIGEST_MINUTES", setting)
    alerts(amount="50" if setting == "60" else "500")
    scored(store)
    assert notify() == 0
    assert notices(store, "digest") == []


def test_a_row_that_was_just_scored_waits_for_the_next_digest(store, alerts, mail_is_set_up, digest):
    alerts()
    assert scored(store) <= datetime.now(UTC) - LATE
    store.execute("update verdicts set scored_at = now()")
    assert notify() == 0


def test_what_a_challenger_says_is_in_no_digest(store, alerts, mail_is_set_up, digest):
    alerts()
    scored(store)
    store.execute("update verdicts set is_shadow = true")
    assert notify() == 0


def test_a_wrong_language_is_named_before_anything_is_told(store, alerts, mail_is_set_up, monkeypatch):
    fail(store, *alerts())
    monkeypatch.setenv("JIKIMI_STAFF_LANGUAGE", "fr")
    with pytest.raises(NotConfigured, match="JIKIMI_STAFF_LANGUAGE"):
        notify()
    assert notices(store) == []
