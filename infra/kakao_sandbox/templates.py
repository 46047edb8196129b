"""What a KakaoTalk message says: written by the caller, or filled into a template that was registered before."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.kakao_sandbox.errors import KakaoError
from infra.kakao_sandbox.settings import Settings

MOST_CHARACTERS = 200
_BLANK = re.compile(r"\$\{(\w+)\}")
Form = Mapping[str, Any]


@dataclass(frozen=True)
class Letter:
    """What the receiver reads, and where a tap leads."""

    text: str
    link: str | None = None


Reader = Callable[[Settings, Form], Letter]


def written(_: Settings, form: Form) -> Letter:
    """Read a `template_object` of the type text."""
    template: dict[str, Any] = json_of(form, "template_object", dict)
    text, buttons, link = template.get("text"), template.get("buttons", []), template.get("link")
    if template.get("object_type") != "text" or not isinstance(link, dict):
        raise KakaoError(-2, "template_object needs the object_type text and a link.")
    if not isinstance(text, str) or not 0 < len(text) <= MOST_CHARACTERS:
        raise KakaoError(-2, f"text must have 1 to {MOST_CHARACTERS} characters.")
    if not isinstance(buttons, list) or len(buttons) > 2:
        raise KakaoError(-2, "buttons must be a list of at most 2.")
    address = link.get("mobile_web_url") or link.get("web_url")
    return Letter(text, str(address) if address else None)


def registered(settings: Settings, form: Form) -> Letter:
    """Fill the `template_args` into the template with this `template_id`."""
    number = str(form.get("template_id", ""))
    template = settings.talk_templates.get(int(number)) if number.isdecimal() else None
    if template is None:
        raise KakaoError(-2, "template_id names no registered template.")
    values = json_of(form, "template_args", dict) if form.get("template_args") else {}
    return Letter(_BLANK.sub(lambda blank: str(values.get(blank[1], "")), template))


def json_of(form: Form, name: str, kind: type) -> Any:
    """Return a field that holds JSON of this kind."""
    try:
        parsed = json.loads(str(form.get(name)))
    except ValueError:
        parsed = None
    if not isinstance(parsed, kind):
        raise KakaoError(-2, f"{name} is missing or not the expected JSON.")
    return parsed
