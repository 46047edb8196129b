"""A file of customers' nicknames, and which friend of the sending account each customer is."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jikimi.files.formats import PROBLEM, Format
from jikimi.files.raw import read_tables

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")


@dataclass(frozen=True)
class Nicknames:
    """What a file says.

    :param by_customer: customer id -> nicknames; more than one where the file contradicts itself.
    :param refused: a sentence for each row that cannot be used.
    """

    by_customer: Mapping[str, set[str]] = field(repr=False)
    refused: list[str]


@dataclass(frozen=True)
class Matches:
    """Which friend each customer is.

    :param uuids: customer id -> uuid of the friend.
    :param ambiguous: customers whose nickname several friends or several customers have.
    :param unmatched: customers whose nickname no friend has.
    """

    uuids: Mapping[str, str] = field(repr=False)
    ambiguous: list[str]
    unmatched: list[str]


def read_nicknames(path: Path, column: str) -> Nicknames:
    """Read customer_id and a column with the nickname that the customer has on KakaoTalk.

    :raises BadFile: the file cannot be read or lacks one of the columns.
    """
    form = Format(name="friends", columns={"nickname": column}, fraud_column="customer_id")
    by_customer: dict[str, set[str]] = defaultdict(set)
    refused: list[str] = []
    number = 0
    for table in read_tables(path, form):
        for row in table.to_pylist():
            number += 1
            customer_id = row["customer_id"] or ""
            if row[PROBLEM] or not _ID.fullmatch(customer_id):
                refused.append(f"row {number}: {row[PROBLEM] or 'customer_id is no id'}")
            else:
                by_customer[customer_id].add(plain(row[column] or ""))
    return Nicknames(by_customer, refused)


def match(nicknames: Mapping[str, set[str]], friends: Iterable[tuple[str, str]]) -> Matches:
    """Match customers with friends by exactly the same nickname, however it is composed and whatever surrounds it.

    Nobody is guessed: a message about one customer's card must not reach another person.

    :param friends: nickname and uuid of each.
    """
    uuids: dict[str, set[str]] = defaultdict(set)
    for nickname, uuid in friends:
        uuids[plain(nickname)].add(uuid)
    customers: dict[str, set[str]] = defaultdict(set)
    for customer_id, names in nicknames.items():
        for name in names:
            customers[name].add(customer_id)
    found: dict[str, str] = {}
    ambiguous, unmatched = [], []
    for customer_id, names in nicknames.items():
        candidates = {uuid for name in names if name for uuid in uuids.get(name, ())}
        if not candidates:
            unmatched.append(customer_id)
        elif len(names) == len(candidates) == 1 and all(len(customers[name]) == 1 for name in names):
            found[customer_id] = candidates.pop()
        else:
            ambiguous.append(customer_id)
    return Matches(found, ambiguous, unmatched)


def plain(nickname: str) -> str:
    """Return a nickname as it is compared: composed characters, nothing around it."""
    return unicodedata.normalize("NFC", nickname).strip()
