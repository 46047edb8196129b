"""A template filled within a channel's limit: the merchant gives way first, then the name, then the bank."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ml.messages.templates import fill, template, variables_of, words
from ml.plain_text import ELLIPSIS, clip, text_length

_GIVING_WAY = ("merchant", "name", "bank")


@dataclass(frozen=True)
class Medium:
    """What carries a text.

    :param folder: where its templates are.
    :param limit: greatest length of the whole text.
    :param length: measures a text.
    :param spell: writes a value in the medium's characters.
    :param quote: keeps a value from being read as markup.
    :param has_fixed_lines: whether a line about something unknown says so; otherwise it is left out.
    """

    folder: str
    limit: int
    length: Callable[[str], int] = text_length
    spell: Callable[[str], str] = str
    quote: Callable[[str], str] = str
    has_fixed_lines: bool = True


def write(medium: Medium, name: str, language: str, facts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the text and the values of its template's variables.

    :param name: of the template, such as `alert.ko`.
    :param facts: what is known, by name; an empty text is unknown. The customer's name is `name`.
    """
    text = template(medium.folder, name)
    facts = {key: medium.spell(facts[key]) for key in {"name", *variables_of(text)} - {"customer"}}
    filled, values = _fill(medium, text, language, facts)
    for key in _GIVING_WAY:
        excess = medium.length(filled) - medium.limit
        if excess > 0 and facts[key]:
            room = max(medium.length(ELLIPSIS), medium.length(facts[key]) - excess)
            facts[key] = clip(facts[key], room, medium.length)
            filled, values = _fill(medium, text, language, facts)
    return filled, values


def _fill(medium: Medium, text: str, language: str, facts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    if not medium.has_fixed_lines:
        text = "\n".join(line for line in text.split("\n") if all(facts.get(key, "-") for key in variables_of(line)))
    known = _with_words(facts, language)
    values = {key: medium.quote(known[key]) for key in variables_of(text)}
    return fill(text, values), values


def _with_words(facts: Mapping[str, str], language: str) -> dict[str, str]:
    said = words("words", language)
    customer = fill(said["customer"], facts) if facts["name"] else said["nobody"]
    return {key: value or said["unknown"] for key, value in facts.items()} | {"customer": customer}
