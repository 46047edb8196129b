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


def test_rows_older_than_what_is_kept_are_refused(monkeypatch):
    monkeypatch.setenv("JIKIMI_MAX_AGE_DAYS", "3650")
    monkeypatch.setenv("JIKIMI_RETENTION_DAYS", "400")
    assert defaults.max_age_days() == 400
    monkeypatch.setenv("JIKIMI_MAX_AGE_DAYS", "90")
    assert defaults.max_age_days() == 90


@pytest.mark.parametrize(
    ("name", "days", "read"),
    [
        pytest.param("JIKIMI_RETENTION_DAYS", "59", defaults.retention_days, id="features look back further"),
        pytest.param("JIKIMI_RETENTION_DAYS", "59", defaults.max_age_days, id="asked for the age"),
        pytest.param("JIKIMI_LANDED_RETENTION_DAYS", "30", defaults.landed_retention_days, id="landed rows"),
    ],
)
def test_too_short_a_retention_is_refused(monkeypatch, name, days, read):
    monkeypatch.setenv(name, days)
    with pytest.raises(NotConfigured, match=name):
        read()
