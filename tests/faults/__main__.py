"""`python -m tests.faults`: kills each part of a private stack under load and accounts for every row afterwards.

Prints JSON lines: the seconds until the stack was whole again, part by part, then the accounts.
"""

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.acceptance.accounting import problems
from tests.acceptance.running import RunningStack, environment_for
from tests.benchmarks.report import machine
from tests.faults.healing import heal, wait
from tests.faults.landing import landing

AIM_SECONDS = 60
PARTS = ("triggerer", "scheduler", "dag-processor", "api-server", "postgres")
ON_CELERY = ("worker-1", "redis")
_SETTLE = "select 1 from batches where source = 'live' and claimed_at > %s and scored_at is not null limit 1"
_LAST = """
    select count(*) as landed, count(distinct transaction_id) as transactions from landed_transactions
"""
_WAITS = "select 1 from landed_transactions where batch_id is null limit 1"
_UNSCORED = "select 1 from batches where state = 'validated' limit 1"
_UNSENT = "select 1 from alerts where state in ('pending', 'sending') limit 1"


def main() -> int:
    """Run; the exit code is 1 where something was lost or doubled, or a part took longer than the aim."""
    arguments = _arguments()
    parts = arguments.part or [*PARTS, *(ON_CELERY if arguments.executor == "celery" else ())]
    _print({**machine(), "measurement": "faults", "executor": arguments.executor, "rows_per_second": arguments.rate})
    with _running(arguments.executor) as stack:
        with landing(stack, arguments.rate):
            seconds = [_killed(stack, part) for part in parts]
        accounts = _accounts(stack)
    return 1 if accounts["problems"] or max(seconds) > AIM_SECONDS else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--executor", default="local", choices=("local", "celery"))
    parser.add_argument("--rate", type=int, default=100, help="rows a second (default: 100)")
    parser.add_argument("--part", action="append", help="only this one; may be given several times")
    return parser.parse_args()


@contextmanager
def _running(executor: str) -> Iterator[RunningStack]:
    """Give a stack of its own that has a panel, and end it afterwards."""
    with tempfile.TemporaryDirectory(prefix="jikimi-faults-") as folder:
        home = Path(folder) / "home"
        home.mkdir(mode=0o711)
        Path(folder).chmod(0o711)
        sizes = {"CUSTOMERS": "800", "MERCHANTS": "200", "HISTORY_DAYS": "60"}
        sizes = {f"JIKIMI_DEMO_{name}": value for name, value in sizes.items()}
        stack = RunningStack(home, environment_for(home, EXECUTOR=executor, **sizes), patience_seconds=1200)
        try:
            done = stack.make("up")
            if done.returncode:
                raise RuntimeError(done.stdout)
            stack.stop("replay")
            yield stack
        finally:
            stack.make("down")


def _killed(stack: RunningStack, part: str) -> float:
    """Kill a part and return the seconds until all was well again; infinite where it never was."""
    line = {"measurement": "faults", "killed": part, "aim": f"healed within {AIM_SECONDS} s"}
    try:
        _settle(stack)
        healing = heal(stack, part)
    except TimeoutError as error:
        _print(line | {"problem": str(error)})
        return math.inf
    _print(line | {"scored_again_seconds": healing.scored_again_seconds, "healed_seconds": healing.healed_seconds})
    return healing.healed_seconds


def _settle(stack: RunningStack) -> None:
    """Wait until rows flow, so that each part is killed in the middle of work."""
    since = datetime.now(UTC)
    wait(lambda: stack.ask(_SETTLE, since), "rows are scored", 120)


def _accounts(stack: RunningStack) -> dict[str, Any]:
    """Wait until nothing waits any more, and account for everything."""
    for statement, what in ((_WAITS, "all rows claimed"), (_UNSCORED, "all scored"), (_UNSENT, "all alerts sent")):
        wait(lambda statement=statement: not stack.ask(statement), what, 300)
    states = stack.ask("select state, count(*) as number from alerts group by state order by state")
    accounts = {
        "measurement": "faults",
        **stack.ask(_LAST)[0],
        "alerts": {row["state"]: row["number"] for row in states},
        "problems": problems(stack),
        "aim": "no problems",
    }
    _print(accounts)
    return accounts


def _print(line: dict[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False, default=str), flush=True)


if __name__ == "__main__":
    sys.exit(main())
