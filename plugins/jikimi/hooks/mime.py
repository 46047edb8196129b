"""A letter as an e-mail: its parts and headers."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from jikimi.exceptions import Rejected

if TYPE_CHECKING:
    from ml.messages import Letter

# Every mail server takes seven bits; what is not ASCII is encoded.
_POLICY = SMTP.clone(cte_type="7bit")


def address_of(text: str | None) -> Address:
    """Return an e-mail address whose domain is written in ASCII.

    :raises Rejected: it is none, or its local part is one that few mail servers take.
    """
    try:
        address = Address(addr_spec=(text or "").strip())
        return Address(username=address.username, domain=address.domain.encode("idna").decode("ascii"))
    except (ValueError, IndexError, MessageError):
        raise Rejected("The address is no e-mail address.", "address") from None


def compose(
    sender: Address, receivers: Sequence[Address], letter: "Letter", reference: str, written_at: datetime
) -> EmailMessage:
    """Return the mail: as text, as HTML, or as both, whatever the letter has.

    The id of the message is the same whenever the same letter is sent, so that a mail reader knows it again.

    :param reference: what the letter is about.
    :param written_at: an aware instant.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"], mail["To"], mail["Date"] = sender, list(receivers), written_at
    mail["Subject"] = " ".join(letter.title.split())
    # The words tell apart what has the same reference in two installations of one bank.
    words = hashlib.sha256((letter.text or letter.html).encode()).hexdigest()[:12]
    mail["Message-ID"] = f"<{reference}.{words}@{sender.domain}>"
    # Or out-of-office assistants would answer.
    mail["Auto-Submitted"] = "auto-generated"
    if letter.text:
        mail.set_content(letter.text)
    if letter.html:
        add_html = mail.add_alternative if letter.text else mail.set_content
        add_html(letter.html, subtype="html")
    return mail
