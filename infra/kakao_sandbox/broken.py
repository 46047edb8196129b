"""Answers that never arrive: connections that break in the middle of an answer, or before it begins."""

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

_BREAK_OFF = "sandbox.break_off"


class BreakableApp(FastAPI):
    """An application whose answers may break the connection they would leave by."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, and remember how its connection can be ended."""
        # ASGI knows no such thing; uvicorn's `send` belongs to an object that has the transport.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        scope[_BREAK_OFF] = getattr(transport, "abort", None)
        await super().__call__(scope, receive, send)


class CutResponse(Response):
    """An answer that ends before its announced length, so that the server drops the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a beginning and leave."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"result', "more_body": True})


class BrokenResponse(CutResponse):
    """No answer at all: the connection ends without a byte; on a server that cannot do that, as in `CutResponse`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """End the connection."""
        abort: Callable[[], None] | None = scope.get(_BREAK_OFF)
        if abort is None:
            await super().__call__(scope, receive, send)
            return
        abort()
        # The server looks whether the client is still there before it complains that nothing was answered.
        while (await receive())["type"] != "http.disconnect":
            pass
