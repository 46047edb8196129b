"""Customers' routes: what a file says of them, row by row, and consent that is given and taken back."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from jikimi.exceptions import JikimiError
from jikimi.store.connection import open_store
from jikimi.store.customers import (
    import_customers,
    show_customer,
    upsert_customers,
    withdraw_consent,
    without_contact,
)

CONSENT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


@pytest.fixture
def write(store):
    """Write rows as a file has them; gives how many customers changed."""

    def write_rows(*rows):
        imported = import_customers(store, pd.DataFrame(rows, index=range(1, len(rows) + 1)))
        assert imported.refused == {}
        return imported.changed

    return write_rows


@pytest.fixture
def refused(store):
    """Write rows and give what was refused."""
    return lambda *rows: import_customers(store, pd.DataFrame(rows, index=range(1, len(rows) + 1))).refused


@pytest.fixture
def route(store):
    """Give a customer's route as channel -> address, in its order, then what is no longer used."""

    def used_and_unused(customer_id):
        steps = show_customer(store, customer_id)["route"]
        used = {step["channel"]: step["address"] for step in steps if step["position"]}
        assert [step["position"] for step in steps if step["position"]] == list(range(1, len(used) + 1))
        return used, {step["channel"] for step in steps if not step["position"]}

    return used_and_unused


def consents(store, customer_id):
    return {step["channel"] for step in show_customer(store, customer_id)["route"] if step["consented_at"]}


def test_a_route_has_the_order_and_the_addresses_of_the_row(write, route):
    row = {
        "customer_id": "c1",
        "channels": "email kakao_memo alimtalk discord",
        "phone": "01012345678",
        "email": "a@b.kr",
    }
    assert write(row) == 1
    used, unused = route("c1")
    assert list(used.items()) == [
        ("email", "a@b.kr"), ("kakao_memo", None), ("alimtalk", "01012345678"), ("discord", None)
    ]  # fmt: skip
    assert unused == set()


def test_a_new_route_replaces_the_old_one_and_keeps_what_was_known(store, write, route):
    write({"customer_id": "c1", "channels": "alimtalk email", "phone": "01012345678", "email": "a@b.kr",
           "consented_at": CONSENT})  # fmt: skip
    assert write({"customer_id": "c1", "channels": "email"}) == 1
    assert route("c1") == ({"email": "a@b.kr"}, {"alimtalk"})
    assert consents(store, "c1") == {"alimtalk", "email"}
    assert write({"customer_id": "c1", "channels": "alimtalk email"}) == 1
    assert list(route("c1")[0].items()) == [("alimtalk", "01012345678"), ("email", "a@b.kr")]


def test_a_second_import_of_the_same_file_changes_nothing(write):
    row = {"customer_id": "c1", "name": "Kim", "channels": "email", "email": "a@b.kr", "consented_at": CONSENT}
    assert write(row) == 1
    assert write(row) == 0


def test_an_address_alone_is_kept_in_its_place_or_comes_last(write, route):
    write({"customer_id": "c1", "channels": "kakao_friends email", "kakao_uuid": "u1", "email": "a@b.kr"})
    write({"customer_id": "c1", "kakao_uuid": "u2", "phone": "01012345678"})
    assert list(route("c1")[0].items()) == [
        ("kakao_friends", "u2"), ("email", "a@b.kr"), ("alimtalk", "01012345678")
    ]  # fmt: skip


def test_an_address_of_a_channel_that_was_given_up_does_not_bring_it_back(write, route):
    write({"customer_id": "c1", "channels": "alimtalk", "phone": "01012345678"})
    write({"customer_id": "c1", "channels": "kakao_memo"})
    write({"customer_id": "c1", "phone": "01087654321"})
    assert route("c1") == ({"kakao_memo": None}, {"alimtalk"})


def test_new_addresses_without_a_route_make_one(write, route):
    write({"customer_id": "c1", "email": "a@b.kr", "kakao_uuid": "u1", "phone": "01012345678"})
    assert list(route("c1")[0]) == ["alimtalk", "kakao_friends", "email"]


def test_consent_holds_for_what_the_row_names(store, write):
    write(
        {"customer_id": "c1", "channels": "email", "email": "a@b.kr", "phone": "01012345678", "consented_at": CONSENT}
    )
    assert consents(store, "c1") == {"email"}
    write({"customer_id": "c1", "phone": "01012345678", "consented_at": CONSENT})
    assert consents(store, "c1") == {"email", "alimtalk"}
    write({"customer_id": "c1", "email": "new@b.kr"})
    assert consents(store, "c1") == {"email", "alimtalk"}


def test_a_route_without_an_address_is_refused_and_the_rest_written(store, refused):
    why = refused(
        {"customer_id": "c1", "channels": "alimtalk", "name": "never written"},
        {"customer_id": "c2", "channels": "email", "email": "a@b.kr"},
    )
    assert why == {1: "the channel alimtalk needs phone: neither the file nor the database has one"}
    assert store.execute("select customer_id from customers").fetchall() == [{"customer_id": "c2"}]


def test_an_earlier_row_of_the_file_is_known_to_a_later_one(write, route):
    assert write(
        {"customer_id": "c1", "phone": "01012345678", "name": "Kim"},
        {"customer_id": "c1", "channels": "alimtalk kakao_memo"},
        {"customer_id": "c1", "name": "Lee"},
    )
    assert list(route("c1")[0]) == ["alimtalk", "kakao_memo"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("alimtalk kakao_memo", "kakao_memo", id="fewer channels"),
        pytest.param("kakao_memo", "alimtalk kakao_memo", id="more channels"),
    ],
)
def test_the_last_row_of_a_customer_holds(write, route, first, second):
    rows = [{"customer_id": "c1", "channels": text, "phone": "01012345678"} for text in (first, second)]
    write(*rows)
    assert " ".join(route("c1")[0]) == second


def test_a_withdrawn_consent_is_not_brought_back_by_an_older_file(store, write, refused):
    row = {"customer_id": "c1", "channels": "email discord", "email": "a@b.kr", "consented_at": CONSENT}
    write(row)
    assert withdraw_consent(store, "c1", "email") == {"email": CONSENT}
    assert consents(store, "c1") == {"discord"}
    (why,) = refused(row).values()
    assert why.startswith("the consent for email was withdrawn on 20")
    # What does not come from a file is no longer checked, and still changes nothing.
    upsert_customers(store, pd.DataFrame([row]))
    assert consents(store, "c1") == {"discord"}
    write(row | {"consented_at": datetime.now(UTC)})
    assert consents(store, "c1") == {"discord", "email"}


def test_withdrawing_all_leaves_the_route_without_consent(store, write, route):
    write({"customer_id": "c1", "channels": "email kakao_memo", "email": "a@b.kr", "consented_at": CONSENT})
    assert withdraw_consent(store, "c1") == {"email": CONSENT, "kakao_memo": CONSENT}
    assert withdraw_consent(store, "c1", "email") == {"email": None}
    assert (consents(store, "c1"), list(route("c1")[0])) == (set(), ["email", "kakao_memo"])


def test_nothing_can_be_withdrawn_where_nothing_is(store, write):
    write({"customer_id": "c1", "channels": "kakao_memo"})
    with pytest.raises(JikimiError, match="no channel email"):
        withdraw_consent(store, "c1", "email")
    with pytest.raises(JikimiError, match="no customer c2"):
        withdraw_consent(store, "c2")


def test_who_has_given_up_every_channel_counts_as_one_without_contact(store, write):
    write({"customer_id": "c1", "channels": "kakao_memo"}, {"customer_id": "c2", "name": "Kim"})
    assert without_contact(store, ["c1", "c2", "c3"]) == ["c2", "c3"]
    store.execute("update customer_channels set position = null")
    assert without_contact(store, ["c1"]) == ["c1"]
