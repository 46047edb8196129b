"""Amounts and times as the country writes them."""

import re
from datetime import datetime
from decimal import Decimal

from ml.messages.templates import units

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NO_CODE = re.compile("[^A-Za-z]")
MOST_DECIMALS = 3
# ISO 4217: digits after the point; every other currency has two.
CURRENCY_DIGITS = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "VND"), 0) | dict.fromkeys(
    ("BHD", "JOD", "KWD", "OMR", "TND"), 3
)


def amount_text(amount: Decimal | float, currency: str, language: str = "ko") -> str:
    """Return `1,234,567원` or `12.50달러(USD)` in Korean, else `USD 12.50`, to the thousandth that the bank keeps.

    Korean writes the unit behind the figure. A dollar may be of seven countries, so the code follows, as card issuers
    have it in their own messages; a currency whose unit few people know goes by its code.

    :param currency: ISO 4217; what is no letter of a code is not shown.
    """
    code = _NO_CODE.sub("", currency)[:3]
    exact = Decimal(f"{Decimal(str(amount)):.{MOST_DECIMALS}f}").normalize()
    exponent = exact.as_tuple().exponent
    decimals = max(CURRENCY_DIGITS.get(code, 2), -exponent if isinstance(exponent, int) else 0)
    figure = f"{exact:,.{decimals}f}"
    if language == "ko" and code == "KRW":
        return f"{figure}원"
    if language == "ko" and code in units():
        return f"{figure}{units()[code]}({code})"
    return f"{code} {figure}".strip()


def short_amount_text(amount: Decimal | float, currency: str, language: str = "ko") -> str:
    """Return the same in as few bytes as it goes: the unit of won, the code of any other currency."""
    return amount_text(amount, currency, language if currency == "KRW" else "en")


def local_time(instant: datetime, language: str = "ko") -> str:
    """Return `08/21 23:41`, or `21 Aug 23:41` where the order of month and day would be a guess."""
    if language == "ko":
        return f"{instant:%m/%d %H:%M}"
    return f"{instant.day} {_MONTHS[instant.month - 1]} {instant:%H:%M}"
