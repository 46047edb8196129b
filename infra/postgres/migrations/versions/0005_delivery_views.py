"""What dashboards see of delivery: tries, reports, quotas, decisions, what waits for a person."""

from infra.postgres.migrations.sql import run_sql_beside

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
