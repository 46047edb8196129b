"""New customers become friends of the real sandbox, whatever their names are."""

from collections import Counter
from datetime import UTC, datetime

import pandas as pd
import pytest

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import Settings
from jikimi.contacts import SandboxFriends, with_contacts
from jikimi.exceptions import NotConfigured, ServiceUnavailable
from jikimi.store.connection import open_store
from jikimi.store.customers import upsert_customers
from tests.serving import serving

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def sandbox_url(tmp_path):
    with serving(create_app(tmp_path / "sandbox", Settings("key", "secret"))) as url:
        yield url


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def routes(store):
    """Channels by customer, in the order in which they are tried."""
    rows = store.execute(
        "select customer_id, array_agg(channel order by position) as route from customer_channels"
        " where consented_at = %s and position is not null group by 1",
        [NOW],
    )
    return {row["customer_id"]: row["route"] for row in rows}


def test_every_new_customer_gets_a_route_and_the_same_one_again(store, sandbox_url):
    friends = SandboxFriends(sandbox_url)
    customers = pd.DataFrame({"customer_id": ["c1", "c2", "c3", "no id"], "name": ["김민수", None, "x" * 300, "Eve"]})
    first = with_contacts(store, customers, friends, NOW)
    assert first["channels"].isna().tolist() == [False, False, False, True]
    pd.testing.assert_frame_equal(with_contacts(store, customers, friends, NOW), first)
    upsert_customers(store, first)
    assert set(routes(store)) == {"c1", "c2", "c3"}


def test_each_channel_comes_first_for_some_and_no_address_is_a_persons(store, sandbox_url):
    customers = pd.DataFrame({"customer_id": [f"c{n}" for n in range(200)], "name": "Kim"})
    upsert_customers(store, with_contacts(store, customers, SandboxFriends(sandbox_url), NOW))
    first = Counter(route[0] for route in routes(store).values())
    assert set(first) == {"kakao_friends", "alimtalk", "email", "discord"}
    assert first.most_common(1)[0][0] == "kakao_friends"
    rows = store.execute("select channel, address from customer_channels").fetchall()
    assert all(row["address"].startswith("0100") for row in rows if row["channel"] == "alimtalk")
    assert all(row["address"].endswith("@example.com") for row in rows if row["channel"] == "email")


def test_who_has_a_channel_is_left_alone(store, sandbox_url):
    upsert_customers(store, pd.DataFrame({"customer_id": ["c1"], "channels": ["kakao_memo"]}))
    customers = pd.DataFrame({"customer_id": ["c1", "c2"], "name": ["A", "B"]})
    upsert_customers(store, with_contacts(store, customers, SandboxFriends(sandbox_url), NOW))
    assert set(routes(store)) == {"c2"}
    kept = store.execute("select channel, consented_at from customer_channels where customer_id = 'c1'").fetchall()
    assert kept == [{"channel": "kakao_memo", "consented_at": None}]


def test_more_customers_than_one_request_takes(store, sandbox_url):
    customers = pd.DataFrame({"customer_id": [f"c{n}" for n in range(2_500)], "name": "Kim"})
    contacts = with_contacts(store, customers, SandboxFriends(sandbox_url), NOW)
    friends = contacts[contacts["channels"].str.contains("kakao_friends")]
    assert (contacts["channels"].notna().all(), friends["kakao_uuid"].nunique()) == (True, len(friends))


def test_a_sandbox_that_does_not_answer_or_is_none_says_so(sandbox_url):
    with pytest.raises(ServiceUnavailable, match="jikimi status"):
        SandboxFriends("http://127.0.0.1:1").befriend([{"customer_id": "c1", "name": "Kim"}])
    with pytest.raises(ServiceUnavailable, match="404"):
        SandboxFriends(f"{sandbox_url}/nowhere").befriend([{"customer_id": "c1", "name": "Kim"}])
    with pytest.raises(NotConfigured, match="JIKIMI_SANDBOX_URL"):
        SandboxFriends(None)
