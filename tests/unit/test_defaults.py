"""Settings that are read from text."""

import pytest

from jikimi import defaults
from jikimi.exceptions import NotConfigured


@pytest.mark.parametrize(
    ("setting", "addresses"),
    [
        pytest.param(None, [], id="not set"),
        pytest.param(" , ", [], id="nothing in it"),
        pytest.param("a@b.c", ["a@b.c"], id="one"),
        pytest.param(" a@b.c ,d@e.f,", ["a@b.c", "d@e.f"], id="several"),
    ],
)
def test_staff_are_a_list_of_addresses(monkeypatch, setting, addresses):
    monkeypatch.delenv("JIKIMI_STAFF_EMAILS", raising=False)
    if setting is not None:
        monkeypatch.setenv("JIKIMI_STAFF_EMAILS", setting)
    assert defaults.staff_emails() == addresses


def test_staff_read_korean_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("JIKIMI_STAFF_LANGUAGE", raising=False)
    assert defaults.staff_language() == "ko"
    monkeypatch.setenv("JIKIMI_STAFF_LANGUAGE", "fr")
    with pytest.raises(NotConfigured, match="JIKIMI_STAFF_LANGUAGE"):
        defaults.staff_language()
