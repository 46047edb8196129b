"""What monitors measured goes when it is old, and so does what backfills say of themselves."""

from infra.postgres.migrations.sql import run_sql_beside

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
