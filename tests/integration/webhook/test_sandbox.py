"""From the request to the dealer to its own call on us: an accepted message becomes a delivered one without asking."""

import threading
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import Settings
from jikimi.channels.alimtalk import AlimtalkChannel
from jikimi.channels.base import Message
from jikimi.store.connection import open_store
from jikimi.webhook import nhn
from ml.messages import AlertFacts, template, write_letter
from tests.dealers import EXTRA, connect
from tests.integration.alert_rows import add_alert, add_try, row_of
from tests.integration.webhook.conftest import SECRET
from tests.serving import post, serving

SETTINGS = Settings(
    "app-key",
    "app-secret",
    nhn_app_key="app-key",
    nhn_secret_key="secret-key",
    nhn_sender_key=str(EXTRA["sender_key"]),
    templates={str(EXTRA["template_alert_ko"]): template("alimtalk", "alert.ko")},
    report_delay_seconds=0,
)


@pytest.fixture
def calls(monkeypatch):
    """Is released once for each call of the dealer, after its commit."""
    committed, keep = threading.Semaphore(0), nhn.keep

    def keep_and_tell(reports):
        keep(reports)
        committed.release()

    monkeypatch.setattr(nhn, "keep", keep_and_tell)
    return committed


@pytest.fixture
def dealer(tmp_path, monkeypatch, mounted):
    """Let the dealer tell us its results; `copies` times each, as happens where an answer is lost."""
    with serving(mounted) as ours, serving(create_app(tmp_path / "sandbox", SETTINGS)) as url:
        connect(monkeypatch, "alimtalk_nhn", url)

        def tells(copies):
            webhook = {"url": f"{ours}/jikimi/reports/nhn", "signature": SECRET, "copies": copies}
            post(f"{url}/admin/webhook", json=webhook).raise_for_status()

        yield tells


@pytest.fixture
def store(mounted):
    with open_store() as connection:
        yield connection


def send(reference):
    """Send a message over the channel; returns what the dealer calls it."""
    facts = AlertFacts(datetime.now(UTC), Decimal(1500), "KRW", reference, "홍길동", "1234567890127890", "ABC마트", 0)
    letter = write_letter("alimtalk", facts, "지킴이은행", ZoneInfo("Asia/Seoul"), "ko")
    (taken,) = AlimtalkChannel("alimtalk_nhn").send([Message(1, reference, "010-1234-5678", letter)], uuid4()).values()
    return taken.dealer_id


def test_the_dealers_call_makes_an_accepted_alert_delivered(dealer, calls, store):
    dealer(copies=2)
    alert_id = add_alert(store, "accepted", attempts=1, channel="alimtalk")
    add_try(store, alert_id, "accepted", channel="alimtalk")
    dealer_id = send(row_of(store, alert_id)["reference"])
    assert all(calls.acquire(timeout=10) for _ in range(2))
    assert row_of(store, alert_id)["state"] == "delivered"
    assert [row["dealer_id"] for row in store.execute("select dealer_id from delivery_reports")] == [dealer_id]


def test_a_call_that_overtakes_our_own_answer_counts_after_it(dealer, calls, store):
    dealer(copies=1)
    alert_id = add_alert(store, "sending", attempts=1, channel="alimtalk")
    dealer_id = send(row_of(store, alert_id)["reference"])
    assert calls.acquire(timeout=10)
    assert row_of(store, alert_id)["state"] == "sending"
    add_try(store, alert_id, "accepted", channel="alimtalk", dealer_id=dealer_id)
    store.execute("update alerts set state = 'accepted', accepted_at = now() where alert_id = %s", [alert_id])
    send("FFFFFFFF")
    assert calls.acquire(timeout=10)
    assert row_of(store, alert_id)["state"] == "delivered"
