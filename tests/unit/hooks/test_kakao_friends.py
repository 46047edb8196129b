"""The list of friends is read to its end, whatever a page does in passing."""

from typing import Any

import pytest

from jikimi.exceptions import DeliveryError, Misconfigured, QuotaUsedUp, Rejected, Unavailable, Unknown
from jikimi.hooks.kakao_friends import Friend, Query, read_friends

ELSEWHERE = "https://elsewhere.example/v1/api/talk/friends?offset=100&limit=100&order=asc"


class Pages:
    """Answers page by page, each an error or what KakaoTalk says."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.queries: list[Query] = []
        self.pauses: list[float] = []

    def __call__(self, query: Query) -> Any:
        self.queries.append(query)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def read(self) -> list[Friend]:
        return list(read_friends(self, self.pauses.append))


def page(*uuids: str, after: str | None = None) -> dict[str, Any]:
    return {"elements": [{"uuid": uuid, "profile_nickname": f"N{uuid}"} for uuid in uuids], "after_url": after}


def test_pages_follow_each_other_and_no_other_address_is_asked() -> None:
    pages = Pages(page("a", "b", after=ELSEWHERE), page("c"))
    assert [friend.uuid for friend in pages.read()] == ["a", "b", "c"]
    assert pages.queries == [
        {"offset": "0", "limit": "100", "order": "asc", "friend_order": "nickname"},
        {"offset": "100", "limit": "100", "order": "asc"},
    ]


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Unavailable("not a friend", "-502", tries=2), id="cache"),
        pytest.param(Unknown("lost"), id="lost answer"),
    ],
)
def test_page_that_fails_in_passing_is_asked_for_again(failure: DeliveryError) -> None:
    pages = Pages(failure, failure, page("a"))
    assert [friend.uuid for friend in pages.read()] == ["a"]
    assert len(pages.pauses) == 2
    assert 0.5 <= pages.pauses[0] < pages.pauses[1] + 0.5


def test_page_that_keeps_failing_is_given_up() -> None:
    pages = Pages(*[Unavailable("not a friend", "-502")] * 6)
    with pytest.raises(Unavailable):
        pages.read()
    assert len(pages.queries) == 5


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Misconfigured("scope", "-402"), id="scope"),
        pytest.param(QuotaUsedUp("limit", "-10", subject="app"), id="quota"),
        pytest.param(Rejected("bad", "-2"), id="refused"),
    ],
)
def test_refusal_is_not_asked_again(failure: DeliveryError) -> None:
    pages = Pages(failure)
    with pytest.raises(type(failure)):
        pages.read()
    assert pages.pauses == []


def test_list_that_leads_in_a_circle_ends() -> None:
    start = "https://kapi.kakao.com/?offset=0&limit=100&order=asc&friend_order=nickname"
    assert len(Pages(page("a", after=start)).read()) == 1


def test_elements_that_are_no_friends_are_left_out() -> None:
    answer = {"elements": [7, {}, {"uuid": "a"}, {"uuid": "b", "profile_nickname": None, "allowed_msg": False}]}
    friends = Pages(answer).read()
    assert [(f.uuid, f.nickname, f.takes_messages) for f in friends] == [("a", "", None), ("b", "", False)]
    assert Pages({"elements": None}).read() == []
    assert repr(friends[0]) == "Friend(takes_messages=None)"
