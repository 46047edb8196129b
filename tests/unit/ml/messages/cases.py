"""Transactions to write about: a usual one, and any that the schema lets through."""

from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ml.messages import AlertFacts
from ml.schema import CURRENCIES

SEOUL = ZoneInfo("Asia/Seoul")
CHANNELS = ("alimtalk", "kakao_friends", "kakao_memo", "email", "discord")
LONGEST = 200
# What texts may trip over, more often than chance would bring it.
_TRAPS = (
    "똠뷁가é#{}$\\`*_~|@<>[]&'\".:/\u202e\u2066\u200b\u200d\u0301\ufe0f\u3164👨👍🏽🇰\u1100\u119e\n\r\0\x1b \u2028﹒"
)

texts = st.text(max_size=LONGEST) | st.text(_TRAPS, max_size=LONGEST) | st.text("가W👍 ", max_size=LONGEST)


def facts(**changes: object) -> AlertFacts:
    known = {
        "occurred_at": datetime(2026, 8, 21, 14, 41, 59, tzinfo=UTC),
        "amount": Decimal("1234567.000"),
        "currency": "KRW",
        "reference": "A1B2C3",
        "customer_name": "홍길동",
        "card": "1234567890127890",
        "merchant": "ABC마트",
    }
    return AlertFacts(**(known | changes))


any_facts = st.builds(
    facts,
    occurred_at=st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    amount=st.decimals(Decimal("0.001"), Decimal("1e9"), places=3) | st.floats(0.001, 1e9),
    currency=st.sampled_from(CURRENCIES) | st.text(max_size=3),
    reference=st.from_regex(r"[0-9A-F]{8}", fullmatch=True),
    customer_name=st.none() | texts,
    card=st.none() | texts | st.from_regex(r"[0-9]{8,19}", fullmatch=True),
    merchant=st.none() | texts,
    more=st.integers(0, 9999),
)


def shown_by(page: str) -> str:
    """Return the text of a page, which has no elements but ours."""
    found: list[str] = []

    def start(tag: str, attributes: object) -> None:
        assert tag in ("html", "head", "meta", "body", "p", "br", "a")
        found.append("\n" if tag == "br" else "")

    parser = HTMLParser()
    parser.handle_data = lambda data: found.append(data.replace("\n", ""))
    parser.handle_starttag = start
    parser.feed(page)
    parser.close()
    return "".join(found)
