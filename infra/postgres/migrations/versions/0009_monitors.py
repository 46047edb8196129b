"""What the monitors see: the vote, drift, performance, data, and alarms."""

from infra.postgres.migrations.sql import run_sql_beside

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run the two SQL files of the same name."""
    run_sql_beside(__file__, "tables", "views")
