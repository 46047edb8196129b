"""`jikimi backfill`: what a panel says of the past, as of its own time; nobody is told."""

from datetime import datetime
from typing import Annotated, Any

import typer

from jikimi.backfilling import DAG_ID, Backfill, Outcome, begin, follow
from jikimi.cli.options import AsJson, Most, instant
from jikimi.cli.progress import progress
from jikimi.cli.tables import print_json, print_rows, printable
from jikimi.exceptions import JikimiError
from jikimi.hooks.airflow_api import AirflowApi, read_instant
from jikimi.store.connection import open_store

_COLUMNS = ("backfill_id", "state", "panel_id", "from", "to", "created_at", "completed_at")
_Since = Annotated[
    datetime | None, typer.Option("--from", parser=instant, metavar="DATE", help="First instant wanted (UTC).")
]
_Until = Annotated[
    datetime | None, typer.Option("--to", parser=instant, metavar="DATE", help="First instant no longer wanted (UTC).")
]
app = typer.Typer(help="Score the past with a panel; nobody is told.", invoke_without_command=True)


@app.callback()
def start(
    context: typer.Context,
    since: _Since = None,
    until: _Until = None,
    panel: Annotated[int | None, typer.Option(metavar="PANEL_ID", help="Which panel. Default: the champion.")] = None,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="Months that are scored at the same time.")] = 2,
    is_waiting: Annotated[bool, typer.Option("--wait", help="Stay until the last row is written.")] = False,
    as_json: AsJson = False,
) -> None:
    """Score what occurred from `--from` until before `--to` with a panel, each row as of its own time.

    The same command again scores the same rows again, in place of what was said before.
    """
    if context.invoked_subcommand is not None:
        return
    if since is None or until is None:
        raise typer.BadParameter("say --from and --to, such as --from 2018-05-01 --to 2018-06-01.")
    if since >= until:
        raise typer.BadParameter(
            f"--from {printable(since)} is not before --to {printable(until)}: nothing lies between."
        )
    api = AirflowApi()
    with open_store() as store:
        backfill = begin(api, store, since, until, panel, at_once)
        if not is_waiting:
            _tell_begun(backfill, api.url, as_json)
            return
        with progress(f"panel {backfill.panel_id} scores the past") as report:
            outcome = follow(api, store, backfill, report)
    _tell_end(backfill, outcome, as_json)


@app.command("list")
def show_all(limit: Most = 20, as_json: AsJson = False) -> None:
    """List backfills, newest first."""
    rows = [_row(each) for each in AirflowApi().backfills(DAG_ID, limit)]
    if as_json:
        print_json(rows)
    elif rows:
        print_rows(rows, _COLUMNS)
    else:
        typer.echo("There was no backfill yet: `jikimi backfill --from DATE --to DATE` starts one.")


@app.command("cancel")
def cancel(
    backfill_id: Annotated[int, typer.Argument(metavar="BACKFILL_ID", help="As `backfill list` shows it.")],
) -> None:
    """Start no further month of a backfill; those that run go on to their end, and what was written stays."""
    AirflowApi().cancel_backfill(backfill_id)
    typer.echo(f"Backfill {backfill_id} is cancelled; months that run are finished.")


def _tell_begun(backfill: Backfill, url: str, as_json: bool) -> None:
    if as_json:
        print_json({"backfill_id": backfill.backfill_id, "panel_id": backfill.panel_id, "rows": backfill.rows})
        return
    typer.echo(
        f"Backfill {backfill.backfill_id}: panel {backfill.panel_id} scores {backfill.rows:,} rows. "
        f"`jikimi backfill list` says whether it is over, {url}/dags/{DAG_ID} how far it is."
    )


def _tell_end(backfill: Backfill, outcome: Outcome, as_json: bool) -> None:
    rate = round(outcome.rows / outcome.seconds) if outcome.seconds else 0
    if as_json:
        about = {"backfill_id": backfill.backfill_id, "panel_id": backfill.panel_id}
        print_json(about | vars(outcome) | {"rows_per_second": rate})
    else:
        typer.echo(
            f"Backfill {backfill.backfill_id}: panel {backfill.panel_id} scored {_share(outcome.rows, backfill.rows)} "
            f"in {outcome.seconds:.1f} s, {rate:,} rows/s."
        )
    if outcome.failed:
        raise JikimiError(
            f"{len(outcome.failed)} months were not scored ({', '.join(outcome.failed)}): the log of the task "
            "score_history says why; the same command tries again."
        )


def _share(scored: int, wanted: int) -> str:
    # Rows of the stretch may land while it is scored: they are scored as well.
    if scored > wanted:
        return f"{scored:,} rows, {scored - wanted:,} of which came meanwhile,"
    return f"{scored:,} of {wanted:,} rows"


def _row(backfill: dict[str, Any]) -> dict[str, Any]:
    conf = backfill.get("dag_run_conf") or {}
    state = "over" if backfill["completed_at"] else "paused" if backfill["is_paused"] else "running"
    return {
        "backfill_id": backfill["id"],
        "state": state,
        "panel_id": conf.get("panel_id"),
        "from": read_instant(conf.get("since") or backfill["from_date"]),
        "to": read_instant(conf.get("until") or backfill["to_date"]),
        "created_at": read_instant(backfill["created_at"]),
        "completed_at": read_instant(backfill["completed_at"]),
    }
