"""Kills one part of a running stack and measures how long it takes until the rows of that moment are scored."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

_SOONEST = 0.2
_NEWEST = "select coalesce(max(landed_id), 0) as landed_id from landed_transactions"
# Rows land in the order of their ids; what is refused needs no verdict.
_UNSCORED = """
    select 1 from landed_transactions l left join batches b using (batch_id)
    where l.landed_id <= %s and l.landed_id > %s and (b.state is null or b.state = 'validated') limit 1
"""
_SCORED = "select max(scored_at) as scored_at from batches where source = 'live'"


@dataclass(frozen=True)
class Healing:
    """What became of the stack after one part was killed.

    :param scored_again_seconds: until the first batch was scored.
    :param healed_seconds: until every row was scored that had landed until the part ran again.
    """

    part: str
    scored_again_seconds: float
    healed_seconds: float


def heal(stack: Any, part: str, patience: float = 300) -> Healing:
    """Kill a part with -9 and wait until it runs again and all rows that landed meanwhile are scored.

    :raises TimeoutError: that took longer than `patience` seconds.
    """
    before = stack.ask(_NEWEST)[0]["landed_id"]
    last_scored = stack.ask(_SCORED)[0]["scored_at"]
    old, killed = stack.manager.pid_of(part), time.monotonic()
    stack.kill(part)
    wait(lambda: stack.ask(_SCORED)[0]["scored_at"] > last_scored, f"{part}: a batch is scored again", patience)
    scored_again = time.monotonic() - killed
    wait(lambda: stack.manager.pid_of(part) not in (0, old), f"{part} runs again", patience)
    until = _when_it_answers(lambda: stack.ask(_NEWEST)[0]["landed_id"], patience)
    wait(lambda: not stack.ask(_UNSCORED, until, before - 5_000), f"{part}: all rows are scored", patience)
    return Healing(part, round(scored_again, 1), round(time.monotonic() - killed, 1))


def wait(is_true: Callable[[], Any], what: str, seconds: float) -> None:
    """Wait for something; PostgreSQL may be away meanwhile.

    :raises TimeoutError: it did not become true.
    """
    deadline = time.monotonic() + seconds
    while not _holds(is_true):
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:.0f} s still not true: {what}")
        time.sleep(_SOONEST)


def _holds(is_true: Callable[[], Any]) -> bool:
    try:
        return bool(is_true())
    except psycopg.OperationalError:
        return False


def _when_it_answers(ask: Callable[[], Any], seconds: float) -> Any:
    answers: list[Any] = []
    wait(lambda: answers.append(ask()) is None, "PostgreSQL answers", seconds)
    return answers[0]
