"""The body of a stranger's request: no more of it than a limit, and nothing of it in an answer or a log."""

from typing import TypeVar

from fastapi import HTTPException, Request
from pydantic import BaseModel, ValidationError

MOST_BYTES = 256 * 1024
_Model = TypeVar("_Model", bound=BaseModel)


async def read_body(request: Request, model: type[_Model]) -> _Model:
    """Return the JSON body, checked.

    :raises HTTPException: 413 too large, 415 no JSON by its own words, 422 not what the model says.
    """
    if "json" not in request.headers.get("content-type", "").lower():
        raise HTTPException(415, "the body must be application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"the body may have {MOST_BYTES:,} bytes: send fewer results at once")
    try:
        return model.model_validate_json(bytes(body))
    except ValidationError as error:
        raise HTTPException(422, _places(error)) from None


def _places(error: ValidationError) -> str:
    """Say where the body is wrong, without what stands there."""
    places = [".".join(map(str, each["loc"])) or "the body" for each in error.errors(include_input=False)]
    return f"not a report as NHN Cloud sends them: {', '.join(places[:5])}"
