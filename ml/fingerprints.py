"""One hash for labelled rows, so that two trainings can tell whether they had the same."""

from hashlib import sha256

import numpy as np
import numpy.typing as npt
import pandas as pd


def rows_sha256(features: pd.DataFrame, is_fraud: npt.NDArray[np.bool_]) -> str:
    """Return one digest of rows: of their ids, features and labels, in their order.

    :param features: indexed by `transaction_id`, one row per label.
    :return: 64 hexadecimal digits.
    """
    rows = pd.util.hash_pandas_object(features, index=True, categorize=True).to_numpy()
    whole = sha256(" ".join(map(str, features.columns)).encode())
    whole.update(rows.astype("<u8").tobytes())
    whole.update(is_fraud.astype(np.uint8).tobytes())
    return whole.hexdigest()
