"""What every decision of a person needs: a reason, a name, and a second thought."""

import getpass
from typing import Annotated

import typer

Reason = Annotated[str, typer.Option(help="Why; it is kept with the decision.")]
By = Annotated[str | None, typer.Option(metavar="NAME", help="Who decides. Default: the user of this shell.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask again.")]


def ask(question: str, is_sure: bool) -> None:
    """Ask on the terminal unless the person said yes beforehand; no ends the command with code 1."""
    if not is_sure:
        typer.confirm(question, abort=True, err=True)


def demanded(reason: str) -> str:
    """Return the reason without spaces around it; an empty one is wrong usage."""
    if not reason.strip():
        raise typer.BadParameter("--reason is empty: say why, for those who read it later.")
    return reason.strip()


def who(by: str | None) -> str:
    """Return who decides: the name that was given, else the user of this shell."""
    if by and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise typer.BadParameter("this user has no name: say who decides with --by.") from error
