"""What a merchant's windows hold is counted once, when rows are written, and not by reading them for every batch."""

from infra.postgres.migrations.sql import run_sql_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
