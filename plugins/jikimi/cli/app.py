"""All commands in one place."""

import typer

from jikimi.cli import (
    alerts,
    backfill,
    backtest,
    channels,
    customers,
    data_docs,
    features,
    history,
    kakao,
    labels,
    panel,
    quarantine,
    replay,
    simulate,
    status,
)
from jikimi.cli.environment import read_environment
from jikimi.cli.failures import Commands

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Jikimi watches card transactions, lets a panel of models vote, and tells the customer on KakaoTalk.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a service is not up. "
    "The stack's addresses come from the environment or from the file env that `make up` writes.",
)


@app.callback()
def prepare() -> None:
    """Find the stack's settings."""
    read_environment()


app.command("status")(status.show)
app.command("load")(history.load)
app.command("replay")(replay.replay)
app.command("simulate")(simulate.simulate)
app.command("backtest")(backtest.run)
app.command("features")(features.write)
app.command("data-docs")(data_docs.write)
_GROUPS = {
    "backfill": backfill,
    "labels": labels,
    "customers": customers,
    "alerts": alerts,
    "channels": channels,
    "kakao": kakao,
    "quarantine": quarantine,
    "panel": panel,
}
for name, group in _GROUPS.items():
    app.add_typer(group.app, name=name)
