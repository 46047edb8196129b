"""What will become of messages: delivered, unless another fate was ordered for a number or for a share of them."""

import random
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infra.kakao_sandbox.state import Sandbox

# The code of a delivered message at each dealer; also that of a text message that took its place.
DELIVERED = {"nhn": "1000", "solapi": "4000"}
# KakaoTalk took the message, nobody knows whether the telephone did: no text message takes its place.
UNSURE = {"3005"}


@dataclass(frozen=True)
class Fate:
    """What the dealer will say of a message.

    :param code: of the Alimtalk (or of a text message that was sent as such).
    :param text_code: of the text message in its place, where there is one.
    :param delay: seconds until the dealer knows.
    """

    code: str
    text_code: str
    delay: float


def order(sandbox: Sandbox, **wanted: Any) -> int:
    """Order a fate for messages to come and return its id.

    :param wanted: columns of `ordered_fates`: `dealer` and `address` (None for any), `code`, `text_code` and `delay` in
        seconds (None for the usual), `rate` and `seed`, `messages_left` (None for all until it is cleared).
    """
    columns = ("dealer", "address", "code", "text_code", "delay", "rate", "seed", "messages_left")
    row = sandbox.row(
        "insert into ordered_fates (dealer, address, code, text_code, delay, rate, seed, messages_left)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) returning order_id",
        *(wanted.get(column) for column in columns),
    )
    return int(row["order_id"]) if row else 0


def ordered(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Return the orders that have something to come, oldest first."""
    return [dict(row) for row in sandbox.rows("select * from ordered_fates order by order_id")]


def clear(sandbox: Sandbox) -> int:
    """Drop all orders; return how many there were."""
    return len(sandbox.rows("delete from ordered_fates returning order_id"))


def decide(sandbox: Sandbox, dealer: str, addresses: Sequence[str]) -> list[Fate]:
    """Return the fate of each message, in their order; call it inside a transaction.

    An order for the very number goes before one for all numbers, an older one before a newer.
    """
    usual = Fate(DELIVERED[dealer], DELIVERED[dealer], sandbox.settings.report_delay_seconds)
    rows = sandbox.rows("select * from ordered_fates where dealer is null or dealer = ? order by order_id", dealer)
    if not rows:
        return [usual] * len(addresses)
    orders = [_Order(row) for row in rows]
    by_address: dict[str | None, list[_Order]] = {}
    for one in orders:
        by_address.setdefault(one.address, []).append(one)
    fates = [_fate((*by_address.get(address, ()), *by_address.get(None, ())), usual) for address in addresses]
    _remember(sandbox, orders)
    return fates


class _Order:
    """An order while it is used up."""

    def __init__(self, row: sqlite3.Row) -> None:
        self.row = row
        self.address: str | None = row["address"]
        self.seen: int = row["seen"]
        self.left: int | None = row["messages_left"]

    def happens(self) -> bool:
        """Count one message that it could happen to, and say whether it does."""
        if self.left == 0:
            return False
        rate, seen = self.row["rate"], self.seen
        self.seen += 1
        # A number that depends on nothing but the seed and the message, so that a restart changes nothing.
        if rate is not None and random.Random(f"{self.row['seed']}:{seen}").random() >= rate:  # noqa: S311
            return False
        self.left = None if self.left is None else self.left - 1
        return True

    def fate(self, usual: Fate) -> Fate:
        """Return the ordered fate, the usual one where the order says nothing."""
        return Fate(
            self.row["code"] or usual.code,
            self.row["text_code"] or usual.text_code,
            usual.delay if self.row["delay"] is None else self.row["delay"],
        )


def _fate(orders: Sequence[_Order], usual: Fate) -> Fate:
    return next((one.fate(usual) for one in orders if one.happens()), usual)


def _remember(sandbox: Sandbox, orders: Sequence[_Order]) -> None:
    sandbox.database.executemany(
        "update ordered_fates set seen = ?, messages_left = ? where order_id = ?",
        [(one.seen, one.left, one.row["order_id"]) for one in orders if one.seen != one.row["seen"]],
    )
    sandbox.rows("delete from ordered_fates where messages_left = 0")
