"""A file of customers: what is taken as it is written, what is made normal, and what is refused with advice."""

from datetime import UTC, datetime

import pytest

from jikimi.channels.base import NAMES
from jikimi.exceptions import BadFile
from jikimi.files.addresses import CHANNELS
from jikimi.files.people import read_customers

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    """Read rows written under a header; gives the customers by id and the refusals."""

    def read_rows(header, *rows):
        path = tmp_path / "customers.csv"
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        chunks = list(read_customers(path, NOW))
        customers = [row for frame, _ in chunks for row in frame.to_dict("records")]
        return {row["customer_id"]: row for row in customers}, [word for _, words in chunks for word in words]

    return read_rows


def test_the_channels_are_those_that_can_send():
    assert sorted(CHANNELS) == sorted(NAMES)


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        pytest.param("010-1234-5678", "01012345678", id="hyphens"),
        pytest.param("+82 10 1234 5678", "01012345678", id="international"),
        pytest.param("+82(0)10-1234-5678", "01012345678", id="international with the zero"),
        pytest.param("821012345678", "01012345678", id="a spreadsheet took the plus"),
        pytest.param("0082 10-1234-5678", "01012345678", id="dialled from abroad"),
        pytest.param("01012345678", "01012345678", id="digits"),
        pytest.param("011-234-5678", "0112345678", id="an old prefix with seven digits"),
    ],
)
def test_a_number_is_stored_as_it_is_dialled_in_korea(read, written, dialled):
    customers, refused = read("customer_id,phone", f"c1,{written}")
    assert refused == []
    assert customers["c1"]["phone"] == dialled


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("02-123-4567", id="a land line"),
        pytest.param("010-1234-567", id="a digit short"),
        pytest.param("010-1234-56789", id="a digit more"),
        pytest.param("+1 202 555 0100", id="abroad"),
        pytest.param("1012345678", id="the zero is lost"),
        pytest.param("０１０１２３４５６７８", id="digits of another script"),
        pytest.param("phone", id="words"),
    ],
)
def test_what_no_dealer_would_call_is_refused(read, written):
    customers, refused = read("customer_id,phone", "c1,010-1234-5678", f"c2,{written}")
    assert list(customers) == ["c1"]
    assert refused == ["row 2: phone is no Korean mobile number: write it like 010-1234-5678"]


@pytest.mark.parametrize("separator", [pytest.param(s, id=repr(s)) for s in (" ", " > ", ">", "  ")])
def test_a_route_is_names_in_their_order(read, separator):
    customers, refused = read("customer_id,channels", f"c1,Alimtalk{separator}kakao_friends{separator}email ")
    assert refused == []
    assert customers["c1"]["channels"] == "alimtalk kakao_friends email"


@pytest.mark.parametrize(
    ("header", "row", "why"),
    [
        pytest.param("channels", "alimtalk fax", "channels names fax, which is not one of alimtalk,", id="no channel"),
        pytest.param("channels", "email > email", "channels names email twice", id="twice"),
        pytest.param("channels", ">", "channels names no channel", id="an arrow to nowhere"),
        pytest.param("language", "xx", "language is not one of ko, en", id="language"),
        pytest.param("email", "kim@", "email is no e-mail address: write it like name@example.com", id="no domain"),
        pytest.param("email", "Kim <kim@example.com>", "email is no e-mail address", id="a name around it"),
        pytest.param("kakao_uuid", "two words", "kakao_uuid is no uuid of a KakaoTalk friend", id="uuid"),
        pytest.param("discord_thread", "#general", "discord_thread is no number of a Discord thread", id="thread"),
        pytest.param("email,consented_at", "a@example.com,soon", "consented_at is no instant", id="no instant"),
        pytest.param("email,consented_at", "a@example.com,2027-01-01", "consented_at is in the future", id="future"),
        pytest.param("email,consented_at", ",2026-01-01", "consented_at holds for channels", id="for none"),
        pytest.param("consented_at", "2026-01-01", "consented_at holds for channels", id="no column"),
    ],
)  # fmt: skip
def test_a_row_is_refused_with_its_number_and_the_reason(read, header, row, why):
    customers, refused = read(f"customer_id,{header}", f"c1,{row}")
    assert customers == {}
    assert len(refused) == 1
    assert refused[0].startswith(f"row 1: {why}")


def test_only_the_first_problem_of_a_row_is_told(read):
    _, refused = read("customer_id,language,channels,phone", ",xx,fax,1")
    assert refused == ["row 1: customer_id is no id"]


def test_addresses_and_instants_come_as_they_are_stored(read):
    customers, refused = read(
        "customer_id,channels,email,kakao_uuid,discord_thread,consented_at",
        "c1,email,Kim@EXAMPLE.com,a-B_9,1099999999999999999,2026-01-01T09:00+09:00",
    )
    assert refused == []
    row = customers["c1"]
    assert (row["email"], row["kakao_uuid"], row["discord_thread"]) == (
        "Kim@example.com",
        "a-B_9",
        "1099999999999999999",
    )
    assert row["consented_at"].to_pydatetime() == datetime(2026, 1, 1, tzinfo=UTC)


def test_row_numbers_go_on_over_the_chunks(read, monkeypatch):
    monkeypatch.setattr("jikimi.files.people._ROWS_PER_TABLE", 2)
    customers, refused = read("customer_id,language", "c1,ko", "c2,ko", "c3,ko", "c4,xx")
    assert list(customers) == ["c1", "c2", "c3"]
    assert refused == ["row 4: language is not one of ko, en"]


def test_a_file_for_one_channel_is_not_read_as_one_without(read):
    with pytest.raises(BadFile, match="channel is called channels now"):
        read("customer_id,channel", "c1,kakao_memo")
