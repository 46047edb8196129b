"""What a person reads when something fails: one line with what to do, and an exit code for scripts."""

from typing import Any

import psycopg
import typer
from typer.core import TyperGroup

from jikimi.exceptions import JikimiError, NotConfigured, ServiceUnavailable, StoreUnavailable

FAILED, USAGE, NOT_UP = 1, 2, 3


class Commands(TyperGroup):
    """The commands, with every expected error translated in one place; an unexpected one is a bug and shows itself."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            fail("stopped. The same command goes on where it was.", 130)
        except (JikimiError, psycopg.Error, OSError) as error:
            fail(*_translated(error))


def fail(message: str, code: int = FAILED) -> None:
    """Say what is wrong on stderr and end with `code`."""
    typer.echo(f"jikimi: {' '.join(message.split())}", err=True)
    raise typer.Exit(code)


def _translated(error: Exception) -> tuple[str, int]:
    if isinstance(error, (StoreUnavailable, psycopg.OperationalError, psycopg.InterfaceError)):
        return f"the database does not answer ({_first_line(error)}): start it with `make up`.", NOT_UP
    if isinstance(error, (ServiceUnavailable, NotConfigured)):
        return str(error), NOT_UP
    if isinstance(error, psycopg.errors.UndefinedTable):
        return f"the database has no tables of Jikimi ({_first_line(error)}): `make up` migrates it.", FAILED
    if isinstance(error, psycopg.Error):
        return f"the database refused: {_first_line(error)}.", FAILED
    if isinstance(error, OSError):
        return f"{error.filename or 'the system'}: {(error.strerror or str(error)).lower()}.", FAILED
    return str(error), FAILED


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
