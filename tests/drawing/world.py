"""A database with six hours of a small bank, so that every dashboard has something believable to show.

Three purchases a second. Three hours ago the dealer of Alimtalk was away for twenty minutes; 100 minutes ago nothing
was scored for eight; a producer once wrote currencies that nobody knows. The amounts have drifted away from what the
champion was trained on, so a training was started, and its panel is the challenger now. Votes are drawn by chance
around the truth: no model was trained for a picture.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
import psycopg

from infra.local.postgres import EmbeddedPostgres
from infra.postgres.databases import ROLES, database_url, prepare_server
from tests.conftest import free_port, running
from tests.drawing.messages import write_messages
from tests.drawing.monitors import write_measures
from tests.drawing.panels import write_panels
from tests.drawing.purchases import write_newest, write_purchases

_SEED = 7


@contextmanager
def seeded_world(folder: Path, now: datetime) -> Iterator[str]:
    """Run a server whose last six hours end at `now`; gives its address as the role `grafana`.

    :param folder: empty, and other system users may enter it.
    """
    server = EmbeddedPostgres(folder / "pg" / "data", free_port(), secrets.token_hex(8))
    server.prepare()
    with running(server):
        passwords = {role: secrets.token_hex(8) for role in ROLES}
        prepare_server(server.url, passwords)
        _write(database_url(server.url, "jikimi", "jikimi", passwords["jikimi"]), now)
        _finish(database_url(server.url, "jikimi"))
        yield database_url(server.url, "jikimi", "grafana", passwords["grafana"])


def _write(url: str, now: datetime) -> None:
    rng = np.random.default_rng(_SEED)
    with psycopg.connect(url) as connection:
        write_panels(connection, now)
        purchases = write_purchases(connection, now, rng)
        write_messages(connection, now, rng, purchases)
        write_measures(connection, now, rng)


def _finish(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("analyze")
        write_newest(owner)
