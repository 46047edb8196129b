"""A file of labels: who said when whether a transaction was fraud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jikimi.files.chunks import FRAUD_WORDS
from jikimi.files.formats import PROBLEM, Format
from jikimi.files.raw import read_tables
from jikimi.files.selection import instants

if TYPE_CHECKING:
    import pandas as pd

_IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}"
_LABELS = Format(
    name="labels",
    columns={"transaction_id": "transaction_id", "known_at": "known_at", "source": "source"},
    fraud_column="is_fraud",
    optional=frozenset({"source"}),
)


@dataclass(frozen=True)
class LabelChunk:
    """Some rows of a file of labels.

    :param labels: transaction_id, is_fraud, known_at (UTC), source.
    :param refused: a sentence for each row that cannot be used.
    """

    labels: pd.DataFrame
    refused: list[str]


def read_labels(path: Path, source: str) -> Iterator[LabelChunk]:
    """Yield the labels of a file with the columns transaction_id, is_fraud, known_at and maybe source.

    :param source: who said so, where the file does not say it.
    :raises BadFile: the file cannot be read or a column is missing.
    """
    first = 1
    for table in read_tables(path, _LABELS):
        text = table.to_pandas().astype("str")
        labels = text.assign(
            is_fraud=text["is_fraud"].str.lower().map(FRAUD_WORDS),
            known_at=instants(text["known_at"]),
            source=text["source"].fillna(source) if "source" in text else source,
        )
        problem = _problems(labels)
        refused = [f"row {first + row}: {why}" for row, why in enumerate(problem) if isinstance(why, str)]
        good = labels.loc[problem.isna(), ["transaction_id", "is_fraud", "known_at", "source"]]
        yield LabelChunk(good.astype({"is_fraud": "bool"}), refused)
        first += len(text)


def _problems(labels: pd.DataFrame) -> pd.Series:
    """Return for each row why it cannot be used, null where it can."""
    problem = labels[PROBLEM].astype("object")
    is_id = labels["transaction_id"].str.fullmatch(_IDENTIFIER).fillna(False).astype("bool")
    problem = problem.mask(problem.isna() & ~is_id, "transaction_id is no id")
    problem = problem.mask(problem.isna() & labels["is_fraud"].isna(), "is_fraud is neither 0 nor 1")
    return problem.mask(problem.isna() & labels["known_at"].isna(), "known_at is no instant")
