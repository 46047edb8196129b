"""Which rows say again what was said before under the same id, and which say something else."""

import numpy as np
import pandas as pd

from ml.messages import mask_card
from ml.parsing import thousandths
from ml.schema import COLUMNS, columns_of

_COORDINATES = tuple(name for name in columns_of("number") if name != "amount")
_TEXTS = (
    *(c.name for c in COLUMNS if c.kind == "text" and c.name not in ("transaction_id", "card_number")),
    "card_masked",
)


def compare_content(rows: pd.DataFrame, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compare each row with the first one that has its id.

    What is compared is what the database keeps: amounts in thousandths, instants in microseconds, cards masked.

    :param rows: typed rows with a unique index, in the order in which they landed.
    :param known: stored transactions that came before them: the schema's columns, with `card_masked` in place of
        `card_number`; amounts may be decimals.
    :return: index of `rows`; `first_with_id` is a number for the first row with this id, `content_of` the same number
        where the content is the same and another one where it is not, `is_repeat` whether an earlier row has both.
    """
    own = np.arange(len(rows))
    comparison = pd.DataFrame({"first_with_id": own, "content_of": own, "is_repeat": False}, index=rows.index)
    known = rows.iloc[:0] if known is None else known
    ids, _ = pd.factorize(np.concatenate([_objects(known["transaction_id"]), _objects(rows["transaction_id"])]))
    is_shared = np.bincount(ids)[ids] > 1
    if is_shared.any():
        earlier, later = is_shared[: len(known)], is_shared[len(known) :]
        content = pd.concat([_content(known[earlier]), _content(rows[later])], ignore_index=True)
        for name, values in _compare_with_first(ids[is_shared], content).items():
            comparison.loc[later, name] = values[earlier.sum() :]
    return comparison


def _compare_with_first(ids: np.ndarray, content: pd.DataFrame) -> dict[str, np.ndarray]:
    own = np.arange(len(content))
    first = pd.Series(own).groupby(ids, sort=False).transform("first").to_numpy()
    is_same = np.ones(len(content), dtype=bool)
    for name in content.columns:
        values = content[name].to_numpy()
        is_same &= values == values[first]
    return {"first_with_id": first, "content_of": np.where(is_same, first, own), "is_repeat": is_same & (first < own)}


def _content(rows: pd.DataFrame) -> pd.DataFrame:
    if "card_masked" not in rows:
        cards = rows["card_number"]
        masked = cards.map({card: mask_card(card) for card in cards.dropna().unique()})
        # Without a single card the column would be of numbers.
        rows = rows.assign(card_masked=masked.astype("object"))
    instants = pd.to_datetime(rows["occurred_at"], utc=True).astype("datetime64[us, UTC]")
    content = {"occurred_at": instants.astype("int64"), "amount": thousandths(rows["amount"])}
    # A null equals a null here: no text is empty, and no coordinate is infinite.
    content |= {name: rows[name].astype("float64").fillna(np.inf) for name in _COORDINATES}
    content |= {name: pd.Series(_objects(rows[name].fillna("")), index=rows.index) for name in _TEXTS}
    return pd.DataFrame(content)


def _objects(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype="object")
