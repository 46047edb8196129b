"""The one schema of a card transaction: landing, validation, files and features all read it from here."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "instant", "number"]

# ISO 4217 codes a card network settles in; an unknown code is a broken row, not a new currency.
CURRENCIES = (
    "AED AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS INR ISK JOD JPY KES KHR KRW KWD "
    "KZT LAK LKR MAD MMK MNT MOP MXN MYR NGN NOK NPR NZD OMR PEN PHP PKR PLN QAR RON RSD SAR SEK SGD THB TND TRY TWD "
    "TZS UAH USD UZS VND ZAR"
).split()


@dataclass(frozen=True)
class Column:
    """One column of a landed transaction.

    :param kind: what its text must mean; an instant is ISO 8601, UTC where it names no zone.
    :param pattern: regular expression that the whole text must match.
    :param minimum: smallest number allowed.
    :param maximum: largest number allowed.
    """

    name: str
    kind: Kind
    description: str
    is_required: bool = False
    pattern: str | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] | None = None


_IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9_.:\-]*"
# No control characters, no replacement for bytes that were not UTF-8, no picture of a NUL.
_CLEAN_TEXT = "[^\x00-\x1f\x7f\u2400\ufffd]*"

COLUMNS = (
    Column("transaction_id", "text", "The bank's own id, unique for ever.", True, _IDENTIFIER, 64),
    Column("occurred_at", "instant", "When the purchase was made.", True, max_length=40),
    Column("customer_id", "text", "Whose card it was.", True, _IDENTIFIER, 64),
    Column("merchant_id", "text", "Who was to be paid, or at which terminal.", True, _CLEAN_TEXT, 100),
    Column("merchant_name", "text", "The name that the customer knows.", False, _CLEAN_TEXT, 200),
    Column("category", "text", "What the merchant sells.", False, _CLEAN_TEXT, 60),
    Column("amount", "number", "In the currency's main unit.", True, max_length=30, minimum=0.001, maximum=1e9),
    Column("currency", "text", "ISO 4217.", True, allowed=tuple(CURRENCIES), max_length=3),
    Column("card_number", "text", "Digits only; kept masked.", False, r"[0-9]{8,19}", 19),
    Column("customer_latitude", "number", "Degrees north.", max_length=30, minimum=-90, maximum=90),
    Column("customer_longitude", "number", "Degrees east.", max_length=30, minimum=-180, maximum=180),
    Column("merchant_latitude", "number", "Degrees north.", max_length=30, minimum=-90, maximum=90),
    Column("merchant_longitude", "number", "Degrees east.", max_length=30, minimum=-180, maximum=180),
)
COLUMN_NAMES = tuple(column.name for column in COLUMNS)
REQUIRED_NAMES = tuple(column.name for column in COLUMNS if column.is_required)


def columns_of(kind: Kind) -> tuple[str, ...]:
    """Return the names of the columns whose text means a `kind`."""
    return tuple(column.name for column in COLUMNS if column.kind == kind)
