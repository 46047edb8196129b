"""Amounts and times, as people write them."""

from datetime import datetime
from decimal import Decimal

import pytest

from ml.messages import amount_text, local_time
from ml.messages.figures import short_amount_text
from ml.messages.templates import units
from ml.schema import CURRENCIES


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        pytest.param(Decimal("1234567.000"), "KRW", "ko", "1,234,567원", id="won"),
        pytest.param(1_000_000_000.0, "KRW", "ko", "1,000,000,000원", id="float"),
        pytest.param(Decimal("1234567"), "KRW", "en", "KRW 1,234,567", id="won in English"),
        pytest.param(Decimal("1234.5"), "USD", "ko", "1,234.50달러(USD)", id="dollars of one country"),
        pytest.param(Decimal("1234.5"), "USD", "en", "USD 1,234.50", id="dollars in English"),
        pytest.param(Decimal("1234.5"), "KWD", "ko", "KWD 1,234.500", id="three decimals, a unit few know"),
        pytest.param(Decimal("1234"), "JPY", "ko", "1,234엔(JPY)", id="no decimals"),
        pytest.param(Decimal("0.5"), "KRW", "ko", "0.5원", id="part of a won"),
        pytest.param(0.1 + 0.2, "USD", "en", "USD 0.30", id="no dust of floats"),
        pytest.param(Decimal("9.999"), "USD", "en", "USD 9.999", id="thousandths are not rounded"),
        pytest.param(Decimal("1"), "<b>", "en", "b 1.00", id="no code of a currency"),
        pytest.param(Decimal("1"), "", "ko", "1.00", id="no currency"),
    ],
)
def test_amounts_read_the_way_of_the_country(amount: Decimal | float, currency: str, language: str, shown: str) -> None:
    assert amount_text(amount, currency, language) == shown


def test_a_short_amount_has_the_code_of_any_currency_but_won() -> None:
    assert short_amount_text(Decimal("12.5"), "USD", "ko") == "USD 12.50"
    assert short_amount_text(1000, "KRW", "ko") == "1,000원"
    assert short_amount_text(1000, "KRW", "en") == "KRW 1,000"


def test_units_are_of_currencies_that_the_schema_knows() -> None:
    assert set(units()) <= set(CURRENCIES)


def test_times_say_which_is_the_month() -> None:
    instant = datetime(2026, 8, 9, 3, 5)  # noqa: DTZ001
    assert (local_time(instant), local_time(instant, "en")) == ("08/09 03:05", "9 Aug 03:05")
