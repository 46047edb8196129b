"""Training on more rows than fit into memory: features on disk, computed and learned from piece by piece."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import xgboost
from sklearn.pipeline import Pipeline
from xgboost import DataIter, XGBClassifier

from ml.features import FEATURE_NAMES, LABEL_DELAY, compute_features
from ml.models import Estimator

Flags = npt.NDArray[np.bool_]
PIECE_ROWS: Final = 100_000
_NUMBERS: Final = [name for name in FEATURE_NAMES if name != "category"]


class Piece(NamedTuple):
    """Some transactions that follow each other in time, with all that their features depend on.

    :param transactions: as in `ml.features.compute_features`: the piece's own rows and those in their windows.
    :param labels: of the transactions that were ever called fraud.
    :param targets: ids of the piece's own rows, in the order in which they are wanted.
    """

    transactions: pd.DataFrame
    labels: pd.DataFrame
    targets: "pd.Series[str]"


def features_on_disk(pieces: Iterable[Piece], rows: int, file: Path, delay: pd.Timedelta = LABEL_DELAY) -> pd.DataFrame:
    """Compute the features of all pieces into a file, and return them as a frame whose numbers stay in that file.

    Its pages are read when they are looked at and let go when memory is short: what it takes is an id and a category
    a row. The values are those that the whole history at once would give, bit for bit.

    :param rows: of all pieces together.
    :param file: written anew; it must outlive the frame, on a disk and not in a file system of memory.
    :return: as `ml.features.compute_features` returns it, in the order of the pieces.
    :raises ValueError: the pieces have another number of rows.
    """
    if not rows:
        nothing = pd.DataFrame(np.empty((0, len(_NUMBERS))), pd.Index([], dtype="str"), _NUMBERS)
        return nothing.assign(category=pd.Series(dtype="str"))
    # One column after the other, as pandas has them: the frame takes the file as it is, without a copy.
    values = np.memmap(file, np.float64, "w+", shape=(len(_NUMBERS), rows))
    ids, categories, done = [], [], 0
    for piece in pieces:
        features = compute_features(piece.transactions, piece.labels, piece.targets.tolist(), delay)
        if done + len(features) > rows:
            raise ValueError(f"there are more than the {rows} rows that were announced")
        values[:, done : done + len(features)] = features[_NUMBERS].to_numpy().T
        ids.append(features.index)
        categories.append(features["category"].reset_index(drop=True))
        done += len(features)
    if done != rows:
        raise ValueError(f"there are {done} rows, and {rows} were announced")
    values.flush()
    index = ids[0].append(ids[1:])
    frame = pd.DataFrame(np.asarray(values).T, index, _NUMBERS, copy=False)
    frame["category"] = pd.concat(categories).set_axis(index)
    return frame


def fit_in_pieces(member: Estimator, x: pd.DataFrame, y: Flags, folder: Path | None = None) -> Estimator:
    """Fit a member without ever holding all rows at once.

    Boosted trees read pieces, of which XGBoost keeps the bins in files. The other members learn from a part of the
    rows in any case (`ml.inputs.Thinned`), so they are fitted as always and come out the same.
    Source: XGBoost's external memory, `ExtMemQuantileDMatrix`.

    :param folder: for the files, on a disk; they are gone afterwards. Without it the system's folder for such files.
    """
    if not (isinstance(member, Pipeline) and isinstance(member[-1], XGBClassifier)):
        return member.fit(x, y)
    before, trees = member[:-1], member[-1]
    before.fit(x, y)
    with TemporaryDirectory(dir=folder) as files:
        bins = xgboost.ExtMemQuantileDMatrix(_Pieces(x, y, before, files), max_bin=trees.max_bin)
        settings = {"objective": "binary:logistic", **trees.get_xgb_params()}
        booster = xgboost.train(settings, bins, trees.n_estimators)
        # The bins hold their files open.
        del bins
    trees.load_model(booster.save_raw())
    return member  # type: ignore[no-any-return]


class _Pieces(DataIter):
    """Gives XGBoost one piece of the rows after the other, as the tree's step of the pipeline sees them."""

    def __init__(self, x: pd.DataFrame, y: Flags, before: Any, folder: str) -> None:
        self._x, self._y, self._before = x, y, before
        self._slices = self._from_the_start()
        super().__init__(cache_prefix=f"{folder}/bins")

    def next(self, input_data: Any) -> bool:
        """Hand over the next piece; False where there is none."""
        if (piece := next(self._slices, None)) is None:
            return False
        input_data(data=self._before.transform(self._x.iloc[piece]), label=self._y[piece])
        return True

    def reset(self) -> None:
        """Begin again."""
        self._slices = self._from_the_start()

    def _from_the_start(self) -> Iterator[slice]:
        return iter(slices(len(self._y), PIECE_ROWS))


def slices(rows: int, most: int) -> list[slice]:
    """Return the pieces of so many rows, each but the last of the same length."""
    return [slice(first, min(first + most, rows)) for first in range(0, rows, most)]
