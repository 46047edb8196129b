"""Whether the counts by merchant are those of the rows."""

from jikimi.store.connection import Connection

_DIFFERENCES = """
with found as (
    select merchant_id, grain, date_trunc(grain, occurred_at, 'UTC') as begins_at, count(*) as rows
    from transactions cross join (values ('day'), ('hour')) grains (grain) group by 1, 2, 3
)
(table merchant_counts except table found) union all (table found except table merchant_counts)
"""


def assert_counts_agree(store: Connection) -> None:
    """Demand that every day and hour of every merchant counts its rows, no more and no fewer."""
    assert store.execute(_DIFFERENCES).fetchall() == []
    assert store.execute("select from merchant_counts limit 1").fetchone() is not None
