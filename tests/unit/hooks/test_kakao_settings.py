"""A connection of the type kakao is read and checked."""

from types import SimpleNamespace
from typing import Any

import pytest

from jikimi.exceptions import NotConfigured
from jikimi.hooks.kakao_settings import DailyQuotas, read_settings


def settings_of(**extra: Any) -> Any:
    return read_settings(SimpleNamespace(conn_id="kakao_default", login="key", password="s3cret", extra_dejson=extra))


def test_empty_fields_have_the_values_of_kakaotalk() -> None:
    settings = settings_of()
    assert (settings.auth_url, settings.api_url) == ("https://kauth.kakao.com", "https://kapi.kakao.com")
    assert settings.quotas == DailyQuotas(app=30_000, sender=100, receiver=100, pair=20)
    assert (settings.messages_per_second, settings.timeout_seconds, settings.link_url) == (None, 10, None)
    assert "s3cret" not in repr(settings)


def test_fields_are_read_as_the_form_keeps_them() -> None:
    settings = settings_of(app_quota=500, sender_quota="30000", pair_quota=7.0, messages_per_second="12.5")
    assert settings.quotas == DailyQuotas(app=500, sender=30_000, receiver=100, pair=7)
    assert settings.messages_per_second == 12.5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("app_quota", 0, id="no messages at all"),
        pytest.param("sender_quota", -5, id="fewer than none"),
        pytest.param("receiver_quota", "many", id="a word"),
        pytest.param("pair_quota", 2.5, id="half a message"),
        pytest.param("messages_per_second", 0, id="no rate"),
        pytest.param("messages_per_second", "fast", id="a word for a rate"),
        pytest.param("timeout_seconds", 600, id="ten minutes"),
        pytest.param("api_url", "kapi.kakao.com", id="address without scheme"),
    ],
)
def test_wrong_field_is_named_with_its_connection(field: str, value: object) -> None:
    with pytest.raises(NotConfigured, match=f"{field} of the connection kakao_default"):
        settings_of(**{field: value})
