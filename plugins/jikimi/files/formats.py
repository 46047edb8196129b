"""The formats of files: how each one's columns become ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ml.schema import COLUMN_NAMES, REQUIRED_NAMES

# The column of a raw table that says why a row could not be split; no file can name a column like this.
PROBLEM = "\0problem"


@dataclass(frozen=True)
class Format:
    """One way to name the columns of a transaction.

    :param columns: our column name -> the file's.
    :param constants: our column name -> the value of every row.
    :param optional: the file's columns that may be missing.
    :param fraud_column: the file's column that says whether a row was fraud.
    :param known_column: the file's column that says since when that is known.
    :param name_columns: the file's columns that make the customer's name, in order.
    :param language_column: the file's column with the language in which the customer reads, "ko" or "en".
    :param merchant_prefix: what merchant names begin with in the file and nowhere else.
    """

    name: str
    columns: Mapping[str, str]
    fraud_column: str
    constants: Mapping[str, str] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    known_column: str | None = None
    name_columns: tuple[str, ...] = ()
    language_column: str | None = None
    merchant_prefix: str = ""

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """The file's columns that are read; all others are ignored."""
        single = [name for name in (self.fraud_column, self.known_column, self.language_column) if name]
        return tuple(dict.fromkeys((*self.columns.values(), *self.name_columns, *single)))

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The file's columns without which nothing can be read."""
        return tuple(name for name in self.wanted if name not in self.optional)


_KAGGLE = Format(
    name="kaggle",
    columns={
        "transaction_id": "trans_num",
        "occurred_at": "trans_date_trans_time",
        "customer_id": "cc_num",
        "merchant_id": "merchant",
        "merchant_name": "merchant",
        "category": "category",
        "amount": "amt",
        "card_number": "cc_num",
        "customer_latitude": "lat",
        "customer_longitude": "long",
        "merchant_latitude": "merch_lat",
        "merchant_longitude": "merch_long",
    },
    constants={"currency": "USD"},
    fraud_column="is_fraud",
    name_columns=("first", "last"),
    merchant_prefix="fraud_",
)

_HANDBOOK = Format(
    name="handbook",
    columns={
        "transaction_id": "TRANSACTION_ID",
        "occurred_at": "TX_DATETIME",
        "customer_id": "CUSTOMER_ID",
        "merchant_id": "TERMINAL_ID",
        "amount": "TX_AMOUNT",
    },
    constants={"currency": "EUR"},
    fraud_column="TX_FRAUD",
)

_EXTRAS = ("is_fraud", "known_at", "customer_name", "customer_language")
_CANONICAL = Format(
    name="canonical",
    columns={name: name for name in COLUMN_NAMES},
    optional=frozenset({*COLUMN_NAMES, *_EXTRAS} - {*REQUIRED_NAMES}),
    fraud_column="is_fraud",
    known_column="known_at",
    name_columns=("customer_name",),
    language_column="customer_language",
)

FORMATS = {form.name: form for form in (_KAGGLE, _HANDBOOK, _CANONICAL)}
