"""Merchants' rows by their counts: a batch reads how many came between the instants it asks about, not each of them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ml.features.frauds import View, oldest_and_newest
from ml.features.names import LABEL_DELAY, LONGEST_DAYS, WINDOW_DAYS
from ml.features.rows import MICROSECONDS_PER_DAY, Rows, instants_of, positions
from ml.features.timeline import Integers, Timeline


def instants_to_count(
    transactions: pd.DataFrame, labels: pd.DataFrame, targets: Sequence[str], delay: pd.Timedelta = LABEL_DELAY
) -> pd.DataFrame:
    """Return the instants up to which the features ask how many rows a merchant had.

    These are the edges of the windows, and of all frauds only those that are the oldest or the newest that some target
    sees: a merchant may have thousands.

    :param transactions: the targets, and every row that was called fraud in their merchants' windows.
    :param labels: as in `ml.features.compute_features`; so are `targets` and `delay`.
    :return: `merchant_id` and `occurred_at`, each pair once, in order of both within a merchant.
    """
    rows = Rows(transactions, targets, "UTC")
    view = View(rows, labels, delay // pd.Timedelta(microseconds=1))
    ends = view.instants - view.delay
    edges = [ends] + [ends - days * MICROSECONDS_PER_DAY for days in WINDOW_DAYS]
    oldest, newest = (
        np.unique(span[span >= 0]) for span in oldest_and_newest(*view.spans(LONGEST_DAYS), len(view.merchants))
    )
    frauds = view.frauds
    merchants = [view.merchants] * len(edges) + [frauds.merchants[oldest], frauds.merchants[newest]]
    return _each_once(rows, merchants, [*edges, frauds.occurred[oldest] - 1, frauds.occurred[newest]])


def counted_timeline(rows: Rows, counted: pd.DataFrame) -> Timeline:
    """Return the merchants' rows as counts: `counted` as in `ml.features.compute_features`."""
    merchants = positions(pd.Index(counted["merchant_id"]), rows.merchant_ids)
    is_here = merchants >= 0
    instants, weights = instants_of(counted["occurred_at"]), counted["rows"].to_numpy(np.int64)
    return Timeline(merchants[is_here], instants[is_here], weights[is_here])


def _each_once(rows: Rows, merchants: list[Integers], instants: list[Integers]) -> pd.DataFrame:
    merchant, instant = np.concatenate(merchants), np.concatenate(instants)
    order = np.lexsort((instant, merchant))
    merchant, instant = merchant[order], instant[order]
    is_new = np.append(True, (merchant[1:] != merchant[:-1]) | (instant[1:] != instant[:-1]))[: len(order)]
    at = pd.DatetimeIndex(instant[is_new].view("datetime64[us]"), tz="UTC")
    return pd.DataFrame({"merchant_id": rows.merchant_ids[merchant[is_new]], "occurred_at": at})
