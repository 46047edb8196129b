"""Faults on order: calls fail as with a real service, before or after it took the message."""

import asyncio
import json
import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.responses import HTMLResponse, JSONResponse, Response

from infra.kakao_sandbox.broken import BrokenResponse, CutResponse
from infra.kakao_sandbox.errors import status_of, words_of
from infra.kakao_sandbox.state import Sandbox

# What a service is called here, and the kinds that make sense for it besides those of any service.
ANYWHERE = ("down", "error", "error_after", "timeout", "slow", "cut", "cut_before")
TARGETS = {
    "messages": ("partial", "quota", "expired_token"),
    "token": ("lost_refresh",),
    "token_info": (),
    "friends": ("expired_token",),
    "nhn": ("partial",),
    "solapi": ("partial",),
    "discord": (),
    "smtp": ("partial",),
}
_SECONDS = {"timeout": 30.0, "slow": 2.0}
Code = int | str
Answer = Callable[[Code], Response]


@dataclass(frozen=True)
class Fault:
    """What happens to one call.

    :param kind: before anything is taken: `down` (a load balancer's 503), `error` (a status or a code), `cut_before`
        (the connection breaks), `expired_token`, `quota` (the counter `subject` stands at its limit). After it was
        taken: `timeout` and `slow` (answered after `seconds`), `cut` (the connection breaks in the middle of the
        answer), `error_after` (an error is answered all the same), `lost_refresh` (the new refresh token is lost).
        In between: `partial` (the first `failing` receivers fail with `code`, the others get it).
    """

    kind: str
    status: int | None = None
    code: Code | None = None
    seconds: float | None = None
    failing: int = 1
    subject: str = "sender"

    def refusal(self, answer: Answer | None = None) -> Response | None:
        """Return the answer of a fault that happens before anything is taken.

        :param answer: writes a code the way this service does; without it, the way Kakao's message API does.
        """
        if self.kind == "down":
            return HTMLResponse("<h1>503 Service Unavailable</h1>", 503)
        if self.kind == "cut_before":
            return BrokenResponse()
        return self._error(answer or _kakao_answer) if self.kind == "error" else None

    async def spoil(self, response: Response, answer: Answer | None = None) -> Response:
        """Lose, delay or replace the answer of something that was taken; other requests go on meanwhile."""
        if self.kind in _SECONDS:
            await asyncio.sleep(self.delay)
        if self.kind in ("cut", "lost_refresh"):
            return CutResponse()
        return self._error(answer or _kakao_answer) if self.kind == "error_after" else response

    @property
    def delay(self) -> float:
        """Seconds until something is answered."""
        return _SECONDS.get(self.kind, 0) if self.seconds is None else self.seconds

    def fails(self, position: int) -> bool:
        """Say whether the receiver at this position, counted from 0, fails for a `partial` fault."""
        return self.kind == "partial" and position < self.failing

    def code_or(self, default: int) -> int:
        """Return the code as a number, or `default` where the fault has none."""
        return self.code if isinstance(self.code, int) else default

    def _error(self, answer: Answer) -> Response:
        if self.code is None:
            return HTMLResponse("<h1>Server Error</h1>", self.status or 500)
        response = answer(self.code)
        response.status_code = self.status or response.status_code
        return response


def order(
    sandbox: Sandbox,
    target: str,
    steps: Sequence[Mapping[str, Any] | None],
    *,
    receiver: str | None = None,
    calls: int | None = None,
    rate: float | None = None,
    seed: int = 0,
) -> int:
    """Plan faults and return the plan's id.

    :param steps: what happens call by call, in the fields of `Fault`; None lets a call pass. The last one repeats.
    :param receiver: only for this uuid, telephone number or address.
    :param calls: for so many calls, then never again; None until it is cleared.
    :param rate: share of the calls that it happens to; the same seed gives the same calls.
    """
    row = sandbox.row(
        "insert into planned_faults (target, receiver, steps, calls_left, rate, seed) values (?, ?, ?, ?, ?, ?)"
        " returning fault_id",
        *(target, receiver, json.dumps(list(steps)), calls, rate, seed),
    )
    return int(row["fault_id"]) if row else 0


def take(sandbox: Sandbox, target: str, receiver: str | None = None) -> Fault | None:
    """Return what happens to this call, and count it: the oldest plan that has something for it.

    :param receiver: ask for the faults of one receiver of a call; those of the call itself name none.
    """
    plans = sandbox.rows(
        "select * from planned_faults where target = ? and receiver is ? order by fault_id", target, receiver
    )
    for plan in plans:
        if (step := _step(sandbox, plan)) is not None:
            return Fault(**step)
    return None


def receivers(sandbox: Sandbox, target: str) -> set[str]:
    """Return the receivers that have faults of their own, so that a call to a thousand need not ask for each."""
    found = sandbox.rows("select receiver from planned_faults where target = ? and receiver is not null", target)
    return {row["receiver"] for row in found}


def planned(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Return the plans that have something to come, oldest first, their next step spelled out."""
    return [_readable(dict(row)) for row in sandbox.rows("select * from planned_faults order by fault_id")]


def clear(sandbox: Sandbox, fault_id: int | None = None) -> int:
    """Drop one plan, or all of them; return how many there were."""
    return len(
        sandbox.rows("delete from planned_faults where ?1 is null or fault_id = ?1 returning fault_id", fault_id)
    )


def _step(sandbox: Sandbox, plan: sqlite3.Row) -> dict[str, Any] | None:
    steps, seen = json.loads(plan["steps"]), plan["calls_seen"]
    if plan["calls_left"] == 1:
        clear(sandbox, plan["fault_id"])
    else:
        sandbox.rows(
            "update planned_faults set calls_seen = calls_seen + 1, calls_left = calls_left - 1 where fault_id = ?",
            plan["fault_id"],
        )
    # A number that depends on nothing but the seed and the call, so that a restart changes nothing.
    if plan["rate"] is not None and random.Random(f"{plan['seed']}:{seen}").random() >= plan["rate"]:  # noqa: S311
        return None
    step: dict[str, Any] | None = steps[min(seen, len(steps) - 1)]
    return step


def _readable(plan: dict[str, Any]) -> dict[str, Any]:
    steps = json.loads(plan.pop("steps"))
    step = steps[min(plan["calls_seen"], len(steps) - 1)]
    script = {"script": steps} if len(steps) > 1 else {}
    return plan | {"kind": None} | (step or {}) | script


def _kakao_answer(code: Code) -> Response:
    if isinstance(code, str):
        return JSONResponse({"error": "server_error", "error_description": words_of(code), "error_code": code}, 400)
    return JSONResponse({"msg": words_of(code), "code": code}, status_of(code))
