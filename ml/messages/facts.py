"""What a message is made of, and what it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class AlertFacts:
    """What is known about one transaction that is to be announced; None where the bank did not say.

    :param occurred_at: aware instant of the purchase.
    :param card: the number, masked already or not.
    :param amount: in the currency's main unit.
    :param currency: ISO 4217.
    :param reference: what the customer names on the telephone.
    :param more: further transactions of this customer that the same message tells of.
    """

    occurred_at: datetime
    amount: Decimal | float
    currency: str
    reference: str
    customer_name: str | None = field(default=None, repr=False)
    card: str | None = field(default=None, repr=False)
    merchant: str | None = field(default=None, repr=False)
    more: int = 0


@dataclass(frozen=True)
class Letter:
    """A message that is ready to leave; its `repr` shows nothing personal.

    :param text: the whole message as the customer reads it.
    :param title: subject of an e-mail, title of an LMS; one line.
    :param variables: Alimtalk: the values of the template's `#{name}`, by name.
    :param template: name and language of the template, such as `alert.ko` or `alert_more.en`.
    :param sms: Alimtalk's short fall-back, at most 90 bytes of EUC-KR.
    :param lms: Alimtalk's long fall-back, at most 2,000 bytes of EUC-KR.
    :param html: e-mail: the same text as HTML.
    """

    text: str = field(repr=False)
    title: str = field(default="", repr=False)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    template: str = ""
    sms: str = field(default="", repr=False)
    lms: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
