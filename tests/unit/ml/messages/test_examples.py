"""The examples of the page on messages are what customers get."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ml.messages import ALERTS, LANGUAGES, AlertFacts, write_letter
from tests.unit.ml.messages.cases import SEOUL

PAGE = Path(__file__).parents[4] / "docs" / "messages.md"
EXAMPLES = dict(
    re.findall(r"^`([\w/.]+)`:\n\n```text\n(.*?)\n```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.M)
)
OF_LANGUAGE = {
    "ko": ("지킴이은행", {"customer_name": "홍길동", "merchant": "ABC마트", "amount": 1234567, "currency": "KRW"}),
    "en": (
        "Jikimi Bank",
        {"customer_name": "Gildong Hong", "merchant": "ABC Mart", "amount": Decimal("1234.5"), "currency": "USD"},
    ),
}


def written(folder: str, alert: str, language: str) -> str:
    bank, values = OF_LANGUAGE[language]
    facts = AlertFacts(
        occurred_at=datetime(2026, 8, 21, 14, 41, tzinfo=UTC),
        reference="9E3779B1",
        card="1234567890127890",
        more=2 if alert == "alert_more" else 0,
        **values,
    )
    letter = write_letter("kakao_friends" if folder == "kakao" else "alimtalk", facts, bank, SEOUL, language)
    return letter.sms if folder == "sms" else letter.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("alert", ALERTS)
@pytest.mark.parametrize("folder", ["alimtalk", "kakao", "sms"])
def test_the_page_shows_what_is_sent(folder: str, alert: str, language: str) -> None:
    assert EXAMPLES[f"{folder}/{alert}.{language}"] == written(folder, alert, language)
