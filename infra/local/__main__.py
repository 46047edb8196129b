"""`make up`, `make down` and `make reset`: the local runner's command line."""

import os
import shutil
import signal
import sys
import threading
from typing import Annotated

import typer
from rich.console import Console

from infra.local import demo
from infra.local.manager import Manager
from infra.local.settings import SettingError, Settings, as_running, read_settings
from infra.local.stack import Stack, StackError, in_background
from infra.local.summary import addresses
from infra.postgres.databases import drop_databases

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="Runs all of Jikimi on this machine.")
console = Console()
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@app.command()
def up(
    detach: Annotated[
        bool, typer.Option(envvar="DETACH", help="Come back when the first live batch was scored.")
    ] = False,
    with_demo: Annotated[
        bool, typer.Option("--demo/--no-demo", envvar="DEMO", help="Simulated history and live rows.")
    ] = True,
) -> None:
    """Start every service and, unless told otherwise, the demonstration."""
    for number in _STOPPING:
        signal.signal(number, _interrupt)
    settings = _settings()
    stack = Stack(settings, _say)
    if stack.manager.is_running():
        console.print(addresses(Stack(as_running(settings), _say)))
        console.print("Jikimi is running already. `make down` stops it.")
        return
    # From the first process on, a Ctrl-C at any moment stops them all.
    try:
        _bring_up(stack, with_demo)
        console.print(addresses(stack))
        if not detach:
            _stay(stack)
    except KeyboardInterrupt:
        console.print()
        _stop(stack.manager)
        sys.exit(130)


@app.command()
def down() -> None:
    """Stop every process of this checkout."""
    _stop(Manager(_settings()))


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", envvar="YES", help="Do not ask.")] = False,
) -> None:
    """Stop, then delete everything generated: databases, models, messages, secrets, logs."""
    settings = _settings()
    if not yes:
        own_server = " and the databases airflow, mlflow and jikimi on your server" if settings.postgres_url else ""
        question = f"Delete {settings.home}{own_server} with every transaction, model, message and password?"
        typer.confirm(question, abort=True)
    _stop(Manager(settings))
    if settings.postgres_url:
        drop_databases(settings.postgres_url)
    shutil.rmtree(settings.home)
    console.print(f"{settings.home} is gone.")


def _bring_up(stack: Stack, with_demo: bool) -> None:
    try:
        stack.start_services()
        loading = in_background(lambda: demo.load_history(stack)) if with_demo else None
        stack.wait_until_healthy()
        if loading:
            loading.result()
            demo.train_first_panel(stack, _say)
            demo.replay_live(stack, _say)
    except Exception as error:
        # Whatever it was: say it in words, leave nothing half running, and let scripts know.
        words = str(error).strip() if isinstance(error, StackError) else f"{type(error).__name__}: {error}"
        console.print(words, style="red", highlight=False, markup=False)
        if stack.manager.is_running():
            _stop(stack.manager)
        sys.exit(1)


def _stay(stack: Stack) -> None:
    """Stay until Ctrl-C and tell of the first message on the way."""
    console.print("Ctrl-C stops everything.")
    is_told = demo.first_message(stack) is not None
    while stack.manager.is_running():
        if not is_told and (accepted_at := demo.first_message(stack)):
            is_told = True
            _say(f"the first message was taken at {accepted_at:%H:%M:%S} UTC: see {stack.settings.url('sandbox')}")
        threading.Event().wait(2)
    console.print("[red]The process manager ended: `make up` starts it again.[/red]")
    _stop(stack.manager)


def _stop(manager: Manager) -> None:
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
    with console.status("stopping"):
        manager.stop()
    console.print("Jikimi is stopped; `make up` goes on with the same data.")


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingError as error:
        console.print(f"[red]{error}[/red]")
        sys.exit(2)


def _say(line: str) -> None:
    console.print(f"[green]✓[/green] {line}", highlight=False)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    os.umask(0o077)
    app()
