"""Lines of a notice to staff put together: for Discord as many as it takes, for mail all of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ml.messages.facts import Letter
from ml.messages.harmless import for_discord, for_mail, harmless
from ml.messages.templates import fill, words
from ml.plain_text import clip, text_length

MAX_TEXT: Final = 2000
"""Characters of a message on Discord, in UTF-16 units."""
LONGEST_BANK: Final = 60
LONGEST_URL: Final = 300
_PAGE: Final = re.compile(r"https?://[^\s<>\"@\x00-\x1f\x7f-\U0010ffff]+")


@dataclass(frozen=True)
class Line:
    """One line: its form, the values for it, and how many alerts it speaks of."""

    form: str
    values: Mapping[str, str]
    count: int = 0


def notice(
    kind: str, values: Mapping[str, str], lines: Sequence[Line], total: int, language: str, url: str = ""
) -> Letter:
    """Return a notice whose text fits into a message on Discord.

    :param kind: `digest`, `deliveries` or `alarms`, a table of `templates/staff.toml`.
    :param total: alerts in all; those that no line speaks of are counted at the end.
    :param url: a page for staff; left out where it is no address of the web.
    """
    said = words("staff", language)
    values = {**values, "bank": short(values["bank"], LONGEST_BANK), "total": f"{total:,}"}
    head = [Line(said[kind]["title"], values), Line(said[kind]["head"], values)]
    url = url if _is_page(url) else ""
    # In angle brackets: Discord makes no preview of a page that only staff may see.
    page, link = (f"\n{said[kind].get('pages', said['pages'])}{each}" if url else "" for each in (f"<{url}>", url))
    fewer = (
        _text([*head, *_with_rest(lines[:shown], total, said["rest"])], for_discord) + page
        for shown in range(len(lines), -1, -1)
    )
    text = next(each for each in fewer if text_length(each) <= MAX_TEXT)
    written = _text([*head, *_with_rest(lines, total, said["rest"])]) + link
    return Letter(text, _text(head[:1]), html=for_mail(written, language, url))


def short(text: str, length: int) -> str:
    """Return a stranger's text harmless and in at most `length` UTF-16 units."""
    return clip(harmless(text), length)


def _with_rest(lines: Sequence[Line], total: int, form: str) -> list[Line]:
    rest = total - sum(line.count for line in lines)
    return [*lines, Line(form, {"rest": f"{rest:,}"})] if rest > 0 else list(lines)


def _text(lines: Sequence[Line], quote: Callable[[str], str] = str) -> str:
    return "\n".join(fill(line.form, {key: quote(value) for key, value in line.values.items()}) for line in lines)


def _is_page(url: str) -> bool:
    return len(url) <= LONGEST_URL and _PAGE.fullmatch(url) is not None
