"""Amounts and times as the country writes them."""

from datetime import datetime
from decimal import Decimal

from ml.messages.templates import units
from ml.plain_text import clean

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# ISO 4217: digits after the point; every other currency has two.
CURRENCY_DIGITS = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "VND"), 0) | dict.fromkeys(
    ("BHD", "JOD", "KWD", "OMR", "TND"), 3
)


def amount_text(amount: Decimal | float, currency: str, language: str = "ko") -> str:
    """Return `1,234,567원` or `12.50달러(USD)` in Korean, else `USD 12.50`; never rounded: it matches the receipt.

    Korean writes the unit behind the figure. A dollar may be of five countries, so the code follows, as card issuers
    have it in their own messages; a currency whose unit few people know goes by its code.
    """
    exact = Decimal(str(amount)).normalize()
    exponent = exact.as_tuple().exponent
    decimals = max(CURRENCY_DIGITS.get(currency, 2), -exponent if isinstance(exponent, int) else 0)
    figure = f"{exact:,.{decimals}f}"
    if language == "ko" and currency == "KRW":
        return f"{figure}원"
    if language == "ko" and currency in units():
        return f"{figure}{units()[currency]}({currency})"
    return f"{clean(currency)} {figure}"


def short_amount_text(amount: Decimal | float, currency: str, language: str = "ko") -> str:
    """Return the same in as few bytes as it goes: the unit of won, the code of any other currency."""
    return amount_text(amount, currency, language if currency == "KRW" else "en")


def local_time(instant: datetime, language: str = "ko") -> str:
    """Return `08/21 23:41`, or `21 Aug 23:41` where the order of month and day would be a guess."""
    if language == "ko":
        return f"{instant:%m/%d %H:%M}"
    return f"{instant.day} {_MONTHS[instant.month - 1]} {instant:%H:%M}"
