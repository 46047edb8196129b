"""`jikimi panel`: which panels there are, what they reached, who decided what, and how one takes another's place."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from jikimi.cli.decisions import By, Reason, Yes, ask, demanded, who
from jikimi.cli.options import AsJson, Most
from jikimi.cli.tables import print_json, print_rows, printable
from jikimi.exceptions import JikimiError
from jikimi.registry import follow_panels, tell_decision
from jikimi.store import panels as store
from jikimi.store.connection import open_store

_COLUMNS = ("panel_id", "state", "policy", "members", "created_at", "average precision", "decided_by", "decision")
_HEAD = (
    "state",
    "policy",
    "messages_per_10k",
    "mlflow_run_id",
    "trained_from",
    "trained_until",
    "judged_from",
    "judged_until",
    "promoted_at",
    "retired_at",
)
app = typer.Typer(help="Panels: compare, promote, roll back.", no_args_is_help=True)
PanelId = Annotated[int, typer.Argument(metavar="PANEL_ID", help="As `panel list` shows it.")]


@app.callback()
def panel() -> None:
    """Panels: compare, promote, roll back."""


@app.command("list")
def show_all(limit: Most = 20, as_json: AsJson = False) -> None:
    """List panels, newest first."""
    with open_store() as connection:
        rows = store.list_panels(connection, limit)
    if as_json:
        print_json(rows)
    elif rows:
        print_rows(
            [row | {"average precision": _text(row["figures"].get("average_precision"))} for row in rows], _COLUMNS
        )
    else:
        typer.echo("There are no panels yet: run the DAG train_panel.")


@app.command("show")
def show_one(panel_id: PanelId, as_json: AsJson = False) -> None:
    """Show one panel: members, thresholds, versions, figures beside the champion's of that day, decisions."""
    with open_store() as connection:
        row = store.show_panel(connection, panel_id)
    if as_json:
        print_json(row)
        return
    typer.echo(f"panel {panel_id}")
    for name in _HEAD:
        typer.echo(f"{name}: {printable(row[name])}")
    typer.echo("")
    print_rows(_members(row), ("member", "model", "version", "threshold", "average precision", "sha256"))
    typer.echo("")
    print_rows(_figures(row), ("figure", "this panel", "champion of that day"))
    typer.echo("")
    print_rows(row["decisions"], ("decided_at", "decision", "decided_by", "replaced_panel_id", "sentence"))


@app.command("promote")
def promote(
    panel_id: PanelId,
    reason: Reason,
    is_forced: Annotated[
        bool, typer.Option("--force", help="Also a panel that the gate refused, if all its members can vote.")
    ] = False,
    by: By = None,
    is_sure: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make a challenger the champion, from the next batch on."""
    reason, decider = demanded(reason), who(by)
    with open_store() as connection:
        row = store.show_panel(connection, panel_id)
        _demand_promotable(row, is_forced)
        present = store.champion(connection)
        champion_id = present.panel_id if present else None
        place = f"takes the place of panel {champion_id}" if present else "becomes the first champion"
        ask(f"Panel {panel_id} {place} ({row['decision'] or 'nobody judged it'}). Promote it?", is_sure)
        sentence = f"{'Forced' if row['state'] != 'challenger' else 'Approved'}: {reason}"
        store.promote(connection, panel_id, sentence, decider, expected_champion=champion_id, is_forced=is_forced)
        problems = [follow_panels(connection), tell_decision(row["mlflow_run_id"], True, f"{sentence} ({decider})")]
    _report({"champion": panel_id, "replaced": champion_id}, problems, as_json)


@app.command("rollback")
def rollback(
    reason: Reason,
    to: Annotated[int | None, typer.Option(metavar="PANEL_ID", help="Which one. Default: the champion before.")] = None,
    by: By = None,
    is_sure: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Bring a former champion back, from the next batch on; the present one retires."""
    reason, decider = demanded(reason), who(by)
    with open_store() as connection:
        target, current = store.rollback_target(connection, to)
        ask(f"Panel {target} votes again instead of panel {current}. Roll back?", is_sure)
        target, current = store.rollback(connection, reason, decider, to=target, expected_champion=current)
        row = store.show_panel(connection, target)
        told = tell_decision(row["mlflow_run_id"], True, f"Rolled back to: {reason} ({decider})")
        problems = [follow_panels(connection), told]
    _report({"champion": target, "replaced": current}, problems, as_json)


def _demand_promotable(row: Mapping[str, Any], is_forced: bool) -> None:
    """Refuse what no person may promote, and without `--force` what the gate refused.

    :raises JikimiError: the sentence says why.
    """
    from ml.evaluation import Figures
    from ml.promotion import flaws_of_member

    panel_id, state = row["panel_id"], row["state"]
    if state == "champion":
        raise JikimiError(f"panel {panel_id} is the champion.")
    if state == "retired":
        raise JikimiError(
            f"panel {panel_id} was champion before: `jikimi panel rollback --to {panel_id}` brings it back."
        )
    figures = Figures({}, row["member_figures"])
    if flaws := [flaw for member in row["members"] if (flaw := flaws_of_member(figures, member["name"]))]:
        raise JikimiError(f"panel {panel_id} cannot vote ({'; '.join(flaws)}): nobody can promote it.")
    if state != "challenger" and not is_forced:
        why = row["decision"] or "nobody has judged it"
        raise JikimiError(f"panel {panel_id} did not pass the gate ({why.rstrip('.')}): --force promotes it anyway.")


def _report(change: dict[str, Any], problems: list[str], as_json: bool) -> None:
    notes = [problem for problem in problems if problem]
    if as_json:
        print_json(change | {"notes": notes})
        return
    replaced = f"; panel {change['replaced']} is retired" if change["replaced"] else ""
    typer.echo(f"Panel {change['champion']} votes from the next batch on{replaced}.")
    for note in notes:
        typer.echo(f"Note: {note}", err=True)


def _members(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for member in row["members"]:
        yield {
            "member": member["name"],
            "model": member["model_name"],
            "version": member["model_version"],
            "threshold": f"{member['threshold']:.6f}",
            "average precision": _text(row["member_figures"].get(member["name"], {}).get("average_precision")),
            "sha256": member["sha256"] and member["sha256"][:12],
        }


def _figures(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    others = row["champion_figures"] or {}
    for name, value in row["figures"].items():
        yield {"figure": name, "this panel": _text(value), "champion of that day": _text(others.get(name))}


def _text(value: float | None) -> str:
    return "n/a" if value is None else f"{value:,.3f}"
