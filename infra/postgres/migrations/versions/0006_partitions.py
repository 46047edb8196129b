"""What grows for ever is kept by month, and old months can go."""

from infra.postgres.migrations.sql import run_sql_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the SQL files of the same name: functions first, because moving the rows needs months."""
    run_sql_beside(__file__, "months", "tables", "retention", "reporting")
