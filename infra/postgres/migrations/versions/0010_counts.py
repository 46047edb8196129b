"""What dashboards count over weeks is summed up beforehand, and stays exact."""

from infra.postgres.migrations.sql import run_sql_beside

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run the two SQL files of the same name."""
    run_sql_beside(__file__, "tables", "views")
