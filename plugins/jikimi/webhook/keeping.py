"""Writes reports down before the dealer is told that they arrived."""

import logging
from collections.abc import Sequence

from fastapi import HTTPException

from jikimi.channels.base import Report
from jikimi.delivery.reports import take_reports
from jikimi.exceptions import JikimiError
from jikimi.store.connection import open_store

_log = logging.getLogger(__name__)


def keep(reports: Sequence[Report]) -> None:
    """Keep and apply reports.

    :raises HTTPException: 503 the database is away; the dealer tells them again, as after any other error.
    """
    try:
        with open_store() as store:
            take_reports(store, reports)
    except JikimiError as error:
        _log.warning("reports could not be kept: %s", type(error).__name__)
        raise HTTPException(503, "the reports could not be kept: send them again") from error
