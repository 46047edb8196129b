"""What a person reads of an e-mail."""

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "title"}
_LINES = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "ul", "ol", "blockquote"}


@dataclass(frozen=True)
class Mail:
    """A mail as text.

    :param names: display names by address in small letters.
    """

    subject: str
    sender: str
    text: str
    message_id: str
    names: dict[str, str]


def read_mail(content: bytes) -> Mail:
    """Read a mail in the form of RFC 5322; what is broken in it is read as far as it goes."""
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - that is what this policy makes
    receivers = getaddresses([str(value) for name in ("to", "cc") for value in message.get_all(name, [])])
    return Mail(
        subject=str(message.get("subject", "")),
        sender=str(message.get("from", "")),
        text=_text_of(message),
        message_id=str(message.get("message-id", "")).strip(),
        names={address.lower(): name for name, address in receivers if name},
    )


def _text_of(message: EmailMessage) -> str:
    """Return the plain text, or that of the HTML where a mail has nothing else."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError):
        # A charset that nobody knows, or bytes that are none of it.
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    text = str(content).replace("\r\n", "\n")
    return (text_of_html(text) if part.get_content_subtype() == "html" else text).strip()


def text_of_html(html: str) -> str:
    """Return what a browser would show, without any mark-up."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n".join(_without_gaps("".join(reader.pieces).split("\n"))).strip()


def _without_gaps(lines: list[str]) -> Iterator[str]:
    """Yield the lines with single spaces, never two empty ones in a row."""
    before = ""
    for line in (" ".join(line.split()) for line in lines):
        if line or before:
            yield line
        before = line


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in _SILENT
        if tag in _LINES:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag in _LINES - {"br"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data.replace("\n", " "))
