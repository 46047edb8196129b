"""Lines of a notice to staff put together: for Discord as many as it takes, for mail all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ml.messages.facts import Letter
from ml.messages.harmless import for_discord, for_mail, harmless
from ml.messages.templates import fill, words
from ml.plain_text import clip, text_length

MAX_TEXT: Final = 2000
"""Characters of a message on Discord, in UTF-16 units."""
LONGEST_BANK: Final = 60
LONGEST_URL: Final = 300


@dataclass(frozen=True)
class Line:
    """One line and how many alerts it speaks of."""

    text: str
    count: int


def notice(
    kind: str, values: Mapping[str, str], lines: Sequence[Line], total: int, language: str, url: str = ""
) -> Letter:
    """Return a notice whose text fits into a message on Discord.

    :param kind: `digest` or `deliveries`, a table of `templates/staff.toml`.
    :param total: alerts in all; those that no line speaks of are counted at the end.
    :param url: a page for staff; left out where it is no address of the web.
    """
    said = words("staff", language)
    values = {**values, "bank": short(values["bank"], LONGEST_BANK), "total": f"{total:,}"}
    title, head = fill(said[kind]["title"], values), fill(said[kind]["head"], values)
    url = url if _is_page(url) else ""
    page = f"\n{said['pages']}{url}" if url else ""
    pieces = [_text(title, head, lines[:shown], total, said["rest"]) for shown in range(len(lines), -1, -1)]
    quoted = (for_discord(piece) + page for piece in pieces)
    text = next((each for each in quoted if text_length(each) <= MAX_TEXT), for_discord(title))
    return Letter(text, title, html=for_mail(pieces[0] + page, language, url))


def short(text: str, length: int) -> str:
    """Return a stranger's text harmless and in at most `length` UTF-16 units."""
    return clip(harmless(text), length)


def _text(title: str, head: str, lines: Sequence[Line], total: int, rest: str) -> str:
    left = total - sum(line.count for line in lines)
    end = [fill(rest, {"rest": f"{left:,}"})] if left > 0 else []
    return "\n".join([title, head, *(line.text for line in lines), *end])


def _is_page(url: str) -> bool:
    is_plain = url.isascii() and url.isprintable() and not any(character in url for character in ' <>"')
    return is_plain and len(url) <= LONGEST_URL and urlsplit(url).scheme in ("http", "https")
