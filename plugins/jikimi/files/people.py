"""A file of customers: how they are called, by which channels they are reached in which order, and their consent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jikimi.exceptions import BadFile
from jikimi.files import addresses
from jikimi.files.formats import PROBLEM, Format
from jikimi.files.raw import read_tables
from jikimi.files.selection import instants

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = (
    *("customer_id", "name", "language", "channels", "kakao_uuid", "phone", "email", "discord_thread", "consented_at"),
    # As files named it when a customer had one channel: read only to be refused.
    "channel",
)
_CUSTOMERS = Format(
    name="customers",
    columns={name: name for name in _COLUMNS[1:]},
    fraud_column="customer_id",
    optional=frozenset(_COLUMNS[1:]),
)
_ADDRESSES = {
    "phone": (addresses.phones, "is no Korean mobile number: write it like 010-1234-5678"),
    "email": (addresses.emails, "is no e-mail address: write it like name@example.com"),
    "kakao_uuid": (addresses.uuids, "is no uuid of a KakaoTalk friend: take it from `jikimi kakao friends`"),
    "discord_thread": (addresses.threads, "is no number of a Discord thread: copy the thread's id, digits only"),
}
_LANGUAGES = ("ko", "en")
# A chunk is one transaction; a smaller one holds its customers for a shorter time.
_ROWS_PER_TABLE = 20_000


def read_customers(path: Path, now: datetime) -> Iterator[tuple[pd.DataFrame, list[str]]]:
    """Yield customers, indexed by the number of their row in the file, and a sentence for each refused row.

    The columns are customer_id and those that the file has of name, language, channels (as `alimtalk email`), phone,
    email, kakao_uuid, discord_thread and consented_at; what the file leaves empty is null.

    :param now: nobody can have consented later.
    :raises BadFile: the file cannot be read or has no customer_id.
    """
    first = 1
    for table in read_tables(path, _CUSTOMERS, rows=_ROWS_PER_TABLE):
        written = table.to_pandas().astype("str")
        written.index = range(first, first + len(written))
        first += len(written)
        if "channel" in written:
            raise BadFile(f"{path}, line 1: the column channel is called channels now: rename it.")
        customers = _normalised(written)
        problem = _problems(written, customers, now)
        refused = [f"row {row}: {why}" for row, why in problem.items() if isinstance(why, str)]
        yield customers[problem.isna()].drop(columns=PROBLEM), refused


def _normalised(written: pd.DataFrame) -> pd.DataFrame:
    """Return the columns as they are stored; what is wrong in them has become null."""
    made = {name: normal(written[name]) for name, (normal, _) in _ADDRESSES.items() if name in written}
    if "channels" in written:
        made["channels"] = written["channels"].map(lambda text: " ".join(addresses.route_of(text)), na_action="ignore")
    if "consented_at" in written:
        made["consented_at"] = instants(written["consented_at"])
    return written.assign(**made)


def _problems(written: pd.DataFrame, customers: pd.DataFrame, now: datetime) -> pd.Series:
    """Return for each row why it cannot be used, null where it can."""
    problem = written[PROBLEM].astype("object")
    is_id = written["customer_id"].str.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}").fillna(False).astype("bool")
    problem = _also(problem, ~is_id, "customer_id is no id")
    if "language" in written:
        is_other = written["language"].notna() & ~written["language"].isin(_LANGUAGES)
        problem = _also(problem, is_other, f"language is not one of {', '.join(_LANGUAGES)}")
    if "channels" in written:
        problem = problem.fillna(written["channels"].map(addresses.problem_of_route, na_action="ignore"))
    for name, (_, words) in _ADDRESSES.items():
        if name in written:
            problem = _also(problem, written[name].notna() & customers[name].isna(), f"{name} {words}")
    if "consented_at" in written:
        problem = _problems_of_consent(problem, written, customers, now)
    return problem


def _problems_of_consent(
    problem: pd.Series, written: pd.DataFrame, customers: pd.DataFrame, now: datetime
) -> pd.Series:
    says = written["consented_at"].notna()
    problem = _also(problem, says & customers["consented_at"].isna(), "consented_at is no instant")
    problem = _also(problem, says & (customers["consented_at"] > now), "consented_at is in the future")
    named = [name for name in ("channels", *_ADDRESSES) if name in written]
    names_none = written[named].isna().all(axis="columns") if named else says
    return _also(problem, says & names_none, "consented_at holds for channels, and the row names none")


def _also(problem: pd.Series, is_wrong: pd.Series, words: str) -> pd.Series:
    """Add a sentence where there is none yet."""
    return problem.mask(problem.isna() & is_wrong, words)
