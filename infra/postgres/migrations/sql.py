"""Migrations are SQL files; Alembic keeps their order and remembers which ones ran."""

from pathlib import Path

from alembic import op


def run_sql_beside(migration: str, *parts: str) -> None:
    """Run the `.sql` file that stands beside the migration `migration` (a `__file__`).

    :param parts: where one file would be too long: `stem_<part>.sql` of each, in this order, in place of `stem.sql`.
    """
    connection = op.get_bind()
    beside = Path(migration)
    for stem in [f"{beside.stem}_{part}" for part in parts] or [beside.stem]:
        connection.exec_driver_sql(beside.with_name(f"{stem}.sql").read_text(encoding="utf-8"))
