"""What stands in the message of a claimed alert."""

from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from jikimi.outbox import ClaimedAlert

if TYPE_CHECKING:
    from ml.messages import Letter


def letters(bank: str, zone: tzinfo) -> "Callable[[str, ClaimedAlert], Letter]":
    """Return the function that writes an alert's letter for a channel; it raises ValueError where it cannot."""
    from ml.messages import AlertFacts, write_letter

    def write(channel: str, alert: ClaimedAlert) -> "Letter":
        facts = AlertFacts(
            occurred_at=alert.occurred_at,
            amount=alert.amount,
            currency=alert.currency,
            reference=alert.reference,
            customer_name=alert.name,
            card=alert.card_masked,
            merchant=alert.merchant,
            more=alert.more,
        )
        return write_letter(channel, facts, bank, zone, alert.language or "ko")

    return write
