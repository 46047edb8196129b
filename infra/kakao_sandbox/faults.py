"""Faults on order: the next calls fail as a real service does, before or after it took the message."""

import asyncio
from dataclasses import dataclass

from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from infra.kakao_sandbox.errors import status_of, words_of
from infra.kakao_sandbox.state import Sandbox

KINDS = ("down", "error", "timeout", "cut")
TARGETS = ("messages", "token")


@dataclass(frozen=True)
class Fault:
    """One ordered fault.

    :param kind: `down` (a load balancer's 503, nothing taken), `error` (a status or a code, nothing taken), `timeout`
        (taken, answered after `seconds`), `cut` (taken, then the connection breaks in the middle of the answer).
    """

    kind: str
    status: int | None
    code: int | None
    seconds: float

    def refusal(self) -> Response | None:
        """Return the answer of a fault that happens before anything is taken."""
        if self.kind == "down":
            return HTMLResponse("<h1>503 Service Unavailable</h1>", 503)
        if self.kind != "error":
            return None
        if self.code is None:
            return HTMLResponse("<h1>Server Error</h1>", self.status or 500)
        return JSONResponse({"msg": words_of(self.code), "code": self.code}, self.status or status_of(self.code))

    async def spoil(self, response: Response) -> Response:
        """Lose the answer of something that was taken."""
        if self.kind == "timeout":
            await asyncio.sleep(self.seconds)
        return CutResponse() if self.kind == "cut" else response


class CutResponse(Response):
    """An answer that ends before its announced length, so that the server drops the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a beginning and leave."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"result', "more_body": True})


def order(sandbox: Sandbox, kind: str, target: str, calls: int, **details: object) -> int:
    """Have the next calls fail and return the fault's id; `details` are status, code, uuid and seconds."""
    row = sandbox.row(
        "insert into faults (kind, target, calls_left, status, code, uuid, seconds) values (?, ?, ?, ?, ?, ?, ?)"
        " returning fault_id",
        *(kind, target, calls, details.get("status"), details.get("code"), details.get("uuid")),
        details.get("seconds", 30.0),
    )
    return int(row["fault_id"]) if row else 0


def take(sandbox: Sandbox, target: str, uuid: str | None = None) -> Fault | None:
    """Use up one call of the oldest fault for this target, of those that name this receiver or none."""
    row = sandbox.row(
        "update faults set calls_left = calls_left - 1 where fault_id = (select min(fault_id) from faults"
        " where target = ? and uuid is ? and calls_left > 0) returning kind, status, code, seconds",
        *(target, uuid),
    )
    return Fault(**dict(row)) if row else None
