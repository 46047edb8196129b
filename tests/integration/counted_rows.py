"""Whether the counts by merchant are those of the rows."""

from jikimi.store.connection import Connection

_DIFFERENCES = """
with found as (
    select merchant_id, begins_at, array_agg(rows order by hour)::integer[] as rows_until
    from (select distinct merchant_id, date_trunc('day', occurred_at, 'UTC') as begins_at from transactions) d
        cross join generate_series(1, 24) hour
        cross join lateral (
            select count(*) as rows from transactions t
            where t.merchant_id = d.merchant_id
                and t.occurred_at >= begins_at and t.occurred_at < begins_at + hour * interval '1 hour') r
    group by 1, 2
)
(table merchant_counts except table found) union all (table found except table merchant_counts)
"""


def assert_counts_agree(store: Connection) -> None:
    """Demand that every day of every merchant counts its rows until each hour, no more and no fewer."""
    assert store.execute(_DIFFERENCES).fetchall() == []
    assert store.execute("select from merchant_counts limit 1").fetchone() is not None
