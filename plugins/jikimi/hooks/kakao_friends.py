"""The list of the sending account's friends, page by page."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from jikimi.exceptions import DeliveryError, Misconfigured, QuotaUsedUp, Rejected
from jikimi.hooks.kakao_errors import listed
from jikimi.hooks.kakao_wire import Answer

_MOST_A_PAGE = 100
_MOST_TRIES = 5
_FIRST_SECONDS, _LONGEST_SECONDS = 0.5, 8

Query = dict[str, str]


@dataclass(frozen=True)
class Friend:
    """One friend; its `repr` shows nothing personal.

    :param takes_messages: False where the friend refuses messages of the app; None where KakaoTalk does not say.
    """

    uuid: str = field(repr=False)
    nickname: str = field(repr=False)
    takes_messages: bool | None = None


def read_friends(page_at: Callable[[Query], Answer], sleep: Callable[[float], None] = time.sleep) -> Iterator[Friend]:
    """Yield all friends; a page that fails in passing is asked for again, which harms nothing.

    :param page_at: asks for one page, or raises what `KakaoHook` raises.
    :raises DeliveryError: a page was refused, or failed too often.
    """
    query: Query | None = {"offset": "0", "limit": str(_MOST_A_PAGE), "order": "asc", "friend_order": "nickname"}
    seen: list[Query] = []
    while query and query not in seen:
        seen.append(query)
        page = _patiently(page_at, query, sleep)
        yield from _friends_on(page)
        query = _next(page)


def _patiently(page_at: Callable[[Query], Answer], query: Query, sleep: Callable[[float], None]) -> Answer:
    """Ask for a page; KakaoTalk keeps the list in a cache, which now and then answers -502 in passing."""
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

    asking = Retrying(
        retry=retry_if_exception(_is_passing),
        stop=stop_after_attempt(_MOST_TRIES),
        wait=wait_exponential_jitter(multiplier=_FIRST_SECONDS, max=_LONGEST_SECONDS, jitter=_FIRST_SECONDS),
        sleep=sleep,
        reraise=True,
    )
    return asking(page_at, query)


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, DeliveryError) and not isinstance(error, (Misconfigured, QuotaUsedUp, Rejected))


def _friends_on(page: Answer) -> Iterator[Friend]:
    for element in listed(page, "elements"):
        if isinstance(element, dict) and element.get("uuid"):
            allowed = element.get("allowed_msg")
            yield Friend(
                str(element["uuid"]),
                str(element.get("profile_nickname") or ""),
                allowed if isinstance(allowed, bool) else None,
            )


def _next(page: Answer) -> Query | None:
    """Return what to ask for next: the query alone, for a token is never carried to an address that an answer names."""
    return dict(parse_qsl(urlsplit(str(page.get("after_url") or "")).query)) or None
