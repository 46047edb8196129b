"""One hash for labelled rows, so that two trainings can tell whether they had the same."""

from hashlib import sha256
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

ROWS_AT_ONCE: Final = 100_000


def rows_sha256(features: pd.DataFrame, is_fraud: npt.NDArray[np.bool_]) -> str:
    """Return one digest of rows: of their ids, features and labels, in their order.

    :param features: indexed by `transaction_id`, one row per label.
    :return: 64 hexadecimal digits.
    """
    whole = sha256(" ".join(map(str, features.columns)).encode())
    # Each row has a hash of its own, so it may come piece by piece; all at once would take as much as the features.
    for begin in range(0, len(features), ROWS_AT_ONCE):
        rows = features.iloc[begin : begin + ROWS_AT_ONCE]
        whole.update(pd.util.hash_pandas_object(rows, index=True).to_numpy().astype("<u8").tobytes())
    whole.update(is_fraud.astype(np.uint8).tobytes())
    return whole.hexdigest()
