"""One sender: the drain that Airflow's task runs, again and again, as its timer would.

The channels are imported before the fork, so that a sender that was killed is back at once.
"""

import logging
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from jikimi.delivery.drain import Options
from jikimi.delivery.opening import open_drain
from jikimi.store.connection import open_store

PATIENCE = timedelta(seconds=2)
COOL_DOWN = timedelta(seconds=1)
_PAUSE = 0.05


def send_for_ever(log: Path) -> None:
    """Drain until somebody kills this process; what Airflow would try again is tried again."""
    stream = log.open("a", buffering=1)
    os.dup2(stream.fileno(), sys.stdout.fileno())
    os.dup2(stream.fileno(), sys.stderr.fileno())
    logging.basicConfig(stream=stream, level=logging.WARNING, force=True)
    while True:
        try:
            with open_store() as store:
                open_drain(store, Options(limit=50, patience=PATIENCE, cool_down=COOL_DOWN)).run()
        except Exception:
            logging.exception("the drain broke off")
        time.sleep(_PAUSE)
