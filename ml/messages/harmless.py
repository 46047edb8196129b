"""What a stranger wrote, so that no phone, chat or mail reader takes it for more than text."""

import html
import re

from ml.plain_text import clean

_DOTS = ".．。｡﹒․"
# A phone turns these into something to tap: the number of a host, a dot inside its name, the start of an address.
_TAPPABLE = re.compile(rf"\d+(?:[{_DOTS}]\d+){{3,}}|(?<=\w)[{_DOTS}](?=[^\W\d])|[:：][/／]{{2}}")
_DOT = re.compile(f"[{_DOTS}]")
_MARKDOWN = re.compile(r"([\\*_~`|<>\[\]])")


def harmless(text: str) -> str:
    """Return `text` clean, with no address to tap and no variable that a dealer might fill."""
    untappable = _TAPPABLE.sub(lambda found: _DOT.sub("·", found[0]) if _DOT.search(found[0]) else " ", clean(text))
    return clean(untappable).replace("#{", "# {")


def for_discord(text: str) -> str:
    """Return `text` so that Discord shows it as it is: no markdown, and nobody is called by it."""
    return _MARKDOWN.sub(r"\\\1", text).replace("@", "＠")


def for_mail(text: str, language: str, link: str = "") -> str:
    """Return lines of text as a page of HTML; numbers in it are no telephone links.

    :param link: an address at the end of the text that may be tapped.
    """
    text, address = text.removesuffix(link), html.escape(link)
    body = html.escape(text).replace("\n", "<br>\n") + (f'<a href="{address}">{address}</a>' if link else "")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no"></head>\n'
        f"<body>\n<p>{body}</p>\n</body>\n</html>\n"
    )
