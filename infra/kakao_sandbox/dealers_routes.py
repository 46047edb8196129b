"""Routes whose refusals have the shape of their service: an exception becomes that service's answer."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

Answer = Callable[[Exception], Response]


def routes_answering(refusal: type[Exception], answer: Answer) -> type[APIRoute]:
    """Return a class of routes that answer `refusal`, and parameters that cannot be read, by `answer`."""

    class Answering(APIRoute):
        """Routes of one service."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """Return the handler, with its refusals caught."""
            handler = super().get_route_handler()

            async def handle(request: Request) -> Response:
                try:
                    return await handler(request)
                except (refusal, RequestValidationError) as error:
                    return answer(error)

            return handle

    return Answering
