"""Customers are matched with friends by exactly the same nickname, or not at all."""

import unicodedata

import pytest

from jikimi.exceptions import BadFile
from jikimi.files.friends import match, read_nicknames

FRIENDS = [
    ("홍길동", "uuid-hong"),
    ("김영희", "uuid-kim"),
    ("John", "uuid-john"),
    ("twin", "uuid-a"),
    ("twin", "uuid-b"),
]


def matched(**nicknames):
    return match({customer: set(names.split("|")) for customer, names in nicknames.items()}, FRIENDS)


def test_same_nickname_is_the_same_person():
    found = matched(c1="홍길동", c2="John")
    assert found.uuids == {"c1": "uuid-hong", "c2": "uuid-john"}
    assert (found.ambiguous, found.unmatched) == ([], [])


@pytest.mark.parametrize(
    ("friend", "written"),
    [
        pytest.param("홍길동", unicodedata.normalize("NFD", "홍길동"), id="decomposed in the file"),
        pytest.param(unicodedata.normalize("NFD", "홍길동"), "홍길동", id="decomposed at KakaoTalk"),
        pytest.param("  홍길동 ", "홍길동", id="spaces at KakaoTalk"),
    ],
)
def test_composition_and_surrounding_spaces_do_not_count(tmp_path, friend, written):
    file = tmp_path / "customers.csv"
    file.write_text(f"customer_id,nickname\nc1, {written} \n", encoding="utf-8")
    assert match(read_nicknames(file, "nickname").by_customer, [(friend, "uuid-hong")]).uuids == {"c1": "uuid-hong"}


@pytest.mark.parametrize(
    "nickname",
    [
        pytest.param("john", id="another case"),
        pytest.param("Jo hn", id="a space inside"),
        pytest.param("", id="nothing"),
        pytest.param("박철수", id="nobody"),
    ],
)
def test_who_is_not_a_friend_is_left_alone(nickname):
    found = matched(c1=nickname)
    assert (found.uuids, found.ambiguous, found.unmatched) == ({}, [], ["c1"])


def test_empty_nickname_of_a_friend_is_nobodys():
    assert match({"c1": {""}}, [("", "uuid-x")]).unmatched == ["c1"]


@pytest.mark.parametrize(
    ("nicknames", "ambiguous"),
    [
        pytest.param({"c1": "twin"}, ["c1"], id="two friends with one nickname"),
        pytest.param({"c1": "John", "c2": "John"}, ["c1", "c2"], id="two customers with one nickname"),
        pytest.param({"c1": "John|홍길동"}, ["c1"], id="a customer with two nicknames"),
        pytest.param({"c1": "John|nobody"}, ["c1"], id="a customer with two nicknames, one of a friend"),
    ],
)
def test_nobody_is_guessed(nicknames, ambiguous):
    found = matched(**nicknames)
    assert (found.uuids, found.ambiguous, found.unmatched) == ({}, ambiguous, [])


def test_rows_that_cannot_be_used_are_told_by_number(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text("kakao,customer_id\n홍길동,c1\n김영희,no id\n김영희\nJohn,c2\n", encoding="utf-8")
    nicknames = read_nicknames(file, "kakao")
    assert dict(nicknames.by_customer) == {"c1": {"홍길동"}, "c2": {"John"}}
    assert [sentence.split(":")[0] for sentence in nicknames.refused] == ["row 2", "row 3"]
    assert "홍길동" not in repr(nicknames)


def test_missing_column_is_named(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text("customer_id,name\nc1,홍길동\n", encoding="utf-8")
    with pytest.raises(BadFile, match="column nickname missing"):
        read_nicknames(file, "nickname")
