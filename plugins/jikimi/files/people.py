"""A file of customers: how they are called and reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jikimi.files.formats import PROBLEM, Format
from jikimi.files.raw import read_tables
from jikimi.files.selection import instants

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("customer_id", "name", "language", "channel", "kakao_uuid", "consented_at")
_CHOICES = {"language": ("ko", "en"), "channel": ("kakao_friends", "kakao_memo")}
_CUSTOMERS = Format(
    name="customers",
    columns={name: name for name in _COLUMNS[1:]},
    fraud_column="customer_id",
    optional=frozenset(_COLUMNS[1:]),
)


def read_customers(path: Path) -> Iterator[tuple[pd.DataFrame, list[str]]]:
    """Yield customers (customer_id and what the file says of the others) and a sentence for each refused row.

    :raises BadFile: the file cannot be read or has no customer_id.
    """
    first = 1
    for table in read_tables(path, _CUSTOMERS):
        text = table.to_pandas().astype("str")
        problem = _problems(text)
        refused = [f"row {first + row}: {why}" for row, why in enumerate(problem) if isinstance(why, str)]
        customers = text[problem.isna()].drop(columns=PROBLEM)
        if "consented_at" in customers:
            customers["consented_at"] = instants(customers["consented_at"])
        yield customers.drop_duplicates("customer_id", keep="last"), refused
        first += len(text)


def _problems(text: pd.DataFrame) -> pd.Series:
    """Return for each row why it cannot be used, null where it can."""
    problem = text[PROBLEM].astype("object")
    is_id = text["customer_id"].str.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}").fillna(False).astype("bool")
    problem = problem.mask(problem.isna() & ~is_id, "customer_id is no id")
    for name, allowed in _CHOICES.items():
        if name in text:
            is_other = text[name].notna() & ~text[name].isin(allowed)
            problem = problem.mask(problem.isna() & is_other, f"{name} is not one of {', '.join(allowed)}")
    if "consented_at" in text:
        is_unclear = text["consented_at"].notna() & instants(text["consented_at"]).isna()
        problem = problem.mask(problem.isna() & is_unclear, "consented_at is no instant")
    if "channel" in text:
        uuid = text["kakao_uuid"] if "kakao_uuid" in text else text["channel"].mask(text["channel"].notna())
        is_lost = (text["channel"] == "kakao_friends").fillna(False) & uuid.isna()
        problem = problem.mask(problem.isna() & is_lost, "the channel kakao_friends needs kakao_uuid")
    return problem
