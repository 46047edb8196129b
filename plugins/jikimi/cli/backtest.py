"""`jikimi backtest`: how good the panel would have been on later days of a file."""

import json
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jikimi import defaults
from jikimi.cli.backtest_tables import print_backtest
from jikimi.cli.failures import USAGE, fail
from jikimi.cli.options import File, Format, instant
from jikimi.cli.progress import progress
from jikimi.files.formats import FORMATS

if TYPE_CHECKING:
    from ml.backtest import Backtest, Protocol

_PACKAGES = ("numpy", "pandas", "scikit-learn", "xgboost")
_ONLY_JSON = Path("-")


def days_or_all(text: str) -> float:
    """Read a number of days; infinity for `all`."""
    try:
        days = math.inf if text == "all" else float(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is neither a number of days nor all.") from error
    if not days > 0:
        raise typer.BadParameter(f"{text} days are no training window: write a number above 0, or all.")
    return days


FirstTest = Annotated[
    datetime, typer.Option(parser=instant, metavar="DATE", help="First test day of the first fold; UTC.")
]
TrainDays = Annotated[
    float,
    typer.Option(
        parser=days_or_all,
        metavar="N|all",
        show_default=False,
        help="Days to train on, or all since the file begins. Default: all.",
    ),
]
DelayDays = Annotated[
    float, typer.Option(min=0.001, max=3_650, help="Days until a label is known: training ends so long before.")
]
TestDays = Annotated[
    int, typer.Option(min=1, max=3_650, help="Days that a fold tests; the next one begins where it ends.")
]
Folds = Annotated[int, typer.Option(min=1, max=1_000, help="How often to train and test.")]
KeepKnownCards = Annotated[
    bool, typer.Option("--keep-known-cards", help="Rank the cards, too, whose fraud was known before the test day.")
]
Members = Annotated[
    str | None, typer.Option(metavar="A,B", help="Members of the panel, by name. Default: all of them.")
]
Budget = Annotated[
    float | None,
    typer.Option(
        "--messages-per-10k",
        min=0,
        help="Budget: messages per 10,000 active customers and day. Default: JIKIMI_MESSAGES_PER_10K, else 50.",
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed and file give the same figures.")]
Reference = Annotated[
    bool, typer.Option("--reference", help="Measure the handbook's own models, too, on its 15 features.")
]
Out = Annotated[
    Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON; - prints nothing else.")
]


def run(
    file: File,
    form: Format,
    first_test: FirstTest,
    train_days: TrainDays = math.inf,
    delay_days: DelayDays = 7,
    test_days: TestDays = 7,
    folds: Folds = 4,
    keep_known_cards: KeepKnownCards = False,
    members: Members = None,
    messages_per_10k: Budget = None,
    seed: Seed = 7,
    reference: Reference = False,
    out: Out = None,
) -> None:
    """Train on the past of a file and test on the days after, again and again: the handbook's prequential protocol.

    Needs no database and no running service. Every figure is at the file's own share of fraud.
    """
    if out is not None and out != _ONLY_JSON and not out.parent.is_dir():
        fail(f"{out.parent} is no folder: make it first, or name another file for the figures.", USAGE)
    protocol = _protocol(
        first_test=first_test,
        train_days=train_days if math.isfinite(train_days) else None,
        delay_days=delay_days,
        test_days=test_days,
        folds=folds,
        keep_known_cards=keep_known_cards,
        messages_per_10k=defaults.messages_per_10k() if messages_per_10k is None else messages_per_10k,
        seed=seed,
        **({"members": tuple(name.strip() for name in members.split(","))} if members else {}),
    )
    measured = _measure(file, form, protocol, reference)
    if out != _ONLY_JSON:
        print_backtest(measured)
    if out is not None:
        _write(_as_json(measured, file, form), out)


def _protocol(*, first_test: datetime, **chosen: Any) -> "Protocol":
    import pandas as pd

    from ml.backtest import BacktestError, Protocol

    try:
        return Protocol(first_test=pd.Timestamp(first_test).tz_convert("UTC"), **chosen)
    except BacktestError as error:
        fail(f"{error}.", USAGE)
        raise


def _measure(file: Path, form: Format, protocol: "Protocol", with_reference: bool) -> "Backtest":
    from jikimi.files.history_frame import read_history
    from ml.backtest import BacktestError, backtest

    with progress(f"testing {file.name}") as report:
        report(0, protocol.folds, "reading")
        history = read_history(file, FORMATS[form.value], timedelta(days=protocol.delay_days))
        try:
            return backtest(
                history.transactions, history.labels, protocol, with_reference=with_reference, report=report
            )
        except BacktestError as error:
            fail(f"{file.name}: {str(error).rstrip('.')}.")
            raise


def _as_json(measured: "Backtest", file: Path, form: Format) -> str:
    import platform
    from hashlib import file_digest
    from importlib.metadata import version

    from ml.backtest import as_plain

    plain = as_plain(measured)
    with file.open("rb") as content:
        sha256 = file_digest(content, "sha256").hexdigest()
    versions = {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}
    about = {"file": file.name, "sha256": sha256, "format": form.value, "versions": versions}
    plain["protocol"] = about | plain["protocol"]
    return json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False)


def _write(text: str, out: Path) -> None:
    if out == _ONLY_JSON:
        typer.echo(text)
        return
    # Whole or not at all, so that nobody reads half a file.
    draft = out.with_name(f"{out.name}.draft")
    draft.write_text(f"{text}\n", encoding="utf-8")
    draft.replace(out)
