"""Migrations are SQL files; Alembic keeps their order and remembers which ones ran."""

from pathlib import Path

from alembic import op


def run_sql_beside(migration: str) -> None:
    """Run the `.sql` file that stands beside the migration `migration` (a `__file__`)."""
    connection = op.get_bind()
    connection.exec_driver_sql(Path(migration).with_suffix(".sql").read_text(encoding="utf-8"))
