"""What Discord takes as a message, and what it says about the rest."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import Request

MOST_CHARACTERS = 2000
MOST_EMBEDS = 10
_EMBED_CHARACTERS = {"title": 256, "description": 4096}


class DiscordError(Exception):
    """Discord refuses; `more` are further fields of the body."""

    def __init__(self, code: int, message: str, status: int = 400, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "code": code, **more}


async def read_form(request: Request) -> dict[str, Any]:
    """Return the message of a request, as JSON or as the field `payload_json` of a form with files."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        text: str | bytes = str((await request.form()).get("payload_json", ""))
    else:
        text = await request.body()
    try:
        form = json.loads(text)
    except ValueError:
        raise DiscordError(50109, "The request body contains invalid JSON.") from None
    if not isinstance(form, dict):
        raise _invalid(_error("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"))
    _check(form)
    return form


def texts_of(form: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a person reads of a message, part by part."""
    if content := form.get("content"):
        yield content
    for embed in form.get("embeds") or ():
        lines = [embed.get("title"), embed.get("description")]
        lines += [f"{field.get('name')}: {field.get('value')}" for field in embed.get("fields") or ()]
        yield "\n".join(str(line) for line in lines if line)


def _check(form: Mapping[str, Any]) -> None:
    content, embeds = form.get("content"), form.get("embeds")
    if content is not None and not isinstance(content, str):
        raise _invalid({"content": _error("STRING_TYPE_CONVERT", "Could not interpret the value as string.")})
    if len(content or "") > MOST_CHARACTERS:
        raise _invalid({"content": _too_long(MOST_CHARACTERS)})
    if embeds is not None:
        _check_embeds(embeds)
    if not "".join(texts_of(form)).strip():
        raise DiscordError(50006, "Cannot send an empty message")


def _check_embeds(embeds: Any) -> None:
    if not isinstance(embeds, list) or not all(isinstance(embed, dict) for embed in embeds):
        raise _invalid({"embeds": _error("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")})
    if len(embeds) > MOST_EMBEDS:
        raise _invalid({"embeds": _too_long(MOST_EMBEDS)})
    for number, embed in enumerate(embeds):
        for name, most in _EMBED_CHARACTERS.items():
            if len(str(embed.get(name) or "")) > most:
                raise _invalid({"embeds": {str(number): {name: _too_long(most)}}})


def _invalid(errors: Mapping[str, Any]) -> DiscordError:
    return DiscordError(50035, "Invalid Form Body", errors=errors)


def _too_long(most: int) -> dict[str, Any]:
    return _error("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def _error(code: str, message: str) -> dict[str, Any]:
    return {"_errors": [{"code": code, "message": message}]}
